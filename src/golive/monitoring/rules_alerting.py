"""What alert rules must be like, that no silence swallows their alerts, and that alerts reach people."""

import importlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.monitoring.observation import Rule, RulesObservation, TargetsObservation
from golive.monitoring.observation_alerting import DrillObservation, Matcher, Silence, SilencesObservation
from golive.monitoring.profile import AlertRule
from golive.monitoring.promql import thresholds
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_name, masked_text
from golive.rules.failure import fail, require_non_empty

LONGEST_PATTERN = 2000
AGREED = "alert rule that was agreed"


def loaded(seen: RulesObservation, agreed: Sequence[AlertRule]) -> list[Rule]:
    """Return the rules that raise the agreed alerts; several may raise one.

    Raises:
        AssertionError: an alert has none; also where none is agreed.
    """
    found: list[Rule] = []
    for wanted in require_non_empty(agreed, AGREED):
        rules = seen.called(wanted.alert)
        if not rules:
            fail(f"alert rule {wanted.alert}", expected="loaded", observed="not there", where=seen.where)
        found += rules
    return found


def expect_evaluated(seen: RulesObservation, agreed: Sequence[AlertRule], *, within: timedelta) -> None:
    """Every agreed rule is loaded, evaluates without an error, and did so within that time.

    Raises:
        AssertionError: one is missing, ill, or left alone; also where none is agreed.
    """
    for rule in loaded(seen, agreed):
        if rule.health != "ok":
            why = masked_text(rule.error) or "not evaluated yet"
            fail(f"rule {_name(rule)}", expected="evaluates without an error",
                  observed=f"{masked_name(rule.health, longest=20)}: {why}", where=seen.where)  # fmt: skip
        age = seen.age(rule.last_evaluation)
        if age is None or age > within.total_seconds():
            fail(f"last evaluation of {_name(rule)}", expected=f"within {format_duration(within)}",
                  observed="never" if age is None else f"{age:.0f} s ago", where=seen.where)  # fmt: skip


def expect_agreed_thresholds(seen: RulesObservation, agreed: Sequence[AlertRule]) -> None:
    """Every agreed rule compares with the agreed numbers, and waits as long as was agreed.

    Raises:
        AssertionError: one does not, or cannot be read; also where none is agreed.
    """
    for wanted in require_non_empty(agreed, AGREED):
        for rule in loaded(seen, [wanted]):
            found = thresholds(rule.query)
            if found != frozenset(wanted.thresholds):
                observed = "an expression that cannot be read" if found is None else _listed(found)
                fail(f"threshold of {_name(rule)}", expected=_listed(wanted.thresholds), observed=observed,
                      where=f"{masked_name(rule.query)} in {seen.where}")  # fmt: skip
            if rule.holds_for != wanted.holds_for.total_seconds():
                fail(f"duration of {_name(rule)}", expected=format_duration(wanted.holds_for),
                      observed=f"{rule.holds_for:g} s", where=seen.where)  # fmt: skip


def expect_agreed_labels(seen: RulesObservation, agreed: Sequence[AlertRule]) -> None:
    """Every agreed rule's alerts carry the agreed labels, by which they are routed.

    Raises:
        AssertionError: one lacks a label, or it has another value; also where none is agreed.
    """
    for wanted in require_non_empty(agreed, AGREED):
        for rule in loaded(seen, [wanted]):
            for label, value in wanted.labels.items():
                if rule.labels.get(label) != value:
                    observed = masked_name(rule.labels.get(label, "none"), longest=80)
                    fail(
                        f"label {label} of {_name(rule)}", expected=value, observed=observed, where=seen.where
                    )


def runbooks(seen: RulesObservation, agreed: Sequence[AlertRule], annotation: str) -> dict[str, str]:
    """Return alert to the link of its runbook.

    Raises:
        AssertionError: a rule has none that is an http(s) URL; also where none is agreed.
    """
    found = {}
    for rule in loaded(seen, agreed):
        link = rule.annotations.get(annotation, "")
        if not link.startswith(("https://", "http://")):
            fail(f"{annotation} of {_name(rule)}", expected="a link to what there is to do",
                  observed=masked_text(link) or "none", where=seen.where)  # fmt: skip
        found[rule.alert] = link
    return found


def expect_runbook(seen: HttpObservation) -> None:
    """The page of a runbook is there, with something on it.

    Raises:
        AssertionError: it is not.
        Blind: it is shown only to those who sign in.
    """
    if seen.status in (301, 302, 303, 307, 308, 401, 403):
        raise Blind(
            f"a runbook answers {seen.status}: it is shown to those who sign in — {seen.title}",
            remedy="let the suite read it, or leave its host out of [allow.hosts]",
        )
    if seen.status != 200 or not seen.body.strip():
        observed = f"{seen.status}, {len(seen.body)} bytes"
        fail("runbook", expected="a page with something on it", observed=observed, where=seen.title)


def expect_targets_known(seen: TargetsObservation, agreed: Sequence[AlertRule]) -> None:
    """Every job that an agreed alert is about has targets.

    Raises:
        AssertionError: one has none.
    """
    for rule in agreed:
        if rule.job is not None:
            require_non_empty(seen.of(rule.job), f"target of {rule.job}")


def launch_alerts(
    seen: RulesObservation,
    targets: TargetsObservation,
    agreed: Sequence[AlertRule],
    everywhere: Mapping[str, str],
) -> list[dict[str, str]]:
    """Return the labels that each agreed alert may carry: by itself, and for each target of its job.

    Raises:
        AssertionError: a rule is not loaded; also where none is agreed.
    """
    found = []
    for wanted in require_non_empty(agreed, AGREED):
        about = targets.of(wanted.job) if wanted.job else ()
        for rule in loaded(seen, [wanted]):
            own = {**everywhere, **rule.labels, "alertname": rule.alert}
            found.append(own)
            found += [{**target.labels, **own} for target in about]
    return found


def expect_not_silenced(
    seen: SilencesObservation, alerts: Sequence[Mapping[str, str]], *, start: datetime, end: datetime
) -> None:
    """No silence that holds at any time from ``start`` to ``end`` matches one of these alerts.

    Raises:
        AssertionError: one does, or cannot be understood; also where there is no alert.
    """
    for labels in require_non_empty(alerts, "alert that may be silenced"):
        for silence in seen.silences:
            if silence.ends <= start or silence.starts >= end:
                continue
            if _matches(silence, labels):
                until = silence.ends.isoformat(timespec="minutes")
                who, why = (
                    masked_text(silence.created_by, longest=60),
                    masked_text(silence.comment, longest=80),
                )
                where = f"{masked_name(str(silence))} by {who}: {why}, {seen.where}"
                fail(f"alert {masked_name(labels.get('alertname', ''), longest=80)}",
                      expected="reaches people", observed=f"silenced until {until}", where=where)  # fmt: skip


def expect_drilled(seen: DrillObservation, *, within: timedelta) -> None:
    """A drill alert reached its receiver in time, and is resolved.

    Raises:
        AssertionError: it did not, or is still there.
    """
    if seen.received_ms is None:
        fail("drill alert", expected=f"at its receiver within {format_duration(within)}",
              observed=f"not there (the receiver's status {seen.status})", where=seen.title)  # fmt: skip
    if seen.received_ms > within.total_seconds() * 1000:
        fail("drill alert", expected=f"at its receiver within {format_duration(within)}",
              observed=f"after {seen.received_ms / 1000:.1f} s", where=seen.title)  # fmt: skip
    if not seen.resolved:
        fail("drill alert", expected="gone once it is resolved", observed="still firing", where=seen.title)


def _matches(silence: Silence, labels: Mapping[str, str]) -> bool:
    return all(_holds(matcher, labels.get(matcher.name, "")) for matcher in silence.matchers)


def _holds(matcher: Matcher, value: str) -> bool:
    if not matcher.is_regex:
        return (matcher.value == value) is matcher.is_equal
    # RE2, as in Alertmanager itself: the same language, and linear in time whatever the pattern is.
    engine: Any = importlib.import_module("re2")
    if len(matcher.value) > LONGEST_PATTERN:
        return True
    try:
        pattern = engine.compile(f"^(?:{matcher.value})$", _quiet(engine))
    except engine.error:
        # What cannot be understood may silence anything.
        return True
    return (pattern.fullmatch(value) is not None) is matcher.is_equal


def _quiet(engine: Any) -> Any:
    options = engine.Options()
    options.log_errors = False
    return options


def _name(rule: Rule) -> str:
    return masked_name(rule.alert, longest=80)


def _listed(comparisons: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(sorted(comparisons)) or "no comparison with a number"
