// Previews of tracks: one at a time, played by the page's own media element.
import { element, notify } from "./dom.js";

let player = null;

function playerElement() {
  player ??= document.body.appendChild(element("audio", { id: "player" }));
  return player;
}

export function stopPreview() {
  player?.remove();
  player?.removeAttribute("src");
  player = null;
}

export function previewButton(track) {
  const play = () => {
    const audio = playerElement();
    if (audio.src === track.previewUrl && !audio.paused) return audio.pause();
    audio.src = track.previewUrl;
    audio.play().catch(() => notify("This preview cannot be played."));
  };
  const attributes = { class: "play", type: "button", onclick: play, "aria-label": `Play preview: ${track.name}` };
  return element("button", attributes, "\u25b6");
}
