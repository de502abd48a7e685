// The tokens live in memory, and in this tab's storage so that a reload keeps the person signed in.
const KEY = "audotics.tokens";

let tokens = JSON.parse(sessionStorage.getItem(KEY) ?? "null");

export const currentTokens = () => tokens;

export function keepTokens(answer) {
  tokens = { access: answer.accessToken, refresh: answer.refreshToken };
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
}

export function forgetTokens() {
  tokens = null;
  sessionStorage.removeItem(KEY);
}
