"""What one defect makes red is one finding, and the gravest is told first."""

from datetime import timedelta

import pytest

from golive.core.harm import Harm, Unmet
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Ledger
from golive.core.verdict import ItemState
from golive.gate.causes import causes_of
from golive.gate.decide import decide
from selftests.examples.gate_examples import NOW, RELEASE
from selftests.examples.report_examples import small_checklist

AUTH, SOCKET, TLS = "step.smoke.auth", "step.smoke.websocket", "infra.tls"


def failed(check: str, reason: str = "", **fields: object) -> CheckRecord:
    """A failure a minute ago."""
    return CheckRecord.model_validate(
        {
            "check": check,
            "function": check,
            "items": (AUTH,),
            "outcome": Outcome.FAILED,
            "reason": reason or f"{check} is wrong",
            "started": NOW - timedelta(minutes=1),
            **fields,
        }
    )


def blind(check: str, **fields: object) -> CheckRecord:
    """Something that could not be seen a minute ago."""
    return failed(check, **fields).model_copy(update={"outcome": Outcome.BLIND})


def unmet(what: str, observed: str, where: str = "https://api.shop.test") -> Unmet:
    """An expectation of nothing in particular."""
    return Unmet(what=what, expected="something else", observed=observed, where=where)


def test_gravest_harm_comes_first_wherever_its_check_stands():
    slow, private, unranked = (
        failed("a", harm=Harm.SLOW),
        failed("z", harm=Harm.PEOPLE),
        failed("b"),
    )
    for order in ((slow, private, unranked), (unranked, slow, private), (private, unranked, slow)):
        assert [cause.checks for cause in causes_of(order)] == [("z",), ("a",), ("b",)]


def test_of_equal_harm_the_cause_that_most_checks_name_comes_first():
    records = [failed("a", "one thing"), failed("b", "another"), failed("c", "another")]
    assert [cause.checks for cause in causes_of(records)] == [("b", "c"), ("a",)]


ME, SESSION = "GET https://a.test/me answers 500", "GET https://a.test/sessions/12 answers 500"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"cause": ME}, {"cause": ME}, id="named alike"),
        pytest.param({"cause": SESSION}, {"cause": SESSION.replace("12", "34")}, id="ids differ"),
        pytest.param(
            {"unmet": unmet("release", "1.2", "api-1")},
            {"unmet": unmet("release", "1.2", "api-2")},
            id="same at two replicas",
        ),
        pytest.param({"reason": "no answer within 5 s"}, {"reason": "no answer within 5 s"}, id="same words"),
        pytest.param({"reason": "took 812 ms"}, {"reason": "took 790 ms"}, id="numbers differ"),
    ],
)
def test_what_checks_say_alike_is_one_cause(one, other):
    causes = causes_of([failed("a", harm=Harm.SLOW, **one), failed("b", harm=Harm.PEOPLE, **other)])
    assert [(cause.checks, cause.harm) for cause in causes] == [(("a", "b"), Harm.PEOPLE)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"cause": ME}, {"cause": ME.replace("a.test", "b.test")}, id="another host"),
        pytest.param({"cause": ME}, {"cause": ME.replace("GET", "POST")}, id="another method"),
        pytest.param({"unmet": unmet("release", "0")}, {"unmet": unmet("commit", "0")}, id="another thing"),
        pytest.param(
            {"unmet": unmet("cache", "down")}, {"unmet": unmet("cache", "slow")}, id="seen otherwise"
        ),
        pytest.param({"reason": "no answer"}, {"reason": "a wrong answer"}, id="other words"),
    ],
)
def test_what_differs_stays_apart(one, other):
    assert len(causes_of([failed("a", **one), failed("b", **other)])) == 2


def test_what_could_not_be_seen_comes_after_what_is_wrong_and_is_never_part_of_it():
    same = "cannot be judged while signing in fails"
    causes = causes_of([blind("a", cause=same), failed("b", cause=same), blind("c", cause=same)])
    assert [(cause.outcome, cause.checks) for cause in causes] == [
        (Outcome.FAILED, ("b",)),
        (Outcome.BLIND, ("a", "c")),
    ]


def test_sentence_says_what_is_wrong_before_what_was_expected_and_where():
    seen = Unmet(
        what="labels of bugs",
        expected="the labels critical, high",
        observed="no label critical",
        where="forge.test/shop",
    )
    (cause,) = causes_of([failed("a", requirement="Labels exist.", unmet=seen)])
    assert cause.sentence == (
        "Labels of bugs: no label critical; expected the labels critical, high (forge.test/shop)"
    )


def judge(*records: CheckRecord):
    """The verdict over three lines of the small document."""
    ledger = Ledger("shop", RELEASE, frozenset({AUTH, SOCKET, TLS}), records)
    return decide(small_checklist(), ledger, now=NOW)


def test_line_and_verdict_tell_the_gravest_first_with_how_many_checks_say_so():
    leak = {"reason": "another's address", "harm": Harm.PEOPLE}
    verdict = judge(
        failed("a", "slow answer", harm=Harm.SLOW, remedy="make it fast"),
        failed("m", **leak, remedy="ask for the asker's own"),
        failed("n", **leak, remedy="ask for the asker's own"),
    )
    line = next(entry for entry in verdict.items if entry.item == AUTH)
    assert line.reason == "another's address — 2 checks say so; 1 other cause below it"
    assert line.remedy == "ask for the asker's own"
    assert verdict.reason.endswith(
        "Gravest (people's data and accounts): another's address — 2 checks say so; 1 other cause below it"
    )
    assert [cause.checks for cause in verdict.causes] == [("m", "n"), ("a",)]


def test_cause_names_every_line_that_it_keeps_from_being_verified():
    (cause,) = judge(failed("a", items=(TLS, AUTH)), failed("b", "a is wrong", items=(SOCKET,))).causes
    assert cause.items == (TLS, AUTH, SOCKET)


def test_blind_check_of_a_line_that_failed_is_told_too():
    verdict = judge(failed("a"), blind("b", reason="no browser"))
    assert [cause.outcome for cause in verdict.causes] == [Outcome.FAILED, Outcome.BLIND]


def test_cause_of_nothing_but_lines_out_of_scope_is_not_told():
    assert judge(failed("a", items=("trigger.data-integrity",))).causes == ()


def test_run_without_failures_has_no_causes():
    passed = failed("a").model_copy(update={"outcome": Outcome.PASSED})
    verdict = judge(passed)
    assert verdict.causes == ()
    assert any(entry.state is ItemState.VERIFIED for entry in verdict.items)
