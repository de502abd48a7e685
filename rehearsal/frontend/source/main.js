// Decides what the page shows: sign-in, the recommendations, or a session (/session/<id>).
import { call, signOut } from "./api.js";
import { element, notify, show } from "./dom.js";
import { stopPreview } from "./player.js";
import { recommendationsCard } from "./recommendations.js";
import { Room } from "./room.js";
import { sessionCard, sessionStartCard } from "./session.js";
import { showSignIn } from "./signin.js";
import { completeSpotifySignIn } from "./spotify.js";
import { currentTokens, forgetTokens } from "./tokens.js";

let room = null;
let turn = 0;

const sessionInAddress = () => location.pathname.match(/^\/session\/([\w-]+)$/)?.[1];

function closeRoom() {
  room?.close();
  room = null;
}

async function leaveAccount() {
  turn += 1;
  stopPreview();
  closeRoom();
  await signOut();
  history.replaceState(null, "", "/");
  showSignIn(route);
}

function showAccount(user) {
  document.getElementById("account").replaceChildren(
    element("span", { class: "muted small who" }, user.displayName),
    element("button", { type: "button", onclick: leaveAccount }, "Sign out"),
  );
}

function showHome() {
  closeRoom();
  document.title = "Recommendations · Audotics";
  const start = sessionStartCard((session) => {
    history.pushState(null, "", `/session/${session.id}`);
    showSession(session);
  });
  show(element("div", { class: "columns" }, recommendationsCard(null), start)).focus();
}

function showSession(session) {
  closeRoom();
  room = new Room(session);
  document.title = `${session.name} · Audotics`;
  const home = (message) => {
    // Replaced, not pushed: going back must not bring anybody into a session that they have left.
    history.replaceState(null, "", "/");
    showHome();
    if (message) notify(message);
  };
  const leave = async () => {
    const left = room.id;
    closeRoom();
    await call("DELETE", `/api/sessions/${left}/leave`).catch((error) => notify(error.message));
    home();
  };
  room.addEventListener("ended", () => home("The session has ended."));
  room.addEventListener("problem", (event) => notify(event.detail));
  show(element("div", { class: "columns in-session" }, recommendationsCard(room), sessionCard(room, leave))).focus();
  room.open();
}

async function route() {
  const mine = ++turn;
  closeRoom();
  if (!currentTokens()) return showSignIn(route);
  try {
    const user = await call("GET", "/users/me");
    const id = sessionInAddress();
    const session = id ? await call("POST", `/api/sessions/${id}/join`) : null;
    // Somebody who goes back and forward quickly is where they went last, not where the answer came last.
    if (mine !== turn) return;
    showAccount(user);
    if (session) showSession(session);
    else showHome();
  } catch (error) {
    if (mine !== turn) return;
    if (error.status === 401) {
      forgetTokens();
      return showSignIn(route, "Please sign in again.");
    }
    if (error.status !== 404) return showSignIn(route, error.message);
    history.replaceState(null, "", "/");
    showHome();
    notify("This session does not exist, or it has ended.");
  }
}

async function start() {
  window.addEventListener("popstate", route);
  window.addEventListener("signed-out", () => {
    turn += 1;
    stopPreview();
    closeRoom();
    showSignIn(route, "Please sign in again.");
  });
  // A page from the back/forward cache may show what was private before the sign-out.
  window.addEventListener("pageshow", (event) => event.persisted && route());
  try {
    await completeSpotifySignIn();
  } catch (error) {
    return showSignIn(route, error.message);
  }
  await route();
}

start();
