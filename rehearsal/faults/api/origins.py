"""Origins that are let in although only the frontend's own should be."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.api.rewriting import rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.services.api.gateway import Gateway


class ReflectsAnyOrigin(ApiFault):
    """Every origin is allowed, with credentials."""

    name = "origins.any-is-allowed"
    case = "H19"
    expected_failures = ("infra.tls", "step.smoke.auth", "post.critical")
    proves = ("test_no_http_case_is_met",)

    def modify(self, app: Any) -> None:
        app.allows_origin = lambda _origin: True


class AllowsNull(ApiFault):
    """The origin "null", of sandboxed pages and files, is allowed."""

    name = "origins.null-is-allowed"
    case = "H19"
    expected_failures = ("infra.tls", "step.smoke.auth", "post.critical")
    proves = ("test_no_http_case_is_met",)

    def modify(self, app: Any) -> None:
        own = app.settings.frontend_origin
        app.allows_origin = lambda origin: origin in (own, "null")


class PrefixIsAllowed(ApiFault):
    """An origin is allowed when it begins like the frontend's."""

    name = "origins.prefix-is-allowed"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_other_origin_reads_nothing",)

    def modify(self, app: Any) -> None:
        own = app.settings.frontend_origin
        app.allows_origin = lambda origin: origin.startswith(own)


class SuffixIsAllowed(ApiFault):
    """An origin is allowed when it ends like the frontend's."""

    name = "origins.suffix-is-allowed"
    case = "H19"
    expected_failures = ("infra.tls", "step.smoke.auth", "post.critical")
    proves = ("test_no_http_case_is_met",)

    def modify(self, app: Any) -> None:
        host = app.settings.frontend_origin.partition("//")[2]
        app.allows_origin = lambda origin: origin.endswith(host)


class PostFromAnywhere(ApiFault):
    """Pages of other origins may send POST requests; only reading the answer is refused."""

    name = "origins.post-from-anywhere"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_other_origin_signs_nobody_in",)

    def modify(self, app: Any) -> None:
        del app  # the gateway is built later, and there is one in the process
        # A method is replaced: that is the defect.
        Gateway._guard_origin = lambda _self, _request: None  # type: ignore[method-assign, assignment]


class NotInVary(ApiFault):
    """Answers do not say that they depend on the origin, so a cache gives one origin's to another."""

    name = "origins.not-in-vary"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_frontend_may_call_the_api",)

    def modify(self, app: Any) -> None:
        rewrite(app, lambda _scope, answer: answer.set_header("vary", None))
