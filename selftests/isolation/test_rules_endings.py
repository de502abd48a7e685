"""What has ended: refused everywhere in one way or another is over, let in anywhere is not."""

from datetime import timedelta

import pytest

from golive.core.outcome import Blind
from golive.isolation.rules_endings import Look, expect_closed_everywhere, expect_open_everywhere
from selftests.examples.rules_examples import answer

WITHIN = timedelta(seconds=2)


def looks(*statuses, body=None):
    return [
        Look(f"api-{number}", answer(body or {"message": "x"}, status=status))
        for number, status in enumerate(statuses, start=1)
    ]


def closed(seen):
    expect_closed_everywhere(seen, what="an access token", done_at="api-1", within=WITHIN)


@pytest.mark.parametrize("statuses", [(401, 401), (403, 404), (404, 410), (401, 403, 401)])
def test_refused_everywhere_is_over(statuses):
    closed(looks(*statuses))


def test_success_that_refuses_in_its_body_is_over_too():
    closed(looks(200, body={"error": "signed out"}))


@pytest.mark.parametrize("statuses", [(401, 200), (204, 401), (200, 200)])
def test_let_in_anywhere_is_told_with_the_place(statuses):
    with pytest.raises(AssertionError, match=r"not over everywhere.*ended at api-1, still let in at api-\d"):
        closed(looks(*statuses))


def test_accident_is_no_refusal():
    with pytest.raises(AssertionError, match=r"tried again at api-2.*500: neither let in nor refused"):
        closed(looks(401, 500))


def test_limit_is_blind():
    with pytest.raises(Blind, match="429"):
        closed(looks(401, 429))


def test_nothing_asked_shows_nothing():
    with pytest.raises(AssertionError):
        closed([])
    with pytest.raises(Blind):
        expect_open_everywhere([], what="a token")


def test_what_did_not_open_before_is_blind():
    expect_open_everywhere(looks(200, 204), what="a fresh token")
    with pytest.raises(Blind, match=r"does not open everywhere even before it ends .401 at api-2"):
        expect_open_everywhere(looks(200, 401), what="a fresh token")
