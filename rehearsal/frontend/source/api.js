// Calls to the API. A refused answer is thrown as an ApiError with the API's own message.
import { config } from "./config.js";
import { currentTokens, forgetTokens, keepTokens } from "./tokens.js";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const TIME_LIMIT = 10_000;
let refreshing = null;

async function send(method, path, { body, token, cookies = false } = {}) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(config.apiUrl + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: cookies ? "include" : "omit",
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
  } catch {
    throw new ApiError(0, "Audotics cannot be reached. Please try again.");
  }
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(answer.status, content.message ?? "Something went wrong.");
  return content;
}

function refreshed() {
  refreshing ??= send("POST", "/auth/refresh", { body: { refreshToken: currentTokens().refresh } })
    .then(keepTokens)
    .finally(() => (refreshing = null));
  return refreshing;
}

export async function call(method, path, body) {
  try {
    return await send(method, path, { body, token: currentTokens()?.access });
  } catch (error) {
    if (error.status !== 401 || !currentTokens()) throw error;
  }
  try {
    await refreshed();
  } catch (error) {
    // Without an answer nobody knows whether the sign-in has ended; a lost network ends none.
    if (error.status === 401) {
      forgetTokens();
      window.dispatchEvent(new Event("signed-out"));
    }
    throw error;
  }
  return send(method, path, { body, token: currentTokens().access });
}

export async function signIn(email, password) {
  keepTokens(await send("POST", "/auth/login", { body: { email, password } }));
}

export async function finishSpotifySignIn(codeVerifier) {
  keepTokens(await send("POST", "/auth/spotify/refresh", { body: { codeVerifier }, cookies: true }));
}

export async function signOut() {
  const token = currentTokens()?.access;
  forgetTokens();
  if (token) await send("POST", "/auth/logout", { token, cookies: true }).catch(() => {});
}
