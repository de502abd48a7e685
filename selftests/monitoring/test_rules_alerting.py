"""Alert rules are judged by what was agreed, silences by what they would swallow."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.core.outcome import Blind
from golive.monitoring.observation_alerting import DrillObservation
from golive.monitoring.promql import thresholds
from golive.monitoring.rules_alerting import (
    expect_agreed_labels,
    expect_agreed_thresholds,
    expect_drilled,
    expect_evaluated,
    expect_not_silenced,
    expect_runbook,
    launch_alerts,
    runbooks,
)
from selftests.examples.monitoring_examples import (
    ABOUT_REPLICAS,
    AGREED,
    CLOCK,
    matcher,
    rule,
    rules,
    silences,
    target,
    targets,
)
from selftests.examples.rules_examples import answer

MINUTE = timedelta(minutes=1)
ALERT = {"alertname": "HighErrorRate", "severity": "critical"}
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("expression", "compared"),
    [
        ("x > 0.01", {"> 0.01"}),
        ("0.01 < x", {"> 0.01"}),
        ("(x > bool 14.4 * 0.001)", {"> 0.0144"}),
        ("up == 0 unless y < -3", {"== 0", "< -3"}),
        ("sum by (a) (count_over_time((x >= 5)[1h:1m])) != 2", {">= 5", "!= 2"}),
        ("x > y", set()),
        ("vector(1)", set()),
        ("x > 1 / 0", set()),
    ],
)
def test_expression_compares_with_numbers(expression, compared):
    """Read by a parser of PromQL, wherever the number stands."""
    assert thresholds(expression) == compared


@pytest.mark.parametrize("expression", ["", "x >", "((((", "x" * 3000, "(" * 90_000 + "x" + ")" * 90_000])
def test_expression_that_cannot_be_read(expression):
    """Is no threshold, and ends nothing but itself."""
    assert thresholds(expression) is None


def test_agreed_rule_passes():
    """Loaded, well, lately evaluated, with its numbers and labels."""
    seen = rules(rule(), rule("Other", health="err"))
    expect_evaluated(seen, [AGREED], within=MINUTE)
    expect_agreed_thresholds(seen, [AGREED])
    expect_agreed_labels(seen, [AGREED])
    assert runbooks(seen, [AGREED], "runbook_url") == {"HighErrorRate": "https://runbooks.example/errors"}


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (rules(), "alert rule HighErrorRate: expected loaded, observed not there"),
        (rules(rule(health="err", error="many-to-many matching")), "err: many-to-many matching"),
        (rules(rule(health="unknown")), "not evaluated yet"),
        (rules(rule(last_evaluation=CLOCK - timedelta(minutes=9))), "540 s ago"),
        (rules(rule(last_evaluation=None)), "never"),
        (rules(rule(), rule(health="err")), "err"),
    ],
)
def test_rule_that_does_not_evaluate(seen, words):
    """Missing, failing, never or long ago; of two of the same name both count."""
    with pytest.raises(AssertionError) as failure:
        expect_evaluated(seen, [AGREED], within=MINUTE)
    assert words in str(failure.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"query": "errors > 0.1"}, "expected > 0.01, observed > 0.1"),
        ({"query": "errors > 0.01 and requests > 5"}, "observed > 0.01, > 5"),
        ({"query": "vector(1)"}, "no comparison with a number"),
        ({"query": "errors >"}, "cannot be read"),
        ({"holds_for": 0.0}, "expected 2 min, observed 0 s"),
    ],
)
def test_rule_that_was_not_agreed(changes, words):
    """Another number, more numbers, none, or another duration."""
    with pytest.raises(AssertionError) as failure:
        expect_agreed_thresholds(rules(rule(**changes)), [AGREED])
    assert words in str(failure.value)


@pytest.mark.parametrize("labels", [{}, {"severity": "warning"}, {"Severity": "critical"}])
def test_rule_without_its_severity(labels):
    """Missing, another, or misspelt."""
    with pytest.raises(AssertionError, match="label severity of HighErrorRate: expected critical"):
        expect_agreed_labels(rules(rule(labels=labels)), [AGREED])


@pytest.mark.parametrize(
    "annotations", [{}, {"runbook_url": "see the wiki"}, {"runbook_url": "javascript:x"}]
)
def test_rule_without_a_runbook(annotations):
    """A link is an http(s) URL."""
    with pytest.raises(AssertionError, match="a link to what there is to do"):
        runbooks(rules(rule(annotations=annotations)), [AGREED], "runbook_url")


def test_runbook_must_be_there():
    """An empty page is none; a sign-in page is not seen."""
    expect_runbook(answer(b"<h1>what to do</h1>"))
    for page in (answer(b" "), answer(b"gone", status=404), answer(b"x", status=500)):
        with pytest.raises(AssertionError):
            expect_runbook(page)
    with pytest.raises(Blind):
        expect_runbook(answer(b"", status=302))


@pytest.mark.parametrize("judge", [expect_agreed_labels, expect_agreed_thresholds])
def test_nothing_agreed_is_no_pass(judge):
    """A profile that agreed on nothing proves nothing."""
    with pytest.raises(AssertionError, match="no alert rule that was agreed"):
        judge(rules(rule()), [])


@pytest.mark.parametrize(
    "matchers",
    [
        (matcher("alertname", "HighErrorRate"),),
        (matcher("alertname", "High.*", regex=True),),
        (matcher("alertname", "Watchdog", equal=False),),
        (matcher("severity", "warning|critical", regex=True), matcher("team", "")),
        (matcher("severity", "info", regex=True, equal=False),),
        (matcher("alertname", "([", regex=True),),
        (matcher("alertname", "x" * 5000, regex=True),),
        (matcher("instance", "10.0.0.11:.*", regex=True), matcher("alertname", "ReplicaDown")),
        (matcher("cluster", "prod"),),
        (),
    ],
)
def test_silence_that_swallows(matchers):
    """By name, pattern, negation, a missing label that counts as empty, or one that cannot be understood."""
    seen = rules(rule(), rule("ReplicaDown"))
    alerts = launch_alerts(seen, targets(target()), [AGREED, ABOUT_REPLICAS], {"cluster": "prod"})
    with pytest.raises(AssertionError, match="expected reaches people, observed silenced"):
        expect_not_silenced(silences(*matchers), alerts, start=CLOCK, end=CLOCK + DAY)


@pytest.mark.parametrize(
    "matchers",
    [
        (matcher("alertname", "High"),),
        (matcher("alertname", "High", regex=True),),
        (matcher("alertname", "HighErrorRate"), matcher("severity", "warning")),
        (matcher("alertname", "High.*", regex=True, equal=False),),
        (matcher("instance", "10.0.0.99:3000"),),
        (matcher("alertname", "(a*)*b", regex=True),),
        (matcher("team", "x"),),
    ],
)
def test_silence_that_does_not_matter(matchers):
    """Patterns match the whole value; every matcher must hold."""
    expect_not_silenced(silences(*matchers), [ALERT], start=CLOCK, end=CLOCK + DAY)


@pytest.mark.parametrize(
    ("starts", "ends", "swallows"),
    [
        (timedelta(hours=-2), timedelta(hours=-1), False),
        (timedelta(hours=5), timedelta(hours=6), True),
        (timedelta(hours=25), timedelta(hours=26), False),
        (timedelta(hours=-2), timedelta(0), False),
    ],
)
def test_silence_counts_while_the_launch_lasts(starts, ends, swallows):
    """One that begins tonight swallows tonight's alerts."""
    seen = silences(matcher("severity", "critical"), starts=starts, ends=ends)
    try:
        expect_not_silenced(seen, [ALERT], start=CLOCK, end=CLOCK + DAY)
    except AssertionError:
        assert swallows
    else:
        assert not swallows


@given(st.text(max_size=40), st.text(max_size=40), st.booleans(), st.booleans())
def test_hostile_matchers_end_in_a_judgement(name, value, regex, equal):
    """Whatever somebody wrote into a silence, it either swallows or does not."""
    try:
        expect_not_silenced(
            silences(matcher(name, value, regex=regex, equal=equal)), [ALERT], start=CLOCK, end=CLOCK + DAY
        )
    except AssertionError:
        return


def test_no_alert_is_no_pass():
    """What is not known cannot be said to get through."""
    with pytest.raises(AssertionError, match="no alert that may be silenced"):
        expect_not_silenced(silences(), [], start=CLOCK, end=CLOCK + DAY)


@pytest.mark.parametrize(
    ("received", "resolved", "words"),
    [(None, True, "not there"), (6000.0, True, "after 6.0 s"), (20.0, False, "still firing")],
)
def test_drill_that_fails(received, resolved, words):
    """Not received, too late, or never resolved."""
    seen = DrillObservation("GoliveDrill", "pager", 200, received, resolved)
    with pytest.raises(AssertionError, match=words):
        expect_drilled(seen, within=timedelta(seconds=5))
    expect_drilled(DrillObservation("GoliveDrill", "pager", 200, 20.0, True), within=timedelta(seconds=5))
