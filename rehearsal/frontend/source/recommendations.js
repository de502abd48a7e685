// The list of recommended tracks; inside a session each can be added to its playlist.
import { call } from "./api.js";
import { element, notify, trackItem } from "./dom.js";
import { previewButton } from "./player.js";

const COUNT = 20;

export function recommendationsCard(room) {
  const list = element("ol", { class: "tracks", "aria-label": "Recommendations" });
  const state = element("p", { class: "muted" }, "Finding music for you…");
  const card = element(
    "section",
    { class: "card", "aria-labelledby": "recommendations-heading" },
    element("h1", { id: "recommendations-heading" }, "Recommendations"),
    state,
    list,
  );
  load(list, state, room);
  return card;
}

async function load(list, state, room) {
  try {
    const { recommendations } = await call("GET", `/recommendations?limit=${COUNT}`);
    list.replaceChildren(...recommendations.map((track) => recommendation(track, room)));
    state.textContent = recommendations.length ? "" : "Nothing to recommend yet.";
    state.hidden = recommendations.length > 0;
  } catch (error) {
    state.setAttribute("role", "alert");
    state.textContent = error.message;
  }
}

function recommendation(track, room) {
  const score = element(
    "span",
    { class: "score", title: "How well it fits you" },
    `${Math.round(track.score * 100)} %`,
  );
  const listen = track.previewUrl ? previewButton(track) : null;
  if (!room) return trackItem(track, score, listen);
  const add = async () => {
    try {
      await room.add(track);
    } catch (error) {
      notify(error.message);
    }
  };
  const attributes = { type: "button", onclick: add, "aria-label": `Add to playlist: ${track.name}` };
  return trackItem(track, score, listen, element("button", attributes, "Add to playlist"));
}
