"""Bodies of errors: each form that clients can read is fine, what only looks like one is not."""

from dataclasses import replace

import pytest
from pydantic import JsonValue

from golive.net.http_observation import HttpObservation, RefusalForm
from golive.rules.error_bodies import expect_error_body
from golive.rules.http import expect_error_shape, expect_refusal
from selftests.examples.rules_examples import answer

READABLE: dict[str, JsonValue] = {
    "nest": {"statusCode": 404, "message": "Cannot GET /x", "error": "Not Found"},
    "nest-validation": {"statusCode": 404, "message": ["name must be a string"], "error": "Bad Request"},
    "problem-details": {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "no track"},
    "problem-without-status": {"type": "https://a.test/no-track", "title": "No such track"},
    "nested": {"error": {"code": "track_not_found", "message": "No such track"}},
    "nested-with-status": {"error": {"code": 404, "message": "No such track", "status": "NOT_FOUND"}},
    "oauth": {"error": "invalid_request", "error_description": "no such track"},
    "one-word": {"error": "Not found"},
    "json-api": {"errors": [{"status": "404", "title": "Not found", "source": {"pointer": "/data"}}]},
    "fields": {"message": "Validation failed", "errors": {"query": ["must not be empty"]}},
    "fields-alone": {"errors": {"limit": ["must be positive"]}},
    "fastapi": {"detail": "Not Found"},
    "fastapi-validation": {"detail": [{"loc": ["query", "limit"], "msg": "not an integer", "type": "int"}]},
    "spring": {"timestamp": "2026-11-30T00:00:00Z", "status": 404, "error": "Not Found", "path": "/x"},
    "jsend": {"status": "fail", "message": "No such track"},
    "own-code": {"success": False, "code": 40401, "msg": "no such track"},
    "graphql": {"errors": [{"message": "no such track", "path": ["track"]}], "data": None},
    "a-list": [{"code": "too_small", "path": ["limit"], "message": "too small"}],
}
UNREADABLE: dict[str, tuple[JsonValue | bytes, str]] = {
    "page": (b"<h1>Not Found</h1>", "expected JSON"),
    "nothing": (b"", "expected JSON"),
    "empty-object": ({}, "a message"),
    "empty-list": ([], "a message"),
    "a-text": ("Not Found", "a JSON object"),
    "no-words": ({"errors": []}, "a message"),
    "empty-message": ({"statusCode": 404, "message": "", "error": "Not Found"}, "a message"),
    "empty-nested-message": ({"error": {"message": "", "code": "x"}}, "a message"),
    "another-status": ({"statusCode": 200, "message": "fine"}, "expected 404, observed 200"),
    "another-nested-status": ({"error": {"code": 500, "message": "x"}}, "expected 404, observed 500"),
    "another-json-api-status": ({"errors": [{"status": "422", "title": "x"}]}, "expected 404, observed 422"),
    "another-problem-status": ({"title": "x", "status": 403}, "expected 404, observed 403"),
    "status-code-in-words": ({"statusCode": "NotFound", "message": "x"}, "observed no number"),
    "stack": ({"statusCode": 404, "message": "x", "stack": "at f (a.js:1)"}, "nothing internal"),
    "nested-stack": ({"error": {"message": "x", "stack": "at f"}}, "nothing internal"),
    "listed-trace": ({"errors": [{"message": "x", "trace": "at f"}]}, "nothing internal"),
    "sql": ({"detail": "x", "sql": "SELECT"}, "nothing internal"),
}
LOGIN = "https://www.mini.test/login"
DECLARED = RefusalForm(strangers=(403,), pages=(LOGIN,), cookies=("sid",))


def sent_to(place: str, *cookies: str) -> HttpObservation:
    headers = (("location", place), *(("set-cookie", cookie) for cookie in cookies))
    return replace(answer(b"", status=302, headers=headers), refusal=DECLARED)


@pytest.mark.parametrize("body", READABLE.values(), ids=READABLE)
def test_each_form_that_clients_can_read_is_fine(body: JsonValue) -> None:
    expect_error_shape(answer(body, status=404), 404)


@pytest.mark.parametrize(("body", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_no_client_can_go_by_is_wrong(body: JsonValue | bytes, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        expect_error_shape(answer(body, status=404), 404)


@pytest.mark.parametrize(
    ("form", "right"),
    [
        ("status_code", "nest"),
        ("problem", "problem-details"),
        ("nested", "nested"),
        ("list", "json-api"),
        ("detail", "fastapi"),
    ],
)
def test_form_that_the_profile_names_is_the_only_one(form, right) -> None:
    """Whoever reads errors by one form cannot read another."""
    promised = RefusalForm(body=form)
    expect_error_body(replace(answer(READABLE[right], status=404), refusal=promised))
    with pytest.raises(AssertionError, match=f"of the form '{form}'"):
        expect_error_body(replace(answer({"msg": "not found"}, status=404), refusal=promised))


def test_body_may_be_none_where_the_profile_says_so() -> None:
    """Passport answers "Unauthorized" in plain text, and some servers nothing at all."""
    promised = RefusalForm(body="any")
    for body in (b"Unauthorized", b""):
        expect_refusal(replace(answer(body, status=401), refusal=promised), "a wrong token", 401)
    wrong = replace(answer({"statusCode": 200, "message": "x"}, status=401), refusal=promised)
    json = replace(wrong, headers=(("content-type", "application/json"),))
    with pytest.raises(AssertionError, match="statusCode"):
        expect_refusal(json, "a wrong token", 401)


def test_strangers_are_refused_as_the_profile_says() -> None:
    """403 instead of 401 only where it is declared, and 401 there too."""
    for status in (401, 403):
        expect_refusal(
            replace(answer({"message": "no"}, status=status), refusal=DECLARED), "a wrong token", 401
        )
    with pytest.raises(AssertionError, match="refused with 401"):
        expect_refusal(answer({"message": "no"}, status=403), "a wrong token", 401)
    with pytest.raises(AssertionError, match="refused with 401"):
        expect_refusal(replace(answer({"message": "no"}, status=404), refusal=DECLARED), "a wrong token", 401)


def test_way_to_an_error_page_refuses_where_the_profile_names_it() -> None:
    """With cookies taken away, with cookies of somebody else's business, whatever its query says."""
    for place in (LOGIN, f"{LOGIN}?error=denied", f"{LOGIN}/"):
        cleared = "sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        expect_refusal(sent_to(place, cleared, "theme=dark"), "a wrong code", 401)


@pytest.mark.parametrize(
    "seen",
    [
        sent_to("https://www.mini.test/"),
        sent_to("https://evil.test/login"),
        sent_to(LOGIN, "sid=s3cret; Path=/; HttpOnly"),
        replace(sent_to(LOGIN), refusal=RefusalForm()),
        replace(sent_to(LOGIN), headers=()),
    ],
    ids=["front-page", "another-host", "with-a-session", "undeclared", "no-place"],
)
def test_way_elsewhere_is_no_refusal(seen: HttpObservation) -> None:
    with pytest.raises(AssertionError):
        expect_refusal(seen, "a wrong code", 401)
