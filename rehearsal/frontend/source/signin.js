// The page for people who are not signed in.
import { signIn } from "./api.js";
import { element, field, form, show } from "./dom.js";
import { beginSpotifySignIn } from "./spotify.js";
import { words } from "./words.js";

export function showSignIn(afterwards, problem = "") {
  document.getElementById("account").replaceChildren();
  document.title = "Sign in · Audotics";
  const fields = [
    field("Email", "email", { type: "email", autocomplete: "username" }),
    field("Password", "password", { type: "password", autocomplete: "current-password" }),
  ];
  const passwords = form(fields, words.signIn, async ({ email, password }) => {
    if (!email || !password) throw new Error("Please fill in both fields.");
    await signIn(email, password);
    await afterwards();
  });
  passwords.querySelector("[role=alert]").textContent = problem;
  show(
    element(
      "section",
      { class: "card narrow", "aria-labelledby": "sign-in" },
      element("h1", { id: "sign-in" }, "Sign in to Audotics"),
      element("p", { class: "muted" }, "Music that fits you, and listening together."),
      passwords,
      element("div", { class: "or" }, "or"),
      element("button", { class: "wide", type: "button", onclick: beginSpotifySignIn }, "Sign in with Spotify"),
    ),
  );
}
