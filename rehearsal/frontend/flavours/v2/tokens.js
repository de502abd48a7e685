// The token is a cookie that no script can read; this tab only remembers that there is one.
const KEY = "audotics.signed-in";

export const currentTokens = () => (sessionStorage.getItem(KEY) ? {} : null);
export const keepTokens = () => sessionStorage.setItem(KEY, "yes");
export const forgetTokens = () => sessionStorage.removeItem(KEY);
