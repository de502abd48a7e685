"""An asset host that lost files or forgot what to say about them."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan


class ScriptLost(Fault):
    """The asset host has lost the application's scripts."""

    name = "assets.script-lost"
    breaks = (
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "post.accessible",
        "post.critical",
    )

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.missing.add(".js")


class NoCrossOrigin(Fault):
    """Assets come without permission for the app's origin, so browsers refuse modules and fonts."""

    name = "assets.no-cors"
    breaks = ("step.frontend.connectivity", "step.smoke.journeys", "post.accessible", "post.critical")

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.allow_origin = None
