"""Errors as callers see them: `{"statusCode": 404, "message": "…", "error": "Not Found"}`."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse


class ApiError(Exception):
    """A refusal with its status code; the message is meant for the caller."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str) -> ApiError:
    return ApiError(400, message)


def unauthorized(message: str = "Unauthorized") -> ApiError:
    return ApiError(401, message, {"WWW-Authenticate": "Bearer"})


def forbidden(message: str = "Forbidden") -> ApiError:
    return ApiError(403, message)


def not_found(what: str) -> ApiError:
    return ApiError(404, f"{what} not found")


class ErrorShape:
    """Turns a status and a message into an answer."""

    def response(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """The answer in the product's shape, never stored by any cache."""
        body = {"statusCode": status, "message": message, "error": HTTPStatus(status).phrase}
        return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})})
