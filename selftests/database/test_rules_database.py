"""Rules over databases: what meets them, and how a miss is said. Nothing observed meets none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from golive.core.outcome import Blind
from golive.database.observation import (
    CatalogueObservation,
    ConnectionsObservation,
    ReplicationObservation,
    Standby,
    StatisticsObservation,
)
from golive.database.observation_backups import SeedObservation, TableContent
from golive.database.profile import Capacity
from golive.database.rules import (
    compare_catalogues,
    expect_connections_left,
    expect_no_difference,
    expect_seed_repeatable,
    expect_seeded,
    expect_standbys,
    expect_statistics,
)

WANTED = CatalogueObservation(
    "scratch",
    17,
    {"table a": "exists", "column a.b": "text not null", "index i of a": "CREATE INDEX i ON public.a (b)"},
)
LIVE = replace(WANTED, where="live")
CONNECTIONS = ConnectionsObservation("live", maximum=100, reserved=3, in_use=20, idle_in_transaction=0)
CAPACITY = Capacity(pool=10, spare=0.2)
STREAMING = Standby("s1", "streaming", timedelta(seconds=1))
TEN = {"public.a": TableContent(10, "aa", None, None)}
SEEDED = SeedObservation(("", ""), (TEN, TEN), (0.1, 0.1))


def judged(live: CatalogueObservation, wanted: CatalogueObservation = WANTED) -> None:
    expect_no_difference(compare_catalogues(live, wanted), wanted)


def test_the_same_catalogue_has_no_difference():
    """Object by object."""
    judged(LIVE)


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        ({"index i of a": None}, "missing index i of a: CREATE INDEX i ON public.a (b)"),
        ({"column a.b": "text null"}, "different column a.b: text null instead of text not null"),
        ({"table c": "exists"}, "unexpected table c: exists"),
    ],
)
def test_a_difference_is_named_with_both_definitions(objects, words):
    """Missing, different or unexpected: the line's owner need not look for it."""
    changed = {name: text for name, text in {**LIVE.objects, **objects}.items() if text is not None}
    with pytest.raises(AssertionError) as caught:
        judged(replace(LIVE, objects=changed))
    assert words in str(caught.value)
    assert str(caught.value).endswith("— live")


def test_no_schema_at_all_is_not_the_same_schema():
    """Two empty catalogues are equal, and meet nothing."""
    with pytest.raises(AssertionError, match="at least one table, observed none"):
        judged(replace(LIVE, objects={}), replace(WANTED, objects={}))


def test_servers_of_different_versions_cannot_be_compared():
    """They word definitions differently."""
    with pytest.raises(Blind, match="live server is version 16, the scratch server 17"):
        judged(replace(LIVE, version=16))


def test_connections_are_left_when_every_pool_is_full():
    """100 - 3 - 10 x 7 = 27 is at least 20; with eight replicas 17 is not."""
    expect_connections_left(CONNECTIONS, CAPACITY, replicas=7)
    with pytest.raises(
        AssertionError, match=r"expected at least 20 of 100, observed 17 \(3 reserved, 10 x 8"
    ):
        expect_connections_left(CONNECTIONS, CAPACITY, replicas=8)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"in_use": 78}, "connections in use"), ({"idle_in_transaction": 1}, "sessions idle in a transaction")],
)
def test_connections_in_use_count_too(changes, words):
    """Whoever they belong to."""
    with pytest.raises(AssertionError, match=words):
        expect_connections_left(replace(CONNECTIONS, **changes), CAPACITY, replicas=1)


@pytest.mark.parametrize(
    ("standbys", "slots", "words"),
    [
        ((), (), "standbys that stream: expected 1, observed none"),
        ((STREAMING, STREAMING), (), "expected 1"),
        ((replace(STREAMING, state="catchup"),), (), "s1: catchup"),
        (
            (replace(STREAMING, lag=timedelta(minutes=3)),),
            (),
            "lag of standby s1: expected ≤ 10 s, observed 3 min",
        ),
        ((replace(STREAMING, lag=None),), (), "observed nothing confirmed"),
        ((STREAMING,), ("s2",), "slots without a reader, .* observed s2"),
    ],
)
def test_a_standby_that_does_not_follow_is_named(standbys, slots, words):
    """Gone, too many, catching up, behind, silent, or leaving its slot."""
    capacity = CAPACITY.model_copy(update={"standbys": 1})
    expect_standbys(ReplicationObservation("live", (STREAMING,), ()), capacity)
    with pytest.raises(AssertionError, match=words):
        expect_standbys(ReplicationObservation("live", standbys, slots), capacity)


def test_statistics_must_be_readable_and_know_something():
    """An extension that collects nothing is none."""
    expect_statistics(StatisticsObservation("live", "", 3, ()))
    for problem, statements in (("not created", 0), ("", 0)):
        with pytest.raises(AssertionError, match="pg_stat_statements"):
            expect_statistics(StatisticsObservation("live", problem, statements, ()))


def test_a_seed_makes_the_required_rows_and_may_be_repeated():
    """At least as many as are asked for."""
    expect_seeded(SEEDED, {"a": 10})
    expect_seed_repeatable(SEEDED)


@pytest.mark.parametrize(
    ("seen", "rows", "words"),
    [
        (SEEDED, {"a": 11}, "seed of a: expected at least 11 rows, observed 10 rows"),
        (SEEDED, {"b": 1}, "seed of b: expected at least 1 rows, observed no such table"),
        (SEEDED, {}, "required rows to be named"),
        (replace(SEEDED, problems=("psql: syntax error",)), {"a": 1}, "observed psql: syntax error"),
        (SeedObservation((), (), ()), {"a": 1}, "it did not run"),
    ],
)
def test_a_seed_that_does_not_do_its_work_is_named(seen, rows, words):
    """Failed, incomplete, or never run."""
    with pytest.raises(AssertionError, match=words):
        expect_seeded(seen, rows)


@pytest.mark.parametrize(
    ("second", "problem", "words"),
    [
        ({"public.a": TableContent(20, "bb", None, None)}, "", "10 and then 20 rows in public.a"),
        ({"public.a": TableContent(10, "bb", None, None)}, "", "other values in public.a"),
        (TEN, "duplicate key", "to end well, observed duplicate key"),
    ],
)
def test_a_seed_that_changes_something_twice_is_named(second, problem, words):
    """More rows, other values, or an error."""
    with pytest.raises(AssertionError, match=words):
        expect_seed_repeatable(replace(SEEDED, problems=("", problem), tables=(TEN, second)))
    with pytest.raises(AssertionError, match="second run"):
        expect_seed_repeatable(replace(SEEDED, problems=("",), tables=(TEN,)))
