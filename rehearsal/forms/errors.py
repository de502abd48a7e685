"""How errors look, and by which statuses somebody is refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from rehearsal.forms.base import Answered, Asked, Form, Overlay


class Reworded(Form):
    """Errors of another body."""

    name = "reworded"
    content_type = "application/json"

    def answered(self, asked: Asked, answer: Answered) -> None:
        body = answer.json
        if answer.status >= 400 and isinstance(body, dict) and "message" in body:
            answer.json = self.body(answer.status, body["message"])
            answer.set_header("content-type", self.content_type)

    def body(self, status: int, message: str) -> Any:
        return {"message": message, "code": status}


class Problems(Reworded):
    """Errors are problem details (RFC 9457)."""

    name = "problems"
    content_type = "application/problem+json"
    profile: ClassVar[Overlay] = {"wire": {"refusals": {"body": "problem"}}}

    def body(self, status: int, message: str) -> Any:
        title = HTTPStatus(status).phrase
        return {"type": "about:blank", "title": title, "status": status, "detail": message}


class NestedErrors(Reworded):
    """Errors are `{error: {code, message}}`, the code in words."""

    name = "nested-errors"

    def body(self, status: int, message: str) -> Any:
        code = HTTPStatus(status).phrase.upper().replace(" ", "_")
        return {"error": {"code": code, "message": message}}


class ErrorLists(Reworded):
    """Errors are `{errors: [{status, title}]}`, as JSON:API has them."""

    name = "error-lists"
    content_type = "application/vnd.api+json"

    def body(self, status: int, message: str) -> Any:
        return {"errors": [{"status": str(status), "title": message}]}


class Details(Reworded):
    """Errors are `{detail}`; of wrong input, a list of what is wrong with 422."""

    name = "details"

    def answered(self, asked: Asked, answer: Answered) -> None:
        wrong = answer.status == 400
        super().answered(asked, answer)
        if wrong:
            answer.status = 422

    def body(self, status: int, message: str) -> Any:
        return {
            "detail": [{"loc": ["body"], "msg": message, "type": "value_error"}] if status == 400 else message
        }


class ListedMessages(Reworded):
    """Errors are `{statusCode, message, error}`, where wrong input has a list of messages."""

    name = "listed-messages"
    profile: ClassVar[Overlay] = {"wire": {"refusals": {"body": "status_code"}}}

    def body(self, status: int, message: str) -> Any:
        said: Any = [message] if status in (400, 422) else message
        return {"statusCode": status, "message": said, "error": HTTPStatus(status).phrase}


class PlainRefusals(Form):
    """Whoever is not signed in gets "Unauthorized" in plain text."""

    name = "plain-refusals"
    profile: ClassVar[Overlay] = {"wire": {"refusals": {"body": "any"}}}

    def answered(self, asked: Asked, answer: Answered) -> None:
        if answer.status == 401:
            answer.body = b"Unauthorized"
            answer.set_header("content-type", "text/plain; charset=utf-8")


class StrangersForbidden(Form):
    """Whoever is not signed in gets 403, and whoever may not see something gets 404."""

    name = "strangers-forbidden"
    profile: ClassVar[Overlay] = {"wire": {"refusals": {"strangers": [403], "users": [404]}}}

    def answered(self, asked: Asked, answer: Answered) -> None:
        changed = {401: 403, 403: 404}.get(answer.status)
        if changed is not None and not asked.path.startswith("/auth/login"):
            answer.status = changed
            answer.json = {"message": HTTPStatus(changed).phrase}


class RefusedByRedirect(Form):
    """A sign-in by the provider that is refused ends at the sign-in page, its cookies taken away."""

    name = "refused-by-redirect"

    def answered(self, asked: Asked, answer: Answered) -> None:
        if asked.path == "/auth/spotify/callback" and answer.status >= 400:
            answer.status, answer.body = 302, b""
            answer.set_header("content-type", None)
            answer.set_header("location", "https://audotics.test/?signin=failed")
            for name in ("audotics_session", "audotics_signin"):
                answer.set_cookie(
                    f"{name}=; Path=/auth/spotify; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly"
                    "; SameSite=None"
                )
