"""A profile says where a case is right all the same: at a host, a path, for a cookie; the report says so."""

from dataclasses import dataclass

import pytest
from pydantic import ValidationError

from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport, Wrong, expect_no_blocking_case
from golive.rules.declared import Cases, Results, report


@dataclass(frozen=True, slots=True)
class Answer:
    host: str
    path: str
    cookies: tuple[str, ...]


@pytest.fixture(autouse=True)
def cases_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golive.profile.cases.CASES", declared := {})
    monkeypatch.setattr("golive.rules.declared.CASES", declared)


def judged(answer: Answer, **override: object) -> CaseReport:
    cases: Cases[Answer, []] = Cases(Answer, host=lambda one: one.host)

    @cases.case("X01", "blocking", "careless cookie", needs=())
    def careless(one: Answer) -> Results:
        for name in one.cookies:
            yield Wrong("HttpOnly", name, f"https://{one.host}{one.path}", path=one.path, cookie=name)

    overrides = {"X01": CaseOverride.model_validate(override)} if override else {}
    return report("cases", cases.table, cases.ask(answer), overrides)


THEME = Answer("www.shop.test", "/de/cart", ("theme",))
BOTH = Answer("www.shop.test", "/de/cart", ("theme", "session"))
WHY = "holds no secret and is read by scripts"


@pytest.mark.parametrize(
    "place",
    [
        {"cookie": "theme"},
        {"cookie": "th*"},
        {"path": "/de/*"},
        {"host": "WWW.shop.test"},
        {"host": "*.shop.test", "path": "/de/cart", "cookie": "theme"},
    ],
)
def test_what_is_excepted_blocks_nothing_and_is_shown_with_its_reason(place: dict[str, str]) -> None:
    found = judged(THEME, exceptions=[{**place, "reason": WHY}])
    expect_no_blocking_case(found)
    assert found.verdicts() == {"X01": "ok"}
    (shown,) = found.facts()["excepted by the profile"]
    assert "careless cookie" in shown
    assert shown.endswith(WHY)


@pytest.mark.parametrize(
    "place",
    [
        {"cookie": "session"},
        {"cookie": "Theme"},
        {"path": "/en/*"},
        {"host": "shop.test"},
        {"host": "www.shop.test", "path": "/de/cart", "cookie": "session"},
    ],
)
def test_an_exception_covers_nothing_else(place: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="careless cookie"):
        expect_no_blocking_case(judged(THEME, exceptions=[{**place, "reason": WHY}]))


def test_what_stands_beside_an_exception_still_blocks() -> None:
    found = judged(BOTH, exceptions=[{"cookie": "theme", "reason": WHY}])
    assert found.verdicts() == {"X01": "failed"}
    assert [finding.cookie for finding in found.findings] == ["session"]


def test_an_exception_leaves_the_severity_and_can_stand_beside_another() -> None:
    other = {"severity": "advisory", "reason": "until the next release"}
    assert judged(BOTH, **other, exceptions=[{"cookie": "theme", "reason": WHY}]).verdicts() == {
        "X01": "advisory"
    }


def test_a_finding_without_a_cookie_is_not_covered_by_an_exception_for_any() -> None:
    override = CaseOverride.model_validate({"exceptions": [{"cookie": "*", "reason": WHY}]})
    (one,) = override.exceptions
    assert not one.covers("www.shop.test", "/", "")


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({}, "changes nothing"),
        ({"severity": "advisory"}, "severity and reason go together"),
        ({"reason": "a reason alone"}, "changes nothing"),
        ({"exceptions": [{"reason": WHY}]}, "names no host, path or cookie"),
        ({"exceptions": [{"cookie": "theme"}]}, "reason"),
        ({"exceptions": [{"cookie": "theme", "reason": "short"}]}, "at least 8"),
    ],
)
def test_what_is_said_by_half_is_refused(override: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CaseOverride.model_validate(override)


def test_a_report_is_narrowed_to_some_of_its_cases() -> None:
    found = judged(THEME)
    assert found.only("X01").verdicts() == {"X01": "failed"}
    with pytest.raises(AssertionError, match="no case was judged"):
        expect_no_blocking_case(found.only("X02"))
