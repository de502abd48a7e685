"""Checks that meet the same defect name the same cause, and say what it does to people."""

from datetime import timedelta

import pytest

from golive.browser.observation import PageRequest
from golive.browser.rules import expect_no_errors, expect_no_failed_requests, what_broke
from golive.core.harm import Harm, UnmetExpectation
from golive.rules.findings import Finding, Findings, expect_none
from golive.rules.http import expect_refusal, expect_status
from golive.rules.latency import expect_quantile
from selftests.examples.rules_examples import answer, page


def raised(rule, *arguments, **named) -> UnmetExpectation:
    """What the rule says."""
    with pytest.raises(UnmetExpectation) as found:
        rule(*arguments, **named)
    return found.value


LOST = PageRequest("GET", "https://shop.test/app.js", "404")


def test_route_that_answers_an_error_is_one_cause_whatever_was_asked_of_it():
    failed = answer(status=503)
    causes = {
        raised(expect_status, failed, 200).cause,
        raised(expect_status, failed, 201, 204).cause,
        raised(expect_refusal, failed, "an expired token", 401).cause,
    }
    (cause,) = causes
    assert cause.endswith(" answers 503")
    assert "?" not in cause


def test_success_that_is_another_one_names_no_route_as_the_cause():
    assert raised(expect_status, answer(status=204), 200).cause == ""


@pytest.mark.parametrize(("status", "remedy"), [(500, "error log"), (404, "deploy"), (405, "route")])
def test_remedy_says_whose_turn_it_is(status, remedy):
    assert remedy in raised(expect_status, answer(status=status), 200).remedy


def test_whoever_is_let_in_harms_people_and_is_one_cause_in_each_form():
    found = [
        raised(expect_refusal, answer(status=200), f"a forged token ({how})", 401)
        for how in ("unsigned", "cut")
    ]
    assert {(error.cause, error.harm) for error in found} == {("a forged token is let in", Harm.PEOPLE)}


@pytest.mark.parametrize(
    "turned_away",
    [
        pytest.param({"status": 200, "body": b'{"error": "who are you?"}'}, id="refused in its body"),
        pytest.param({"status": 200, "body": b"<!doctype html>"}, id="a page"),
        pytest.param({"status": 302}, id="sent elsewhere"),
        pytest.param({"status": 502}, id="an accident"),
    ],
)
def test_who_was_not_let_in_is_not_said_to_be(turned_away):
    error = raised(expect_refusal, answer(**turned_away), "no token", 401)
    assert error.harm is None
    assert "let in" not in error.cause


def test_slow_answers_are_said_to_be_slow():
    error = raised(expect_quantile, [900.0] * 5, 0.95, timedelta(milliseconds=200), where="GET /")
    assert error.harm is Harm.SLOW


@pytest.mark.parametrize("rule", [expect_no_errors, expect_no_failed_requests])
def test_lost_script_is_the_cause_of_whatever_a_page_says_about_it(rule):
    broken = page(
        error_responses=(LOST,),
        console_errors=("Failed to load resource: 404",),
        page_errors=("app is not defined",),
    )
    assert raised(rule, broken).cause == "GET https://shop.test/app.js: 404"


@pytest.mark.parametrize(
    "request_made",
    [
        PageRequest("GET", "https://api.shop.test/me", "401"),
        PageRequest("POST", "https://api.shop.test/login", "422"),
        PageRequest("POST", "https://api.shop.test/login", "500"),
    ],
)
def test_refusal_of_a_caller_breaks_no_page(request_made):
    assert what_broke(page(error_responses=(request_made,))) == ""


def test_script_that_fails_breaks_the_page_where_nothing_is_lost():
    assert what_broke(page(page_errors=("x is not a function",))) == "x is not a function"


def test_of_several_findings_the_first_is_told_in_parts_and_all_in_words():
    found = (Finding("a", "1", "2", "here"), Finding("b", "3", "4", "there"))
    error = raised(expect_none, Findings("rule", 2, found))
    assert error.unmet.sentence == "A: 2; expected 1 (here)"
    assert str(error) == "a: expected 1, observed 2 — here; b: expected 3, observed 4 — there"
