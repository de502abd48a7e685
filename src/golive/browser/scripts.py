"""What the browser probe asks a page, in the page's own language."""

WATCH_VITALS = """
(() => {
  const seen = { largest: null, shift: 0 };
  Object.defineProperty(window, "__goliveVitals", { value: seen });
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.largest = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  } catch (error) { /* the browser has no such entries */ }
})();
"""

READ_TIMES = """
() => {
  const entry = performance.getEntriesByType("navigation")[0];
  const vitals = window.__goliveVitals || { largest: null, shift: 0 };
  const time = (value) => (value > 0 ? value : null);
  return {
    first: entry ? time(entry.responseStart) : null,
    dom: entry ? time(entry.domContentLoadedEventEnd) : null,
    load: entry ? time(entry.loadEventEnd) : null,
    largest: vitals.largest,
    shift: vitals.shift,
  };
}
"""

TOKENS_KEPT = r"""
() => Object.entries({ localStorage, sessionStorage }).flatMap(([place, storage]) =>
  Object.keys(storage)
    .filter((key) => /eyJ[\w-]+\.[\w-]+\.|token["']?\s*:\s*["'][^"']{16}/i.test(storage.getItem(key)))
    .map((key) => `${place} ${key}`))
"""

COVER_PASSWORDS = """
(cover) => {
  for (const field of document.querySelectorAll("input[type=password]")) field.style.opacity = cover ? 0 : "";
  return [scrollX, scrollY, innerWidth, innerHeight];
}
"""
"""Returns what of the page is to be seen, in CSS pixels."""

OUTLINE = """
(most) => {
  const lines = [];
  const walk = (node, depth) => {
    if (lines.length >= most || /^(SCRIPT|STYLE|LINK|META|svg)$/.test(node.nodeName)) return;
    const margin = "  ".repeat(Math.min(depth, 20));
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim();
      if (text) lines.push(margin + text.slice(0, 120));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const names = ["id", "class", "role", "aria-label", "type", "name", "for", "disabled", "hidden"];
    const said = names.filter((name) => node.hasAttribute(name));
    const shown = said.map((name) => ` ${name}="${node.getAttribute(name).slice(0, 60)}"`);
    lines.push(`${margin}<${node.nodeName.toLowerCase()}${shown.join("")}>`);
    for (const child of node.childNodes) walk(child, depth + 1);
  };
  walk(document.body, 0);
  return lines;
}
"""
