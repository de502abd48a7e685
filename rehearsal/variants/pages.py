"""The page and what is written on it (kinds C6 and C7), as other developers rightly make them."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.editing import swap
from rehearsal.services.api import inputs
from rehearsal.services.api.errors import bad_request
from rehearsal.variants.base import ApiVariant, FrontendVariant

NAMES = ("name", "displayName")


class WorkerAsksTheNetworkFirst(FrontendVariant):
    """A service worker keeps the page for the time without a network, and asks the network first."""

    name = "healthy.worker-asks-the-network-first"

    def edit(self, files: dict[str, str]) -> None:
        files["app/sw.js"] = """
const KEPT = "page";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(
    fetch(event.request).then(
      async (answer) => {
        if (answer.ok) await (await caches.open(KEPT)).put("/", answer.clone());
        return answer;
      },
      async () => (await caches.match("/")) ?? Response.error(),
    ),
  );
});
"""
        files["main.js"] += '\nnavigator.serviceWorker?.register("/sw.js").catch(() => {});\n'
        swap(files, "index.html", "base-uri 'none';", "worker-src 'self'; base-uri 'none';")


class StylesByScript(FrontendVariant):
    """The page's styles come with its scripts, without any style sheet of their own."""

    name = "healthy.styles-by-script"

    def edit(self, files: dict[str, str]) -> None:
        sheet = json.dumps(files["app.css"])
        files["styles.js"] = (
            "const sheet = new CSSStyleSheet();\n"
            f"sheet.replaceSync({sheet});\n"
            "document.adoptedStyleSheets = [sheet];\n"
        )
        files["main.js"] = 'import "./styles.js";\n' + files["main.js"]
        swap(files, "index.html", '<link rel="stylesheet" crossorigin href="{{asset:app.css}}">\n', "")


class TokenRenewedEarly(FrontendVariant):
    """The page renews its token before it ends, so that no request is ever refused."""

    name = "healthy.token-renewed-early"

    def edit(self, files: dict[str, str]) -> None:
        swap(
            files,
            "api.js",
            "    .then(keepTokens)\n",
            "    .then((answer) => {\n      keepTokens(answer);\n      renewIn(answer.expiresIn);\n    })\n",
        )
        swap(
            files,
            "api.js",
            '  keepTokens(await send("POST", "/auth/login", { body: { email, password } }));\n',
            '  const answer = await send("POST", "/auth/login", { body: { email, password } });\n'
            "  keepTokens(answer);\n  renewIn(answer.expiresIn);\n",
        )
        files["api.js"] += (
            "\nfunction renewIn(seconds) {\n"
            "  const renew = () => currentTokens() && refreshed().catch(() => {});\n"
            "  setTimeout(renew, Math.max(1, 0.8 * seconds) * 1000);\n"
            "}\n"
        )


class NamesComposed(ApiVariant):
    """Names are kept in Unicode's composed form (NFC), as most systems write them."""

    name = "healthy.names-composed"

    def modify(self, _app: Any) -> None:
        healthy = inputs.text

        def text(body: dict[str, Any], name: str, *, shortest: int = 1, longest: int = 200) -> str:
            value: str = healthy(body, name, shortest=shortest, longest=longest)
            return unicodedata.normalize("NFC", value) if name in NAMES else value

        inputs.text = text


class JsonInAscii(ApiVariant):
    """Answers are JSON in ASCII: other letters, and what HTML knows, are written as escapes."""

    name = "healthy.json-in-ascii"

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.json is not None:
                text = json.dumps(answer.json, ensure_ascii=True)
                for letter in "<>&":
                    text = text.replace(letter, f"\\u{ord(letter):04x}")
                answer.body = text.encode()

        rewrite(app, change)


class MarkupRefused(ApiVariant):
    """Names with angle brackets are refused with 400 and the reason."""

    name = "healthy.markup-refused"
    declares = "names may not hold < and >"

    def modify(self, _app: Any) -> None:
        healthy = inputs.text

        def text(body: dict[str, Any], name: str, *, shortest: int = 1, longest: int = 200) -> str:
            value: str = healthy(body, name, shortest=shortest, longest=longest)
            if name in NAMES and ("<" in value or ">" in value):
                raise bad_request(f"{name} must not contain < or >")
            return value

        inputs.text = text
