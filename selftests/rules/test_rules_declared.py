"""A case is declared at its rule, and is unknown by itself where what it needs was not seen."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from golive.core.outcome import Unseen
from golive.net.errors import ConnectFailed, ProbeError
from golive.profile.cases import CaseError
from golive.rules.cases import Wrong
from golive.rules.declared import Cases, Results, report


@dataclass(frozen=True, slots=True)
class Page:
    home: int | ProbeError | Unseen | None = 200
    paths: tuple[int | ProbeError, ...] = (404,)
    origins: dict[str, int | ProbeError] | None = None
    spoken: bool = True

    @property
    def title(self) -> str:
        return "the page"


DOWN = ConnectFailed("connection refused", target="shop.test:443", phase="connect")


@pytest.fixture(autouse=True)
def cases_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golive.profile.cases.CASES", declared := {})
    monkeypatch.setattr("golive.rules.declared.CASES", declared)


def page_cases(**settings) -> Cases[Page, [int]]:
    return Cases(Page, place=lambda page: page.title, **settings)


def with_home(**settings) -> Cases[Page, [int]]:
    cases = page_cases(**settings)

    @cases.case("X01", "blocking", "home fails", needs=("home",))
    def home(page: Page, most: int) -> Results:
        if isinstance(page.home, int) and page.home > most:
            yield Wrong(f"at most {most}", str(page.home))

    return cases


def verdicts(cases: Cases[Page, [int]], page: Page) -> dict[str, str]:
    return report("cases", cases.table, cases.ask(page, 299)).verdicts()


def test_a_rule_finds_its_case_at_the_place_of_the_observation() -> None:
    cases = with_home()
    (finding,) = report("cases", cases.table, cases.ask(Page(home=500), 299)).findings
    assert (finding.case, finding.observed, finding.where) == ("X01", "500", "the page")
    assert verdicts(cases, Page()) == {"X01": "ok"}


@pytest.mark.parametrize("missing", [DOWN, Unseen("nobody signed in", "sign in"), None])
def test_a_case_is_unknown_where_an_error_a_reason_or_nothing_stands_for_what_it_needs(missing) -> None:
    assert verdicts(with_home(), Page(home=missing)) == {"X01": "unknown"}


def test_the_reason_is_that_of_the_error() -> None:
    cases = with_home()
    (unknown,) = report("cases", cases.table, cases.ask(Page(home=DOWN), 299)).unknown
    assert unknown.reason == "connection refused"
    assert unknown.remedy


@pytest.mark.parametrize(
    "page",
    [Page(paths=()), Page(paths=(404, DOWN)), Page(origins={}), Page(origins={"a": 200, "b": DOWN})],
)
def test_one_answer_that_is_missing_among_several_or_all_of_them_is_enough(page: Page) -> None:
    cases = page_cases()

    @cases.case("X02", "blocking", "anything", needs=("paths", "origins"))
    def nothing(page: Page, most: int) -> Results:
        yield from ()

    assert verdicts(cases, page) == {"X02": "unknown"}
    assert verdicts(cases, Page(origins={"a": 200})) == {"X02": "ok"}


def test_a_need_can_be_told_from_what_the_rule_is_given() -> None:
    cases = page_cases()

    def answered(page: Page, most: int) -> Iterator[Unseen]:
        if page.home == most:
            yield Unseen("just at the bound", "ask again")

    @cases.case("X03", "advisory", "anything", needs=(answered,))
    def nothing(page: Page, most: int) -> Results:
        yield from ()

    assert verdicts(cases, Page(home=299)) == {"X03": "unknown"}
    assert verdicts(cases, Page(home=298)) == {"X03": "ok"}


def test_what_was_found_elsewhere_outweighs_what_is_missing() -> None:
    cases = page_cases()

    @cases.case("X04", "blocking", "a path is served", needs=("paths",))
    def served(page: Page, _: int) -> Results:
        for status in page.paths:
            if status == 200:
                yield Wrong("404", "200")

    assert verdicts(cases, Page(paths=(DOWN, 200))) == {"X04": "failed"}


def test_without_what_comes_first_no_rule_is_asked_and_every_case_unknown() -> None:
    def spoken(page: Page, _: int) -> Iterator[Unseen]:
        if not page.spoken:
            yield Unseen("nothing is spoken", "speak")

    cases = with_home(first=spoken)
    assert verdicts(cases, Page(home=500, spoken=False)) == {"X01": "unknown"}
    assert verdicts(cases, Page(home=500)) == {"X01": "failed"}


def test_a_rule_of_several_cases_names_the_one_that_is_met() -> None:
    cases = page_cases()

    @cases.case("X05", "blocking", "too many", needs=())
    @cases.case("X06", "advisory", "too few", needs=("home",))
    def several(page: Page, _: int) -> Results:
        yield "X06", "more", "few"

    assert verdicts(cases, Page(home=DOWN)) == {"X05": "ok", "X06": "advisory"}


@pytest.mark.parametrize("said", [("X09", "a", "b"), Wrong("a", "b"), Unseen("a", "b")])
def test_a_rule_that_says_another_case_or_none_of_several_is_an_error(said) -> None:
    cases = page_cases()

    @cases.case("X07", "blocking", "one", needs=())
    @cases.case("X08", "blocking", "two", needs=())
    def confused(page: Page, _: int) -> Results:
        yield said

    with pytest.raises(CaseError, match="confused"):
        list(cases.ask(Page(), 299))


def test_two_declarations_of_a_case_are_an_error() -> None:
    with_home()
    with pytest.raises(CaseError, match="X01 is declared twice"):
        with_home()


def test_a_case_that_is_declared_at_no_rule_is_an_error() -> None:
    cases = page_cases()
    cases.case("X10", "blocking", "nobody looks", needs=())
    with pytest.raises(CaseError, match="X10 is declared at no rule"):
        cases.table  # noqa: B018


def test_a_second_rule_wants_a_case_that_is_declared() -> None:
    with pytest.raises(CaseError, match="X11 is declared at no rule"):
        page_cases().also("X11", needs=())


def test_a_need_that_nothing_is_observed_of_is_an_error() -> None:
    with pytest.raises(CaseError, match="needs 'hme', which no Page has"):
        page_cases().case("X12", "blocking", "misspelt", needs=("hme",))


def test_a_moment_changes_the_severity() -> None:
    cases = page_cases()

    @cases.case("X13", "advisory", "late", needs=(), at={"at-change": "blocking"})
    def late(page: Page, _: int) -> Results:
        yield from ()

    (case,) = cases.table
    severities = [case.at_moment(moment).severity for moment in (None, "before-48h", "at-change")]
    assert severities == ["advisory", "advisory", "blocking"]
