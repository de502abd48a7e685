"""Nothing observed meets no expectation."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audotics.rules_ranking import expect_count, expect_no_duplicates, expect_overlap, expect_scores_ordered
from golive.api.rules_health import expect_all_healthy
from golive.browser.rules import (
    expect_loaded_within,
    expect_no_errors,
    expect_no_failed_requests,
    expect_no_mixed_content,
    expect_only_hosts,
    expect_painted_within,
    expect_stable_layout,
)
from golive.core.run import ReleaseIdentity
from golive.dns.rules import expect_authoritative, expect_records
from golive.realtime.rules import expect_not_received, expect_received_once
from golive.release.rules import expect_release, expect_uniform
from golive.rules.http import (
    expect_error_shape,
    expect_header,
    expect_hsts,
    expect_json,
    expect_no_store,
    expect_status,
)
from golive.rules.latency import expect_quantile
from golive.tls.rules import expect_name_matches, expect_protocol, expect_remaining_validity, expect_trusted
from selftests.examples.rules_examples import NOW, answer, connection, page, records

durations = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000))
statuses = st.sampled_from([200, 201, 204, 301, 401, 500])
nothing = st.sampled_from([(), []])
empty_bodies = st.sampled_from([b"", b" ", b"{}", b"[]", b'""', b"null"])
ANYTHING: dict[str, object] = {}


@given(nothing, durations)
def test_no_handshake(none: list[object], window: timedelta) -> None:
    for rule in (expect_trusted, expect_name_matches, expect_protocol):
        with pytest.raises(AssertionError, match="expected at least one, observed none"):
            rule(none)  # type: ignore[operator]
    with pytest.raises(AssertionError):
        expect_remaining_validity(none, window, NOW)  # type: ignore[arg-type]


@given(nothing, st.lists(st.text()))
def test_no_record(none: list[object], values: list[str]) -> None:
    with pytest.raises(AssertionError):
        expect_records(none, values)  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        expect_authoritative(none)  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        expect_records(records(), values)
    with pytest.raises(AssertionError):
        expect_authoritative(records())


@given(st.lists(st.floats(allow_nan=True), max_size=1), st.floats(0.01, 0.99), durations)
def test_no_sample(samples: list[float], q: float, budget: timedelta) -> None:
    with pytest.raises(AssertionError, match="too few samples"):
        expect_quantile(samples, q, budget, where="x", at_least=0)


@given(empty_bodies, st.lists(st.text(min_size=1)), statuses)
def test_no_health(body: bytes, dependencies: list[str], status: int) -> None:
    with pytest.raises(AssertionError):
        expect_all_healthy(answer(body, status=status), dependencies)
    with pytest.raises(AssertionError):
        expect_all_healthy(answer({"status": "ok"}, status=status), [])


@given(empty_bodies, st.text(), statuses, st.integers(0, 3))
def test_no_release(body: bytes, version: str, status: int, instances: int) -> None:
    for seen in ([], [answer(body, status=status)]):
        with pytest.raises(AssertionError):
            expect_release(seen, ReleaseIdentity(version=version))
        with pytest.raises(AssertionError):
            expect_uniform(seen, instances=instances)


@given(nothing, st.integers(-3, 0), st.floats(-1, 2))
def test_no_ranking(none: list[dict[str, str]], at_least: int, bound: float) -> None:
    with pytest.raises(AssertionError):
        expect_count(none, at_least=at_least, where="x")
    with pytest.raises(AssertionError):
        expect_no_duplicates(none, where="x")
    with pytest.raises(AssertionError):
        expect_scores_ordered(none, where="x")
    for one, other in ((none, none), (none, [{"id": "a"}]), ([{"id": "a"}], none)):
        with pytest.raises(AssertionError):
            expect_overlap(one, other, at_least=bound - 5, at_most=bound + 5, where="x")


@given(empty_bodies, statuses, durations)
def test_no_answer(body: bytes, status: int, age: timedelta) -> None:
    seen = answer(body, status=status)
    with pytest.raises(AssertionError):
        expect_status(seen)
    with pytest.raises(AssertionError):
        expect_header(seen, "vary")
    with pytest.raises(AssertionError):
        expect_hsts(seen, age)
    with pytest.raises(AssertionError):
        expect_no_store(seen)
    with pytest.raises(AssertionError):
        expect_error_shape(seen, status)
    with pytest.raises(AssertionError):
        expect_json(seen, ANYTHING)  # type: ignore[arg-type]


@given(durations.filter(bool))
def test_no_event(window: timedelta) -> None:
    with pytest.raises(AssertionError):
        expect_received_once(connection(), lambda _: True, what="event", since=0.0, within=window)
    deaf = connection(opened_at=5.0, observed_at=5.0)
    with pytest.raises(AssertionError):
        expect_not_received(deaf, lambda _: True, what="event", since=5.0, for_at_least=window)


@given(durations)
def test_no_page(budget: timedelta) -> None:
    for blank in (page(status=None), page(requests=0), page(hosts=())):
        for rule in (expect_no_errors, expect_no_failed_requests):
            with pytest.raises(AssertionError, match="no page"):
                rule(blank)
        with pytest.raises(AssertionError, match="no page"):
            expect_loaded_within(blank, budget)
        with pytest.raises(AssertionError, match="no page"):
            expect_painted_within(blank, budget)
        with pytest.raises(AssertionError, match="no page"):
            expect_stable_layout(blank, at_most=1)
        with pytest.raises(AssertionError, match="no page"):
            expect_no_mixed_content(blank)
        with pytest.raises(AssertionError, match="no page"):
            expect_only_hosts(blank, ["audotics.test"])
