"""Statuses of a success, methods, required queries, and what wraps an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rehearsal.forms.base import Answered, Asked, Form, Overlay


class Created(Form):
    """Every POST that succeeds answers 201, whatever it does."""

    name = "created"

    def answered(self, asked: Asked, answer: Answered) -> None:
        if asked.method == "POST" and answer.status == 200:
            answer.status = 201


class CreatedElsewhere(Form):
    """What a POST made is named by Location alone; feedback is taken by 202."""

    name = "created-elsewhere"

    def answered(self, asked: Asked, answer: Answered) -> None:
        if asked.method == "POST" and asked.path == "/api/sessions" and answer.status == 201:
            answer.set_header("location", f"/api/sessions/{answer.json['id']}")
            answer.set_header("content-type", None)
            answer.body = b""
        if asked.method == "POST" and asked.path.startswith("/feedback") and answer.status == 201:
            answer.status = 202


class SilentSuccess(Form):
    """Joining and feedback answer 204 without a body, and the profile says that nothing else is a success."""

    name = "silent-success"
    profile: ClassVar[Overlay] = {
        "routes": {
            "join": {"path": "/api/sessions/{id}/join", "success": [204]},
            "feedback": {"path": "/feedback/songs/{id}", "success": [204]},
        }
    }

    def answered(self, asked: Asked, answer: Answered) -> None:
        silent = asked.path.endswith("/join") or asked.path.startswith("/feedback")
        if asked.method == "POST" and silent and answer.status in (200, 201):
            answer.status, answer.body = 204, b""


class OtherMethods(Form):
    """Leaving is a POST, feedback a PUT, search a GET with the sentence in its query."""

    name = "other-methods"
    profile: ClassVar[Overlay] = {
        "routes": {
            "leave": {"path": "/api/sessions/{id}/leave", "method": "POST"},
            "feedback": {"path": "/feedback/songs/{id}", "method": {"POST": "PUT"}},
            "search": {"path": "/search", "method": "GET"},
        }
    }

    def asked(self, asked: Asked) -> None:
        if asked.path.endswith("/leave"):
            asked.method = {"POST": "DELETE", "DELETE": "GET"}.get(asked.method, asked.method)
        elif asked.path.startswith("/feedback"):
            asked.method = {"PUT": "POST"}.get(asked.method, asked.method)
        elif asked.path == "/search" and asked.method == "GET":
            found = asked.query.pop("query", [])
            asked.method, asked.path = "POST", "/nlp-recommendations/query"
            asked.headers["content-type"] = "application/json"
            asked.json = {"query": found[0]} if len(found) == 1 and not found[0].isdecimal() else {}


class RequiredQuery(Form):
    """Trending must be asked for with a market, and the own profile with a version."""

    name = "required-query"
    profile: ClassVar[Overlay] = {
        "routes": {"trending": "/trending?market=DE", "profile": {"path": "/users/me", "query": {"v": "2"}}},
        "http": {"open_routes": ["recommendations"]},
    }
    operations: ClassVar[Mapping[str, str]] = {
        "/trending": "/trending?market=DE",
        "/users/me": "/users/me?v=2",
    }
    WANTED: ClassVar[Mapping[str, tuple[str, str]]] = {"/trending": ("market", "DE"), "/users/me": ("v", "2")}

    def asked(self, asked: Asked) -> None:
        name, value = self.WANTED.get(asked.path, ("", ""))
        if name and asked.method == "GET" and asked.query.pop(name, None) != [value]:
            asked.kept["lacks"] = name

    def answered(self, asked: Asked, answer: Answered) -> None:
        if "lacks" in asked.kept and answer.status == 200:
            answer.status = 400
            answer.json = {"statusCode": 400, "message": f"{asked.kept['lacks']} is required"}


class SomeEnvelopes(Form):
    """Sessions and the own profile are wrapped in `data`, sessions once more; nothing else is."""

    name = "some-envelopes"
    profile: ClassVar[Overlay] = {
        "wire": {"envelope": {"data": "data", "everywhere": False}},
        "routes": {
            name: {"path": f"/api/sessions{rest}", "content": "session"}
            for name, rest in {"sessions": "", "session": "/{id}", "join": "/{id}/join"}.items()
        },
    }

    def answered(self, asked: Asked, answer: Answered) -> None:
        body: Any = answer.json
        if answer.status >= 300 or not isinstance(body, dict):
            return
        if asked.path == "/users/me":
            answer.json = {"data": body}
        elif asked.path.startswith("/api/sessions") and "members" in body:
            answer.json = {"data": {"session": body}}
