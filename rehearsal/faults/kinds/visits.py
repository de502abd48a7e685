"""Kind C6, the second visit and the sixteenth minute; and a page that is styled, also on a phone."""

from __future__ import annotations

import re

from rehearsal.faults.base import Fault, FrontendFault
from rehearsal.faults.editing import added, changed, swap
from rehearsal.stack.plan import StackPlan

AWAITS = ("test_awaited_of_kind_c6",)
LINES = ("step.smoke.journeys", "post.critical")
STYLED = ("step.frontend.assets", "infra.cdn", "post.accessible", *LINES)
OLD_HASH = "0" * 12


class TokenEndThrowsOut(FrontendFault):
    """When the access token ends the page throws everybody out, with a refresh token in its hand."""

    name = "visits.token-end-throws-out"
    expected_failures = LINES
    proves = AWAITS
    edit = changed(
        "api.js",
        "    if (error.status !== 401 || !currentTokens()) throw error;\n",
        "    if (error.status !== 401 || !currentTokens()) throw error;\n"
        '    forgetTokens();\n    window.dispatchEvent(new Event("signed-out"));\n    throw error;\n',
    )


class TokenEndIsAnError(FrontendFault):
    """When the access token ends everything on the page fails with "Unauthorized", until it is reloaded."""

    name = "visits.token-end-is-an-error"
    expected_failures = LINES
    proves = AWAITS
    edit = changed(
        "api.js",
        "    if (error.status !== 401 || !currentTokens()) throw error;\n",
        "    throw error;\n",
    )


class SecondRefreshThrowsOut(FrontendFault):
    """The first end of the access token is survived, the second is not: the old refresh token is kept."""

    name = "visits.second-refresh-throws-out"
    expected_failures = LINES
    proves = AWAITS
    edit = changed(
        "api.js",
        "    .then(keepTokens)\n",
        "    .then((answer) => keepTokens({ ...answer, refreshToken: currentTokens().refresh }))\n",
    )


class SocketNotRenewed(FrontendFault):
    """After the end of the access token a session that lost its connection never gets it back."""

    name = "visits.socket-not-renewed"
    expected_failures = LINES
    proves = AWAITS
    edit = changed("room.js", "this.socket.active || this.renew()", "{}")


class LeftAloneGoesDead(FrontendFault):
    """A page that is left alone for three seconds forgets who was signed in, and says nothing."""

    name = "visits.left-alone-goes-dead"
    expected_failures = LINES
    proves = AWAITS

    def edit(self, files: dict[str, str]) -> None:
        files["main.js"] += (
            "\nlet idle;\nfor (const kind of ['click', 'keydown', 'load'])\n"
            "  addEventListener(kind, () => (clearTimeout(idle), (idle = setTimeout(forgetTokens, 3000))));\n"
        )


class BackDoesNothing(FrontendFault):
    """The back button changes the address, and the page stays as it is."""

    name = "visits.back-does-nothing"
    expected_failures = LINES
    proves = AWAITS
    edit = changed("main.js", '  window.addEventListener("popstate", route);\n', "")


class ForwardIsBlank(FrontendFault):
    """Going forward to a session again shows an empty page."""

    name = "visits.forward-is-blank"
    expected_failures = LINES
    proves = AWAITS
    edit = changed(
        "main.js",
        '  window.addEventListener("popstate", route);\n',
        '  window.addEventListener("popstate", () => (sessionInAddress() ? show() : route()));\n',
    )


class BackLosesAddress(FrontendFault):
    """Entering a session leaves no entry in the history: the back button leaves Audotics."""

    name = "visits.back-leaves-the-application"
    expected_failures = LINES
    proves = AWAITS
    edit = changed(
        "main.js",
        '    history.pushState(null, "", `/session/${session.id}`);\n',
        '    history.replaceState(null, "", `/session/${session.id}`);\n',
    )


class ReloadNotFound(Fault):
    """Reloading any page but the first is answered 404."""

    name = "visits.reload-not-found"
    expected_failures = ("step.frontend.connectivity", *LINES)
    proves = AWAITS

    def apply(self, stack: StackPlan) -> None:
        stack.edge.deep_links = False


class StylesLost(Fault):
    """The style sheet is not there: the page stands in black on white."""

    name = "visits.styles-lost"
    expected_failures = STYLED
    proves = AWAITS

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.missing.add(".css")


class StylesEmpty(FrontendFault):
    """The style sheet arrives, and is empty."""

    name = "visits.styles-empty"
    expected_failures = LINES
    proves = AWAITS

    def edit(self, files: dict[str, str]) -> None:
        files["app.css"] = "/* built without its sources */\n"


class StylesOfWrongType(Fault):
    """The style sheet arrives as plain text, which browsers do not apply."""

    name = "visits.styles-of-wrong-type"
    expected_failures = STYLED
    proves = AWAITS

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.types[".css"] = "text/plain; charset=utf-8"


class StylesForOtherNames(FrontendFault):
    """The style sheet is that of another build: it names classes that the page does not have."""

    name = "visits.styles-for-other-names"
    expected_failures = LINES
    proves = AWAITS

    def edit(self, files: dict[str, str]) -> None:
        sheet = re.sub(r"\.([a-z][\w-]*)(?=[^{}]*\{)", r".\1_x7f3", files["app.css"])
        files["app.css"] = re.sub(r"(?m)^(body|h1|h2|input|button|label|main|p)\b", r"\1.x7f3", sheet)


WORKER = """
// Kept from an earlier release: answers every page from what was built then.
const past = (page) => page.replaceAll(/-[0-9a-f]{12}\\./g, "-OLD_HASH.");
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(
    fetch("/").then(async (answer) =>
      new Response(past(await answer.text()), { headers: { "Content-Type": "text/html; charset=utf-8" } }),
    ),
  );
});
"""


class WorkerServesOldBundle(FrontendFault):
    """From the second visit on a service worker serves the page of an earlier build, without scripts."""

    name = "visits.worker-serves-old-bundle"
    expected_failures = LINES
    proves = AWAITS

    def edit(self, files: dict[str, str]) -> None:
        _with_worker(files, WORKER.replace("OLD_HASH", OLD_HASH))


class WorkerKeepsOldAnswers(FrontendFault):
    """A service worker keeps the first answers of the API for ever: a returning visitor sees the former's."""

    name = "visits.worker-keeps-answers"
    expected_failures = LINES
    proves = AWAITS

    def edit(self, files: dict[str, str]) -> None:
        worker = """
const KEPT = "answers";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !/\\/(users\\/me|recommendations)/.test(url)) return;
  event.respondWith(
    caches.open(KEPT).then(async (kept) => {
      const stored = await kept.match(url, { ignoreVary: true });
      if (stored) return stored;
      const answer = await fetch(event.request);
      if (answer.ok) await kept.put(url, answer.clone());
      return answer;
    }),
  );
});
"""
        _with_worker(files, worker)


def _with_worker(files: dict[str, str], worker: str) -> None:
    files["app/sw.js"] = worker
    files["main.js"] += '\nnavigator.serviceWorker?.register("/sw.js").catch(() => {});\n'
    swap(files, "index.html", "base-uri 'none';", "worker-src 'self'; base-uri 'none';")


class PhoneSeesDesktop(FrontendFault):
    """Phones get the desktop's page, four times too small to read or touch."""

    name = "visits.phone-sees-desktop"
    expected_failures = ("post.accessible", *LINES)
    proves = AWAITS
    edit = changed("index.html", '<meta name="viewport" content="width=device-width, initial-scale=1">\n', "")


class PhoneCovered(FrontendFault):
    """On a phone a fixed bar covers the form, and takes every touch."""

    name = "visits.phone-covered"
    expected_failures = ("post.accessible", *LINES)
    proves = AWAITS
    edit = added(
        "app.css",
        '\n@media (max-width: 48rem) { body::after { content: "Get the app"; position: fixed;'
        " inset: 4rem 0 0; background: var(--card); z-index: 9; } }\n",
    )


class PhoneSentAway(FrontendFault):
    """Who comes with a phone is told to get an application that does not exist."""

    name = "visits.phone-sent-away"
    expected_failures = ("post.accessible", *LINES)
    proves = AWAITS
    edit = changed(
        "main.js",
        "\nstart();",
        '\nif (/Mobi|Android|iPhone/.test(navigator.userAgent)) show(element("p", {}, "Get the app."));\n'
        "else start();",
    )
