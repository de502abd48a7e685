// What the second deployment calls things.
export const words = { signIn: "Log in" };
