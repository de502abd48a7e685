"""A load balancer and TLS edge that is configured wrongly, slow, or in the way."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.faults.lines import BEHIND_A_WALL
from rehearsal.stack.plan import API_HOST, APP_HOST, StackPlan

SLOW_SECONDS = 3.0


class HstsMissing(Fault):
    """No host sends Strict-Transport-Security."""

    name = "edge.hsts-missing"
    case = "H01"
    expected_failures = ("infra.tls", "infra.cdn")
    proves = ("test_no_http_case_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.hsts = None


class HstsTooShort(Fault):
    """Strict-Transport-Security is valid for five minutes only."""

    name = "edge.hsts-too-short"
    case = "H02"
    expected_failures = ("infra.tls",)
    proves = ("test_no_http_case_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.hsts = "max-age=300; includeSubDomains"


class PlainHttpServesContent(Fault):
    """Port 80 serves the application instead of a redirect to HTTPS."""

    name = "edge.plain-http-serves-content"
    case = "H08"
    expected_failures = ("infra.tls",)
    proves = ("test_no_http_case_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.redirects = False


class RedirectToOtherHost(Fault):
    """Port 80 redirects every host to a host of somebody else."""

    name = "edge.redirect-to-other-host"
    case = "H26"
    expected_failures = ("infra.tls",)
    proves = ("test_plain_http_leads_to_https",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.redirect_location = "https://www.audotics.invalid{http.request.uri}"


class RedirectLosesPath(Fault):
    """The redirect to HTTPS forgets path and query."""

    name = "edge.redirect-loses-path"
    case = "H13"
    expected_failures = ("infra.tls",)
    proves = ("test_plain_http_leads_to_https",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.redirect_location = "https://{http.request.host}/"


class RedirectStaysOnHttp(Fault):
    """Port 80 redirects to plain HTTP again."""

    name = "edge.redirect-stays-on-http"
    case = "H09"
    expected_failures = ("infra.tls",)
    proves = ("test_no_http_case_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.redirect_location = "http://{http.request.host}{http.request.uri}"


class BadGateway(Fault):
    """The edge answers 502 for the API although both replicas are well."""

    name = "edge.api-bad-gateway"
    expected_failures = BEHIND_A_WALL
    proves = ("test_api_answers_at_its_public_address",)
    masks = "whatever needs the API cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.edge.answers_only[API_HOST] = 502


class SlowApp(Fault):
    """Every answer of the app host takes three seconds longer."""

    name = "edge.slow-app"
    expected_failures = ("post.accessible",)
    proves = ("test_first_byte_comes_within_budget",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.delays[APP_HOST] = SLOW_SECONDS


class UpgradeBlocked(Fault):
    """The edge refuses the WebSocket upgrade; long polling still works."""

    name = "edge.upgrade-blocked"
    case = "C14"
    expected_failures = (
        "infra.load-balancer",
        "infra.cdn",
        "step.frontend.connectivity",
        "step.smoke.websocket",
        "post.critical",
    )
    proves = ("test_pages_and_personal_answers_pass_unshared",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.passes_upgrades = False
