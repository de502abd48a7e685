"""An asset host that lost files or forgot what to say about them."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.faults.lines import NEED_THE_SCRIPTS
from rehearsal.stack.plan import StackPlan


class ScriptLost(Fault):
    """The asset host has lost the application's scripts."""

    name = "assets.script-lost"
    case = "C16"
    expected_failures = NEED_THE_SCRIPTS
    proves = ("test_no_cdn_case_of_assets_is_met",)
    masks = "scripts that are lost cannot be searched for secrets"

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.missing.add(".js")


class NoCrossOrigin(Fault):
    """Assets come without permission for the app's origin, so browsers refuse modules and fonts."""

    name = "assets.no-cors"
    case = "C19"
    expected_failures = (
        "infra.cdn",
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "post.accessible",
        "post.critical",
    )
    proves = ("test_front_page_is_scanned_for_accessibility", "test_no_cdn_case_of_assets_is_met")

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.allow_origin = None


class WrongType(Fault):
    """The asset host calls pictures a download."""

    name = "assets.wrong-type"
    case = "C17"
    expected_failures = ("infra.cdn", "step.frontend.assets")
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.types[".svg"] = "application/octet-stream"


class ShellForMissing(Fault):
    """A missing asset is answered with a page and status 200."""

    name = "assets.shell-for-missing"
    case = "C18"
    expected_failures = ("infra.cdn", "step.frontend.assets", "infra.tls")
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.shell_for_missing = True


class NotImmutable(Fault):
    """Browsers are told to ask for every asset again after five minutes."""

    name = "assets.not-immutable"
    case = "C20"
    expected_failures = ("infra.cdn", "step.frontend.assets")
    proves = ("test_every_asset_of_the_build_is_served_right",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.cache_control = "public, max-age=300"
