"""Kind C7, one canary text through everything: accents, emoji, quotes, ampersand and markup."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable
from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault, FrontendFault
from rehearsal.faults.editing import changed
from rehearsal.services.api import inputs
from rehearsal.stack.plan import StackPlan

LINES = ("step.smoke.journeys", "post.critical")
LIVE = ("step.smoke.websocket", *LINES)
NAMES = ("name", "displayName")


def _names_become(form: Callable[[str], str]) -> None:
    """Have what people call themselves and their sessions be stored as `form` makes it."""
    healthy = inputs.text

    def text(body: dict[str, Any], name: str, *, shortest: int = 1, longest: int = 200) -> str:
        value = healthy(body, name, shortest=shortest, longest=longest)
        return form(value) if name in NAMES else value

    inputs.text = text


class MarkupRun(FrontendFault):
    """Markup in a session's name becomes elements of the page."""

    name = "text.markup-run"
    expected_failures = LINES
    proves = ("test_page_shows_names_as_text",)
    edit = changed(
        "session.js",
        'element("h2", { id: "session-heading" }, room.name),',
        'Object.assign(element("h2", { id: "session-heading" }), { innerHTML: room.name }),',
    )


class MarkupOfMembersRun(FrontendFault):
    """Markup in a person's name becomes elements on the pages of the others."""

    name = "text.markup-of-members-run"
    expected_failures = LINES
    proves = ("test_page_shows_people_as_text",)
    edit = changed(
        "session.js",
        "    member.displayName,\n",
        '    Object.assign(element("span"), { innerHTML: member.displayName }),\n',
    )


class MarkupStripped(ApiFault):
    """Whatever looks like markup is cut out of names, and what stands between with it."""

    name = "text.markup-stripped"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written", "test_own_name_comes_back_as_written")

    def modify(self, _app: Any) -> None:
        def stripped(value: str) -> str:
            before, _, rest = value.partition("<")
            return (before + rest.rpartition(">")[2]).strip() or "-"

        _names_become(stripped)


class EscapedTwice(ApiFault):
    """Names are escaped when they are stored, and again when they are shown: &amp;."""

    name = "text.escaped-twice"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written", "test_own_name_comes_back_as_written")

    def modify(self, _app: Any) -> None:
        _names_become(html.escape)


class EscapedOnThePage(FrontendFault):
    """The page escapes what it writes as text: people read &amp; and &quot;."""

    name = "text.escaped-on-the-page"
    expected_failures = LINES
    proves = ("test_page_shows_names_as_text",)

    def edit(self, files: dict[str, str]) -> None:
        escape = (
            '  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")'
            '.replaceAll(\'"\', "&quot;");\n'
        )
        source = files["room-state.js"]
        source = source.replace("  take(session) {\n", f"  take(session) {{\n{escape}")
        files["room-state.js"] = source.replace(
            "this.name = session.name;", "this.name = escaped(session.name);"
        )


class QuotesDoubled(ApiFault):
    """Quotes in names get a backslash before them."""

    name = "text.quotes-with-backslash"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written", "test_own_name_comes_back_as_written")

    def modify(self, _app: Any) -> None:
        _names_become(lambda value: value.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"'))


class Mojibake(ApiFault):
    """Answers are written in UTF-8 and taken for Latin-1 on their way: Ã© for é."""

    name = "text.mojibake"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.json is not None:
                text = json.dumps(answer.json, ensure_ascii=False).encode(errors="surrogatepass")
                answer.body = text.decode("latin-1").encode()

        rewrite(app, change, "/api/sessions")


class MojibakeOfOneReplica(Mojibake):
    """One replica takes UTF-8 for Latin-1, the other does not."""

    name = "text.mojibake-of-one-replica"

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)


class EmojiLostInTheDatabase(ApiFault):
    """The database has no room for emoji (three bytes for a letter): question marks are stored."""

    name = "text.emoji-lost-in-the-database"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written", "test_own_name_comes_back_as_written")

    def modify(self, _app: Any) -> None:
        _names_become(without_emoji)


class EmojiLostOnTheSocket(ApiFault):
    """Emoji are kept by the API, and lost in what is told in real time."""

    name = "text.emoji-lost-on-the-socket"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written",)

    def modify(self, app: Any) -> None:
        emit, join = app.realtime.server.emit, app.realtime.events["join_session"]

        async def emitted(event: str, data: Any = None, **more: Any) -> None:
            await emit(event, _through_all(data, without_emoji), **more)

        async def joined(*asked: Any) -> Any:
            return _through_all(await join(*asked), without_emoji)

        app.realtime.server.emit = emitted
        app.realtime.events["join_session"] = joined


class AccentsFolded(ApiFault):
    """Accents are taken off names: Zoe for Zoë."""

    name = "text.accents-folded"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written", "test_own_name_comes_back_as_written")

    def modify(self, _app: Any) -> None:
        def folded(value: str) -> str:
            parts = unicodedata.normalize("NFD", value)
            return "".join(letter for letter in parts if not unicodedata.combining(letter))

        _names_become(folded)


class CutInTheMiddle(ApiFault):
    """Names are cut after twenty-four bytes, also in the middle of a letter."""

    name = "text.cut-in-the-middle"
    expected_failures = LIVE
    proves = ("test_names_come_back_as_written", "test_own_name_comes_back_as_written")

    def modify(self, _app: Any) -> None:
        _names_become(lambda value: value.encode()[:24].decode(errors="replace"))


def without_emoji(value: str) -> str:
    """Question marks for whatever lies beyond the Basic Multilingual Plane."""
    return "".join("?" if ord(letter) > 0xFFFF else letter for letter in value)


def _through_all(value: Any, form: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return form(value)
    if isinstance(value, dict):
        return {name: _through_all(inner, form) for name, inner in value.items()}
    if isinstance(value, list):
        return [_through_all(inner, form) for inner in value]
    return value
