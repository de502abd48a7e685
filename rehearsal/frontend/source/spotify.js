// Signing in with Spotify: PKCE (S256), then a verifier that only this tab has.
import { finishSpotifySignIn } from "./api.js";
import { config } from "./config.js";

const KEY = "audotics.verifier";
const RETURN = "audotics.return";

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export async function beginSpotifySignIn() {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(48)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  sessionStorage.setItem(KEY, verifier);
  sessionStorage.setItem(RETURN, location.pathname);
  const query = new URLSearchParams({
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  location.assign(`${config.apiUrl}/auth/spotify/login?${query}`);
}

// After the way back: true when signed in. Throws when the sign-in was refused.
export async function completeSpotifySignIn() {
  const outcome = new URLSearchParams(location.search).get("signin");
  const verifier = sessionStorage.getItem(KEY);
  if (!outcome) return false;
  sessionStorage.removeItem(KEY);
  history.replaceState(null, "", sessionStorage.getItem(RETURN) ?? "/");
  sessionStorage.removeItem(RETURN);
  if (outcome !== "spotify" || !verifier) throw new Error("The sign-in with Spotify was not completed.");
  await finishSpotifySignIn(verifier);
  return true;
}
