"""The stand-in's routes."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.services.forge.shapes import Json, Shapes

ROOT = "/repos/{owner}/{name}"
LIMIT = 5000
LARGEST_PAGE = 100
SMALLEST_PAGE = 30

Handler = Callable[[Request, Shapes], Any]


def application(told: Json, store: Path, token: str) -> Starlette:
    """What is `told` of the repository, for those with the token; the store's files, for all."""
    limits = Limits()

    def served(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            headers = limits.count()
            refusal = _refusal(request, told["repository"], token)
            if refusal:
                return JSONResponse(*refusal, headers=headers)
            shapes = Shapes(told, f"http://{request.url.netloc}")
            try:
                content = handler(request, shapes)
            except LookupError:
                return JSONResponse(_error("Not Found", 404), 404, headers=headers)
            if isinstance(content, Paged):
                headers |= content.links(request)
                content = content.shaped()
            return _conditional(request, content, headers)

        return answer

    routes = [
        Route("/health", _health),
        Route("/store/{file}", _store(store)),
        Route(ROOT, served(lambda _, shapes: shapes.repository())),
        Route(f"{ROOT}/git/ref/tags/{{tag:path}}", served(_reference)),
        Route(f"{ROOT}/git/tags/{{sha}}", served(_tag)),
        Route(f"{ROOT}/compare/{{between}}", served(_compare)),
        Route(f"{ROOT}/commits/{{sha}}/pulls", served(_pulls_with)),
        Route(f"{ROOT}/commits/{{sha}}/check-runs", served(_check_runs)),
        Route(f"{ROOT}/commits/{{sha}}/status", served(_statuses)),
        Route(f"{ROOT}/pulls/{{number:int}}/reviews", served(_reviews)),
        Route(f"{ROOT}/pulls/{{number:int}}/commits", served(_written)),
        Route(f"{ROOT}/labels/{{label}}", served(_label)),
        Route(f"{ROOT}/milestones", served(_milestones)),
        Route(f"{ROOT}/issues", served(_issues)),
    ]
    return Starlette(routes=routes)


class Limits:
    """What every answer says of the limit, which nobody reaches here."""

    def __init__(self) -> None:
        self._used = 0

    def count(self) -> dict[str, str]:
        self._used += 1
        said = {"limit": LIMIT, "remaining": max(0, LIMIT - self._used), "used": self._used,
                "reset": int(time.time()) + 3600, "resource": "core"}  # fmt: skip
        return {f"x-ratelimit-{name}": str(value) for name, value in said.items()}


class Paged:
    """A list, of which one page is answered; `wrap` makes the answer of the page's entries."""

    def __init__(self, request: Request, entries: list[Any], wrap: Callable[[list[Any]], Any]) -> None:
        asked = request.query_params
        self._size = min(LARGEST_PAGE, max(1, int(asked.get("per_page", SMALLEST_PAGE))))
        self._page = max(1, int(asked.get("page", 1)))
        self._last = max(1, -(-len(entries) // self._size))
        self._entries = entries[(self._page - 1) * self._size : self._page * self._size]
        self._wrap = wrap

    def shaped(self) -> Any:
        return self._wrap(self._entries)

    def links(self, request: Request) -> dict[str, str]:
        """Link (RFC 8288) to the pages around this one."""
        around = {"prev": self._page - 1, "next": self._page + 1, "last": self._last, "first": 1}
        if self._page == 1:
            del around["prev"], around["first"]
        if self._page >= self._last:
            del around["next"], around["last"]
        base = f"http://{request.url.netloc}{request.url.path}"
        asked = dict(request.query_params)
        links = [
            f'<{base}?{urlencode(asked | {"page": page})}>; rel="{name}"' for name, page in around.items()
        ]
        return {"link": ", ".join(links)} if links else {}


def _reference(request: Request, shapes: Shapes) -> Json:
    return shapes.reference(_find(shapes.told["tags"], "name", request.path_params["tag"]))


def _tag(request: Request, shapes: Shapes) -> Json:
    return shapes.tag(_find(shapes.told["tags"], "object", request.path_params["sha"]))


def _compare(request: Request, shapes: Shapes) -> Paged:
    base, _, head = request.path_params["between"].partition("...")
    commits = shapes.told["commits"]
    tags = {tag["name"]: tag["commit"] for tag in shapes.told["tags"]}
    places = [commits.index(_find(commits, "sha", tags.get(name, name))) for name in (base, head)]
    ahead = commits[places[0] + 1 : places[1] + 1]
    start, behind = commits[places[0]], places[0] > places[1]
    return Paged(request, ahead, lambda page: shapes.comparison(start, ahead, page, behind))


def _pulls_with(request: Request, shapes: Shapes) -> Paged:
    sha = _find(shapes.told["commits"], "sha", request.path_params["sha"])["sha"]
    pulls = [pull for pull in shapes.told["pulls"] if pull["merged_as"] == sha]
    return Paged(request, pulls, lambda page: [shapes.pull(pull) for pull in page])


def _check_runs(request: Request, shapes: Shapes) -> Paged:
    runs = _checks_of(request, shapes, is_status=False)
    return Paged(request, runs, lambda page: shapes.check_runs(page, len(runs)))


def _statuses(request: Request, shapes: Shapes) -> Paged:
    statuses = _checks_of(request, shapes, is_status=True)
    sha = request.path_params["sha"]
    return Paged(request, statuses, lambda page: shapes.combined_status(page, statuses, sha))


def _checks_of(request: Request, shapes: Shapes, *, is_status: bool) -> list[Json]:
    sha = _find(shapes.told["commits"], "sha", request.path_params["sha"])["sha"]
    return [
        check for check in shapes.told["checks"] if check["on"] == sha and check["is_status"] is is_status
    ]


def _reviews(request: Request, shapes: Shapes) -> Paged:
    pull = _find(shapes.told["pulls"], "number", request.path_params["number"])
    numbered = list(enumerate(pull["reviews"], start=1))
    return Paged(
        request, numbered, lambda page: [shapes.review(place, review, pull) for place, review in page]
    )


def _written(request: Request, shapes: Shapes) -> Paged:
    pull = _find(shapes.told["pulls"], "number", request.path_params["number"])
    return Paged(request, shapes.written(pull), list)


def _label(request: Request, shapes: Shapes) -> Json:
    wanted = request.path_params["label"].lower()
    return shapes.label(
        next((name for name in shapes.told["labels"] if name.lower() == wanted), None) or _none()
    )


def _milestones(request: Request, shapes: Shapes) -> Paged:
    return Paged(request, shapes.told["milestones"], lambda page: [shapes.milestone(title) for title in page])


def _issues(request: Request, shapes: Shapes) -> Paged:
    asked = request.query_params
    state, labels = asked.get("state", "open"), {name for name in asked.get("labels", "").split(",") if name}
    found = [
        issue
        for issue in sorted(shapes.told["issues"], key=lambda issue: -issue["number"])
        if state in ("all", issue["state"])
        and asked.get("milestone") in (None, str(shapes.number_of(issue["milestone"])))
        and labels <= set(issue["labels"])
    ]
    return Paged(request, found, lambda page: [shapes.issue(issue) for issue in page])


def _find(entries: list[Json], key: str, value: Any) -> Json:
    return next((entry for entry in entries if value is not None and entry[key] == value), None) or _none()


def _none() -> Any:
    raise LookupError


def _refusal(request: Request, repository: str, token: str) -> tuple[Json, int] | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme and not (scheme.lower() == "bearer" and secrets.compare_digest(value.encode(), token.encode())):
        return _error("Bad credentials", 401), 401
    asked = f"{request.path_params['owner']}/{request.path_params['name']}"
    if not scheme or asked.lower() != repository:
        return _error("Not Found", 404), 404
    return None


def _error(message: str, status: int) -> Json:
    return {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}


def _conditional(request: Request, content: Any, headers: dict[str, str]) -> Response:
    body = json.dumps(content).encode()
    etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
    headers |= {
        "etag": etag,
        "cache-control": "private, max-age=60, s-maxage=60",
        "vary": "Accept, Authorization",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json; charset=utf-8", headers=headers)


def _store(folder: Path) -> Callable[[Request], Awaitable[Response]]:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}

    async def serve(request: Request) -> Response:
        content = files.get(request.path_params["file"])
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type="application/octet-stream")

    return serve


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok", "service": "forge and artefact store (stand-in)"})
