// What this deployment calls things.
export const words = { signIn: "Sign in" };
