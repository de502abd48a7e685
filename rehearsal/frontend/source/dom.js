// Builds elements: element("p", { class: "muted" }, "text", child).
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

export function show(...children) {
  const main = document.getElementById("main");
  main.replaceChildren(...children);
  return main;
}

let timer;
export function notify(text) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => (notice.textContent = ""), 5000);
}

export const field = (label, name, attributes = {}) => [
  element("label", { for: name }, label),
  element("input", { id: name, name, required: true, ...attributes }),
];

// A form whose button is off while `submit` runs; a failure is shown in its alert.
export function form(fields, button, submit, attributes = {}) {
  const alert = element("p", { class: "alert", role: "alert" });
  const press = element("button", { class: "primary wide", type: "submit" }, button);
  const node = element("form", { novalidate: true, ...attributes }, alert, ...fields.flat(), press);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.textContent = "";
    press.disabled = true;
    try {
      await submit(Object.fromEntries(new FormData(node)));
    } catch (error) {
      alert.textContent = error.message;
    } finally {
      press.disabled = false;
    }
  });
  return node;
}

export function trackItem(track, ...actions) {
  const hue = Number.parseInt(track.id.slice(0, 6), 16) % 360;
  const cover = element("span", { class: "cover", "aria-hidden": "true" });
  cover.style.setProperty("--hue", hue);
  const about = element(
    "div",
    { class: "about" },
    element("span", { class: "title" }, track.name),
    element("span", { class: "muted small" }, `${track.artists.join(", ")} · ${track.album}`),
  );
  return element("li", { class: "track", "data-track-id": track.id }, cover, about, ...actions.filter((action) => action != null));
}
