"""Certificates that a browser or a careful operator would not accept."""

from __future__ import annotations

from datetime import timedelta

from rehearsal.faults.base import Fault
from rehearsal.faults.lines import BEHIND_A_WALL, NEED_THE_SCRIPTS
from rehearsal.stack.plan import API_HOST, APP_HOST, CDN_HOST, StackPlan

USED_BY_EVERYTHING = ("infra.tls", *BEHIND_A_WALL)
"""What nobody can do when the API's certificate is refused."""


class ExpiredCertificate(Fault):
    """The API's certificate expired yesterday."""

    name = "tls.expired"
    case = "T01"
    expected_failures = USED_BY_EVERYTHING
    proves = ("test_no_certificate_case_is_met",)
    masks = "whatever needs the API cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.leaves[API_HOST].starts_in = timedelta(days=-91)


class WrongHost(Fault):
    """The API's certificate is for another name."""

    name = "tls.wrong-host"
    case = "T03"
    expected_failures = USED_BY_EVERYTHING
    proves = ("test_no_certificate_case_is_met",)
    masks = "whatever needs the API cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.leaves[API_HOST].names = [f"old-{API_HOST}"]


class UntrustedRoot(Fault):
    """The app's certificate chains up to a root that nobody trusts."""

    name = "tls.untrusted-root"
    case = "T05"
    expected_failures = (
        "infra.tls",
        "step.frontend.config",
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "post.accessible",
        "post.critical",
    )
    proves = ("test_no_certificate_case_is_met",)
    masks = "whatever needs the asset host cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.leaves[APP_HOST].issuer = "stranger"


class MissingIntermediate(Fault):
    """The asset host sends its certificate without the intermediate."""

    name = "tls.missing-intermediate"
    case = "T06"
    expected_failures = ("infra.tls", *NEED_THE_SCRIPTS)
    proves = ("test_no_certificate_case_is_met",)
    masks = "whatever needs the asset host cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.leaves[CDN_HOST].sends_intermediate = False


class NearlyExpired(Fault):
    """The asset host has a certificate with six days left."""

    name = "tls.nearly-expired"
    case = "T25"
    expected_failures = ("infra.tls",)
    proves = ("test_certificate_outlives_the_renewal_window", "test_no_certificate_case_is_met")

    def apply(self, stack: StackPlan) -> None:
        leaf = stack.leaves[CDN_HOST]
        leaf.starts_in = timedelta(days=6) - leaf.lifetime


class NotYetValid(Fault):
    """The app's certificate becomes valid tomorrow."""

    name = "tls.not-yet-valid"
    case = "T02"
    expected_failures = UntrustedRoot.expected_failures
    proves = ("test_no_certificate_case_is_met",)
    masks = "whatever needs the asset host cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.leaves[APP_HOST].starts_in = timedelta(days=1)


class NoTls13(Fault):
    """The edge speaks nothing newer than TLS 1.2."""

    name = "tls.no-1.3"
    case = "P03"
    expected_failures = ("infra.tls",)
    proves = ("test_required_tls_versions_are_spoken",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.maximum_tls = "tls1.2"


class NoTls12(Fault):
    """The edge refuses TLS 1.2, which supported clients still need."""

    name = "tls.no-1.2"
    expected_failures = ("infra.tls",)
    proves = ("test_required_tls_versions_are_spoken",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.minimum_tls = "tls1.3"
