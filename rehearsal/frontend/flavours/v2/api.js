// Calls to the API of the second deployment: its routes, its envelope, its names; the token is a cookie.
import { config } from "./config.js";
import { currentTokens, forgetTokens, keepTokens } from "./tokens.js";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const TIME_LIMIT = 10_000;
const STAY = 5 * 60_000;

const ROUTES = [
  [/^\/users\/me$/, "/me"],
  [/^\/recommendations\?limit=(\d+)$/, "/tracks/for-me?count=$1"],
  [/^\/api\/sessions$/, "/rooms"],
  [/^\/api\/sessions\/([^/]+)$/, "/rooms/$1"],
  [/^\/api\/sessions\/([^/]+)\/join$/, "/rooms/$1/enter"],
  [/^\/api\/sessions\/([^/]+)\/leave$/, "/rooms/$1/exit"],
];
const NAMES = {
  items: "recommendations",
  display_name: "displayName",
  spotify_id: "spotifyId",
  preview_url: "previewUrl",
  creator_id: "creatorId",
  created_at: "createdAt",
  playlist_version: "playlistVersion",
};

function route(path) {
  const [pattern, theirs] = ROUTES.find(([pattern]) => pattern.test(path));
  return path.replace(pattern, theirs);
}

function renamed(value) {
  if (Array.isArray(value)) return value.map(renamed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [NAMES[name] ?? name, renamed(inner)]));
}

async function send(method, path, body) {
  let answer;
  try {
    answer = await fetch(config.apiUrl + path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "include",
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
  } catch {
    throw new ApiError(0, "Audotics cannot be reached. Please try again.");
  }
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(answer.status, content.error?.message ?? "Something went wrong.");
  return renamed(content.data);
}

export async function call(method, path, body) {
  try {
    return await send(method, route(path), body);
  } catch (error) {
    // There is no refresh here: the cookie is renewed while somebody is here, who is not known signs in again.
    if (error.status === 401) {
      forgetTokens();
      window.dispatchEvent(new Event("signed-out"));
    }
    throw error;
  }
}

export async function signIn(email, password) {
  await send("POST", "/session", { email, password });
  keepTokens();
}

export async function finishSpotifySignIn(codeVerifier) {
  await send("POST", "/session/spotify", { code_verifier: codeVerifier });
  keepTokens();
}

export async function signOut() {
  const signedIn = currentTokens();
  forgetTokens();
  if (signedIn) await send("POST", "/session/end").catch(() => {});
}

// A page that is open is somebody who is here.
setInterval(() => currentTokens() && call("GET", "/users/me").catch(() => {}), STAY);
