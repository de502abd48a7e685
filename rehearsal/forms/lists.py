"""Where lists are, how they are asked for in parts, and what their entries have."""

from __future__ import annotations

import base64
from typing import Any, ClassVar
from urllib.parse import urlencode

from rehearsal.forms.base import Answered, Asked, Form, Overlay

FIELDS = ("recommendations", "similar", "tracks")
API = "https://api.audotics.test"
ABSENT = {"absent": "this form of the deployment does not have it"}
LISTENERS = "/recommendations"


def listed(answer: Answered) -> list[Any] | None:
    """The list of tracks that an answer holds; None where it holds none."""
    body = answer.json
    found = next((body[key] for key in FIELDS if key in body), None) if isinstance(body, dict) else None
    return found if isinstance(found, list) else None


class BareLists(Form):
    """Every list is the answer itself; nothing says how many there are, nor when the model was made."""

    name = "bare-lists"
    profile: ClassVar[Overlay] = {"recommendations": {"fields": {"total": ABSENT}, "model_timestamp": None}}

    def answered(self, asked: Asked, answer: Answered) -> None:
        found = listed(answer)
        if found is not None and answer.status < 300:
            answer.json = found


class CountedInAHeader(Form):
    """Every list is the answer itself, and X-Total-Count says how many there are."""

    name = "counted-in-a-header"
    profile: ClassVar[Overlay] = {
        "recommendations": {
            "fields": {"personal": ".", "total": "header X-Total-Count"},
            "model_timestamp": None,
        }
    }

    def answered(self, asked: Asked, answer: Answered) -> None:
        found = listed(answer)
        if found is not None and answer.status < 300:
            total = answer.json.get("total", len(found))
            answer.json = found
            answer.set_header("x-total-count", str(total))


class Results(Form):
    """Lists are `{count, next, previous, results}`, in pages from 1 on; a page behind the last is a 404."""

    name = "results"
    places = dict.fromkeys(("personal", "group", "similar", "trending", "search"), "results")
    profile: ClassVar[Overlay] = {
        "recommendations": {
            "fields": {**places, "total": "count"},
            "paging": {"by": "page", "limit": "page_size"},
            "model_timestamp": None,
        }
    }

    def asked(self, asked: Asked) -> None:
        _as_offset(asked, page="page", size="page_size", first=1)

    def answered(self, asked: Asked, answer: Answered) -> None:
        found = listed(answer)
        if found is None or answer.status >= 300:
            return
        body = answer.json
        if asked.kept.get("page", 0) > 1 and not found:
            answer.status = 404
            answer.json = {"detail": "Invalid page."}
            return
        answer.json = {
            "count": body.get("total", len(found)),
            "next": None,
            "previous": None,
            "results": found,
        }


class Content(Form):
    """Lists are `{content, page: {totalElements}}`, in pages from 0 on."""

    name = "content"
    places = dict.fromkeys(("personal", "group", "similar", "trending", "search"), "content")
    profile: ClassVar[Overlay] = {
        "recommendations": {
            "fields": {**places, "total": "page.totalElements"},
            "paging": {"by": "page", "limit": "size", "first_page": 0},
            "model_timestamp": None,
        }
    }

    def asked(self, asked: Asked) -> None:
        _as_offset(asked, page="page", size="size", first=0)

    def answered(self, asked: Asked, answer: Answered) -> None:
        found = listed(answer)
        if found is not None and answer.status < 300:
            total = answer.json.get("total", len(found))
            answer.json = {"content": found, "page": {"totalElements": total}}


class Cursors(Form):
    """A list's part names the next one by a URL with a cursor; totals are not told."""

    name = "cursors"
    profile: ClassVar[Overlay] = {
        "wire": {"envelope": {"data": "data", "everywhere": False}},
        "recommendations": {
            "fields": {"personal": "items", "total": ABSENT},
            "paging": {"by": "cursor", "cursor": "after", "next": "beside links.next"},
            "model_timestamp": None,
        },
    }

    def asked(self, asked: Asked) -> None:
        if asked.path != LISTENERS:
            return
        asked.query.pop("offset", None)
        given = asked.query.pop("after", None)
        if given is not None:
            asked.query["offset"] = [_opened(value) for value in given]
        asked.kept["offset"], asked.kept["limit"] = asked.query.get("offset"), asked.query.get("limit")

    def answered(self, asked: Asked, answer: Answered) -> None:
        found = listed(answer)
        if asked.path != LISTENERS or found is None or answer.status >= 300:
            return
        end, total = answer.json["offset"] + len(found), answer.json["total"]
        cursor = base64.urlsafe_b64encode(f"after:{end}".encode()).decode()
        following = f"{API}{LISTENERS}?{urlencode({'after': cursor})}" if end < total else None
        answer.json = {"data": {"items": found}, "links": {"next": following}}


class WholeLists(Form):
    """Lists are always whole, of twenty tracks; a parameter that nobody knows is refused."""

    name = "whole-lists"
    profile: ClassVar[Overlay] = {
        "recommendations": {"paging": ABSENT, "fields": {"total": ABSENT}, "model_timestamp": None}
    }

    def asked(self, asked: Asked) -> None:
        if asked.path == LISTENERS and {"limit", "offset"} & set(asked.query):
            asked.query = {"limit": ["no such parameter"]}


class BareTracks(Form):
    """Tracks have no score, no genre and no artists; preferences cannot be judged by them."""

    name = "bare-tracks"
    profile: ClassVar[Overlay] = {
        "recommendations": {"fields": {"score": ABSENT, "genre": ABSENT, "artists": ABSENT}}
    }

    def answered(self, asked: Asked, answer: Answered) -> None:
        found, body = listed(answer), answer.json
        if found is None:
            return
        key = next(key for key in FIELDS if key in body)
        gone = ("score", "genre", "artists")
        body[key] = [{name: value for name, value in track.items() if name not in gone} for track in found]
        answer.json = body


def _as_offset(asked: Asked, *, page: str, size: str, first: int) -> None:
    """Turn page and size into limit and offset, wrong ones into wrong ones."""
    sizes, pages = asked.query.pop(size, None), asked.query.pop(page, None)
    for name in ("limit", "offset"):
        asked.query.pop(name, None)
    if sizes is not None:
        asked.query["limit"] = sizes
    if pages is None or asked.path != LISTENERS:
        return
    number = int(pages[0]) if len(pages) == 1 and pages[0].isdecimal() else None
    each = int(sizes[0]) if sizes and sizes[0].isdecimal() else 20
    if number is None or number < first:
        asked.query["offset"] = ["wrong"]
        return
    asked.kept["page"] = number
    asked.query["offset"] = [str((number - first) * each)]


def _opened(cursor: str) -> str:
    try:
        text = base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        return "wrong"
    return text.removeprefix("after:") if text.startswith("after:") else "wrong"
