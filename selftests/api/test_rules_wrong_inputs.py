"""Wrong inputs: which one was wrong is said, once for each kind; what the operation requires stays."""

import pytest

from golive.api.fixtures_operations import wrong_inputs
from golive.api.profile import Operation
from golive.api.rules_inputs import Tried, expect_all_refused
from golive.net.http_observation import HttpObservation
from selftests.examples.rules_examples import answer

REFUSALS = (400, 404, 422)
ACCIDENT = answer({"statusCode": 500, "message": "Internal Server Error"}, status=500)
REFUSED = answer({"statusCode": 400, "message": ["limit must be positive"]}, status=400)


def tried(what: str, seen: HttpObservation, place: str = "GET /search") -> Tried:
    return Tried(place, what, REFUSALS, seen)


def test_refused_inputs_are_fine_in_each_form() -> None:
    expect_all_refused(
        [
            tried("limit='-1'", REFUSED),
            tried("limit='abc'", answer({"detail": [{"loc": ["limit"], "msg": "no int"}]}, status=422)),
            tried("id '0'", answer({"title": "Not Found", "status": 404}, status=404)),
        ]
    )


def test_each_kind_is_said_once_with_its_inputs() -> None:
    with pytest.raises(AssertionError) as caught:
        expect_all_refused(
            [
                tried("limit='-1'", ACCIDENT),
                tried("limit='abc'", ACCIDENT),
                tried("query is missing", answer({"id": 1}), "POST /search"),
                tried("query is null", REFUSED, "POST /search"),
            ]
        )
    assert str(caught.value) == (
        "wrong input: expected 400 or 404 or 422, observed 500: the input reached code that does not expect"
        " it, for limit='-1', limit='abc' — GET /search; "
        "wrong input: expected 400 or 404 or 422, observed 200, for query is missing — POST /search"
    )


def test_of_many_inputs_some_are_named() -> None:
    with pytest.raises(AssertionError, match=r"for n0, n1, n2, n3 and 5 more — GET /search$"):
        expect_all_refused([tried(f"n{number}", ACCIDENT) for number in range(9)])


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (answer(b"<h1>Bad Request</h1>", status=400), "expected JSON"),
        (answer({"statusCode": 400, "message": "no", "stack": "at x"}, status=400), "nothing internal"),
        (answer({"statusCode": 400, "message": "ECONNREFUSED 10.0.0.1"}, status=400), "internals"),
        (answer({"statusCode": 400}, status=400), "a message"),
    ],
)
def test_input_is_named_whatever_is_wrong_with_its_refusal(seen: HttpObservation, said: str) -> None:
    with pytest.raises(AssertionError, match=rf"(?s){said}.*, for limit='-1' — GET /search"):
        expect_all_refused([tried("limit='-1'", seen)])


def test_required_query_stays_in_every_wrong_input() -> None:
    operation = Operation(route="/search?q=jazz", numbers=("limit",), choices=("q",), cases_at_most=50)
    cases = wrong_inputs(operation)
    assert {case.params["limit"] for case in cases if "limit" in case.params} >= {"-1", "abc"}
    assert all("q=" in case.path for case in cases)
    twice = {case.what: case.path for case in cases if case.what.endswith("twice")}
    assert twice == {
        "limit twice": "/search?q=jazz&limit=1&limit=2",
        "q twice": "/search?q=1&q=2",
    }


def test_numbers_in_bodies_are_tried() -> None:
    """Negative, huge and in words; not where every number is right, and no truth value."""
    operation = Operation(
        method="POST",
        route="/search",
        body={"limit": 5, "since": -3, "offset": 2.5, "strict": True, "query": "jazz"},
        unbounded=("offset",),
        cases_at_most=100,
    )
    quantities = {
        (name, repr(case.json[name]))
        for case in wrong_inputs(operation)
        for name in ("limit", "since", "offset", "strict")
        if case.json is not None and name in case.json and case.json[name] in (-1, 10**12, "golive")
    }
    assert quantities == {
        ("limit", "-1"),
        ("limit", "1000000000000"),
        ("limit", "'golive'"),
        ("since", "1000000000000"),
        ("since", "'golive'"),
    }
