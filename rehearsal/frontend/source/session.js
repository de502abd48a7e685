// The side of the page about listening together: begin, join, and the session itself.
import { call } from "./api.js";
import { element, field, form, notify, trackItem } from "./dom.js";

export function sessionStartCard(enter) {
  const create = form([field("Session name", "name", { autocomplete: "off" })], "Create session", async ({ name }) =>
    enter(await call("POST", "/api/sessions", { name })),
  );
  const join = form([field("Session code", "code", { autocomplete: "off" })], "Join session", async ({ code }) =>
    enter(await call("POST", `/api/sessions/${encodeURIComponent(code.trim() || "-")}/join`)),
  );
  const card = (id, title, text, content) =>
    element(
      "section",
      { class: "card", "aria-labelledby": id },
      element("h2", { id }, title),
      element("p", { class: "muted small" }, text),
      content,
    );
  return element(
    "div",
    { class: "stack" },
    card("create", "Listen together", "Begin a session and share its code.", create),
    card("join", "Join a session", "Enter the code that somebody gave you.", join),
  );
}

export function sessionCard(room, leave) {
  const members = element("ul", { class: "members", "aria-label": "Members" });
  const playlist = element("ol", { class: "tracks", "aria-label": "Playlist" });
  const empty = element("p", { class: "muted small" }, "The playlist is empty. Add something you like.");
  const state = element("p", { class: "muted small" }, "Connecting…");
  const render = () => {
    state.textContent = room.connected ? "Live" : "Connecting…";
    members.replaceChildren(...room.members.map((member) => memberItem(member, room.present.has(member.id))));
    playlist.replaceChildren(...room.playlist.map((track) => playlistItem(track, room)));
    empty.hidden = room.playlist.length > 0;
  };
  room.addEventListener("changed", render);
  render();
  return element(
    "section",
    { class: "card", "aria-labelledby": "session-heading" },
    element(
      "div",
      { class: "row" },
      element("h2", { id: "session-heading" }, room.name),
      element("button", { type: "button", onclick: leave }, "Leave session"),
    ),
    element("p", { class: "small" }, "Code to share: ", element("output", { class: "code", id: "session-code" }, room.id)),
    state,
    element("h2", {}, "Members"),
    members,
    element("h2", {}, "Playlist"),
    empty,
    playlist,
  );
}

function memberItem(member, present) {
  return element(
    "li",
    { class: present ? "member present" : "member" },
    element("span", { class: "dot", "aria-hidden": "true" }),
    member.displayName,
    present ? null : element("span", { class: "muted small" }, "away"),
  );
}

function playlistItem(track, room) {
  const remove = () => room.remove(track).catch((error) => notify(error.message));
  const attributes = { type: "button", onclick: remove, "aria-label": `Remove: ${track.name}` };
  return trackItem(track, element("button", attributes, "Remove"));
}
