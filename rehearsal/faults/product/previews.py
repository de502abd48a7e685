"""Defects of the previews of tracks: their files, their host, and the button that plays them."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.base import ApiFault, Fault, FrontendFault
from rehearsal.faults.editing import changed
from rehearsal.stack.plan import StackPlan

LINES = ("step.smoke.journeys", "post.critical")
PLAYS = 'audio.play().catch(() => notify("This preview cannot be played."));'


class Lost(Fault):
    """The asset host has lost the previews."""

    name = "previews.lost"
    expected_failures = LINES
    proves = ("test_preview_is_sound_and_comes_in_parts",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.missing.add(".wav")


class WrongType(Fault):
    """Previews are sent as text."""

    name = "previews.wrong-type"
    expected_failures = LINES
    proves = ("test_preview_is_sound_and_comes_in_parts",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.types[".wav"] = "text/plain"


class WithoutRanges(Fault):
    """The asset host ignores that a player asks for a part, so that some players play nothing."""

    name = "previews.without-ranges"
    expected_failures = LINES
    proves = ("test_preview_is_sound_and_comes_in_parts",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.serves_ranges = False


class NotNamed(ApiFault):
    """Tracks come without the address of their preview."""

    name = "previews.not-named"
    expected_failures = LINES
    proves = ("test_preview_is_sound_and_comes_in_parts",)

    def modify(self, app: Any) -> None:
        app.library.preview_of = lambda _genre: None


class ForbiddenByPolicy(FrontendFault):
    """The page's content security policy forbids media of the asset host."""

    name = "previews.forbidden-by-policy"
    expected_failures = LINES
    proves = ("test_preview_plays",)
    edit = changed("index.html", "media-src {{assets_url}}; ", "")


class ButtonDoesNothing(FrontendFault):
    """The button of a preview loads it, and does not play it."""

    name = "previews.button-does-nothing"
    expected_failures = LINES
    proves = ("test_preview_plays",)
    edit = changed("player.js", PLAYS, "")


class Muted(FrontendFault):
    """Previews are played without being heard."""

    name = "previews.muted"
    expected_failures = LINES
    proves = ("test_preview_plays",)
    edit = changed("player.js", PLAYS, f"audio.muted = true;\n    {PLAYS}")
