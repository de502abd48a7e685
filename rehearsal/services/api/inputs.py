"""Strict reading of what callers send: every wrong input is an ApiError with a 4xx status."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from starlette.requests import Request

from rehearsal.services.api.accounts.addresses import LONGEST as LONGEST_ADDRESS
from rehearsal.services.api.accounts.addresses import normal_address
from rehearsal.services.api.errors import ApiError, bad_request

LARGEST_BODY_BYTES = 100_000
LARGEST_LIMIT = 100
LARGEST_OFFSET = 10_000
_DIGITS = re.compile(r"[0-9]{1,9}")


def query_text(request: Request, name: str) -> str | None:
    """The parameter's only value, or None. 400 when it is repeated."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise bad_request(f"{name} must be given once")
    return values[0] if values else None


def query_choice(request: Request, name: str, choices: Collection[str]) -> str | None:
    """The parameter's value if it is one of `choices`, or None when it is absent."""
    value = query_text(request, name)
    if value is not None and value not in choices:
        raise bad_request(f"{name} must be one of: {', '.join(sorted(choices))}")
    return value


def query_limit(request: Request, default: int) -> int:
    """How many entries are wanted: 1..100."""
    return _number(request, "limit", default, 1, LARGEST_LIMIT)


def query_offset(request: Request) -> int:
    """How many entries to skip: 0..10000."""
    return _number(request, "offset", 0, 0, LARGEST_OFFSET)


def _number(request: Request, name: str, default: int, smallest: int, largest: int) -> int:
    value = query_text(request, name)
    if value is None:
        return default
    if not _DIGITS.fullmatch(value) or not smallest <= int(value) <= largest:
        raise bad_request(f"{name} must be a whole number from {smallest} to {largest}")
    return int(value)


async def json_body(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """The body as a JSON object. 413 when too large, 415 for another type, 400 when it is not an object."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BODY_BYTES:
            raise ApiError(413, "The body is too large")
    if not content and optional:
        return {}
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ApiError(415, "The body must be application/json")
    try:
        body = json.loads(content.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise bad_request("The body is not valid JSON") from None
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object")
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def text(body: dict[str, Any], name: str, *, shortest: int = 1, longest: int = 200) -> str:
    """A text field, trimmed. Refuses what a database cannot store: NUL and lone surrogates."""
    value = body.get(name)
    if not isinstance(value, str) or "\x00" in value or _has_surrogate(value):
        raise bad_request(f"{name} must be a text")
    value = value.strip()
    if not shortest <= len(value) <= longest:
        raise bad_request(f"{name} must have {shortest} to {longest} characters")
    return value


def secret(body: dict[str, Any], name: str, *, shortest: int = 1, longest: int = 200) -> str:
    """A text field whose spaces count, such as a password."""
    value = body.get(name)
    if not isinstance(value, str) or _has_surrogate(value) or not shortest <= len(value) <= longest:
        raise bad_request(f"{name} must be a text of {shortest} to {longest} characters")
    return value


def email(body: dict[str, Any]) -> str:
    """The address in the form that its account is known by."""
    try:
        return normal_address(text(body, "email", longest=LONGEST_ADDRESS))
    except ValueError:
        raise bad_request("email must be an e-mail address") from None


def whole_number(body: dict[str, Any], name: str, smallest: int, largest: int) -> int:
    """A JSON number without fraction; true and false are not numbers."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not smallest <= value <= largest:
        raise bad_request(f"{name} must be a whole number from {smallest} to {largest}")
    return value


def _has_surrogate(value: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in value)
