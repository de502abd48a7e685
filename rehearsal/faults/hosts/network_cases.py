"""An edge and certificates that are wrong in ways that no client complains about."""

from __future__ import annotations

from datetime import timedelta

from rehearsal.faults.base import Fault, FrontendFault
from rehearsal.faults.lines import NEED_THE_SCRIPTS
from rehearsal.stack.plan import CDN_HOST, StackPlan


class LifetimeTooLong(Fault):
    """The asset host's certificate lives for 400 days, twice what authorities may issue."""

    name = "tls.lifetime-too-long"
    case = "T13"
    expected_failures = ("infra.tls",)
    proves = ("test_no_certificate_case_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.leaves[CDN_HOST].lifetime = timedelta(days=400)


class CbcOnly(Fault):
    """The asset host speaks nothing but CBC ciphers of TLS 1.2."""

    name = "tls.cbc-only"
    case = "P05"
    expected_failures = ("infra.tls", *NEED_THE_SCRIPTS)
    proves = ("test_no_protocol_case_is_met",)
    masks = "whatever needs the asset host cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.edge.cbc_only.add(CDN_HOST)


class HstsZero(Fault):
    """Strict-Transport-Security tells browsers to forget the host."""

    name = "edge.hsts-zero"
    case = "H03"
    expected_failures = ("infra.tls",)
    proves = ("test_no_http_case_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.hsts = "max-age=0; includeSubDomains"


class HstsMisspelt(Fault):
    """Strict-Transport-Security is sent with a misspelt max-age."""

    name = "edge.hsts-misspelt"
    case = "H04"
    expected_failures = ("infra.tls",)
    proves = ("test_https_is_pinned_by_hsts", "test_no_http_case_is_met")

    def apply(self, stack: StackPlan) -> None:
        stack.edge.hsts = "maxage=63072000; includeSubDomains"


class InsecureForm(FrontendFault):
    """A form of the page is sent over plain HTTP."""

    name = "frontend.insecure-form"
    case = "H16"
    expected_failures = ("infra.tls",)
    proves = ("test_no_http_case_is_met",)

    def edit(self, files: dict[str, str]) -> None:
        form = '<form action="http://audotics.test/subscribe" hidden></form></body>'
        files["index.html"] = files["index.html"].replace("</body>", form)
