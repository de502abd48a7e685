"""Errors that are no errors, say too much, or come from the server where the caller was wrong."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault

TRACE = """Traceback (most recent call last):
  File "/srv/audotics/api/sessions.py", line 41, in show
KeyError: 'name'"""


class NotFoundIsSuccess(ApiFault):
    """What does not exist is answered with 200 and an error in the body."""

    name = "errors.not-found-is-200"
    case = "H24"
    expected_failures = ("infra.tls", "step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_no_http_case_is_met",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.status == 404:
                answer.status = 200

        rewrite(app, change)


class WrongBodyIsOurFault(ApiFault):
    """A body that is not JSON ends in an internal error."""

    name = "errors.wrong-body-is-500"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_wrong_bodies_are_refused",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.status == 400 and b"not valid JSON" in answer.body:
                answer.status = 500
                answer.json = {"statusCode": 500, "message": "Internal Server Error", "error": "Internal"}

        rewrite(app, change)


class WrongIdIsOurFault(ApiFault):
    """An id that cannot be one ends in an internal error."""

    name = "errors.wrong-id-is-500"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_wrong_parameters_are_refused",)

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if answer.status == 404 and ("'" in scope["path"] or len(scope["path"]) > 200):
                answer.status = 500
                answer.json = {"statusCode": 500, "message": "Internal Server Error", "error": "Internal"}

        rewrite(app, change, "/api/sessions/")


class ShowsStackTrace(ApiFault):
    """Refusals of wrong input carry a stack trace."""

    name = "errors.show-stack-trace"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_wrong_bodies_are_refused",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if answer.status == 400 and isinstance(body, dict):
                answer.json = {**body, "details": TRACE}

        rewrite(app, change)


class AnotherShape(ApiFault):
    """What is not found is a page of HTML."""

    name = "errors.are-pages"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_unknown_route_is_not_found",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.status == 404:
                answer.set_header("content-type", "text/html")
                answer.body = b"<h1>Not Found</h1>"

        rewrite(app, change)
