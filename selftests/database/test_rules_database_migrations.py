"""Rules over migrations: recorded, unaltered, in order, applicable, and not blocking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from golive.database.observation_migrations import (
    ApplicationObservation,
    AppliedMigration,
    AppliedStatement,
    MigrationFile,
    MigrationsObservation,
    Touched,
)
from golive.database.probe_applying import statements_of
from golive.database.rules_migrations import (
    expect_applied,
    expect_in_order,
    expect_none_failed,
    expect_not_blocking,
    expect_nothing_pending,
    expect_unaltered,
)

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FILES = tuple(MigrationFile(name, name * 64, "SELECT 1") for name in "abc")


def row(name: str, minute: int = 0, **changes: object) -> AppliedMigration:
    at = NOON + minute * MINUTE
    return replace(AppliedMigration(name, name * 64, at, at, None), **changes)  # type: ignore[arg-type]


HISTORY = (row("a"), row("b", 1), row("c", 2))
SEEN = MigrationsObservation("live", "prisma/migrations", FILES, HISTORY)
RULES = (expect_none_failed, expect_unaltered, expect_in_order, expect_nothing_pending)


def test_a_database_with_every_migration_meets_every_rule():
    """In order, finished, with the files' checksums."""
    for rule in RULES:
        rule(SEEN)


@pytest.mark.parametrize("rule", RULES)
def test_nothing_meets_no_rule(rule):
    """No files, or no history."""
    for nothing in (replace(SEEN, files=()), replace(SEEN, history=())):
        with pytest.raises(AssertionError, match="at least one"):
            rule(nothing)


def test_a_failed_migration_is_named_until_it_is_resolved():
    """Rolled back by its own row it is resolved; then it is pending."""
    failed = replace(SEEN, history=(*HISTORY[:2], row("c", 2, finished=None)))
    with pytest.raises(
        AssertionError, match=r"failed migrations: expected none, observed c \(begun 2026-11-01"
    ):
        expect_none_failed(failed)
    resolved = replace(SEEN, history=(*HISTORY[:2], row("c", 2, finished=None, rolled_back=NOON)))
    expect_none_failed(resolved)
    with pytest.raises(AssertionError, match="pending migrations: expected none, observed c"):
        expect_nothing_pending(resolved)


def test_an_altered_or_unknown_migration_is_named():
    """By checksum, and by name."""
    altered = replace(SEEN, files=(replace(FILES[0], checksum="f" * 64), *FILES[1:]))
    with pytest.raises(
        AssertionError, match="a was altered after it was applied: expected SHA-256 aaaaaaaaaaaa…"
    ):
        expect_unaltered(altered)
    with pytest.raises(AssertionError, match="c is not, so the release is older than the database"):
        expect_unaltered(replace(SEEN, files=FILES[:2]))


def test_an_order_that_is_not_that_of_the_names_is_named():
    """Among the applied, and of a pending one that would come in between."""
    with pytest.raises(AssertionError, match=r"order of the applied migrations: .* observed b after c"):
        expect_in_order(replace(SEEN, history=(row("a"), row("c", 1), row("b", 2))))
    with pytest.raises(
        AssertionError, match=r"come before an applied one: expected none, observed b \(applied: c\)"
    ):
        expect_in_order(replace(SEEN, history=(row("a"), row("c", 1))))
    expect_in_order(replace(SEEN, history=HISTORY[:2]))


def applied(*touched: Touched, milliseconds: float = 5.0, problem: str = "") -> ApplicationObservation:
    statement = AppliedStatement("ALTER TABLE t …", milliseconds, touched)
    return ApplicationObservation("m", "scratch", (statement,), problem)


LARGE = Touched("public.t", 5000, "AccessExclusiveLock", rewritten=False, read_through=False, changed=0)


def test_a_migration_must_apply_in_its_time():
    """And there must be one."""
    expect_applied([applied()], within=MINUTE)
    with pytest.raises(AssertionError, match=r"m does not apply: .* observed contains null values"):
        expect_applied([applied(problem="contains null values")], within=MINUTE)
    with pytest.raises(AssertionError, match="m takes long: expected ≤ 60 s, observed 61 s"):
        expect_applied([applied(milliseconds=61_000)], within=MINUTE)
    with pytest.raises(AssertionError, match="at least one"):
        expect_applied([], within=MINUTE)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rewritten": True}, "rewrites the 5000 rows of public.t under AccessExclusiveLock: ALTER TABLE t"),
        ({"read_through": True}, "reads through the 5000 rows of public.t"),
        (
            {"lock": "", "changed": 5000},
            "changes the 5000 rows of public.t, keeping each locked until the end",
        ),
    ],
)
def test_work_through_a_large_table_under_a_lock_is_named(changes, words):
    """With the statement; not where it is accepted, nor on a small table."""
    heavy = applied(replace(LARGE, **changes))
    with pytest.raises(AssertionError, match=words):
        expect_not_blocking([heavy], rows=1000, accepted={})
    expect_not_blocking([heavy], rows=5001, accepted={})
    expect_not_blocking([heavy], rows=1000, accepted={"m": "in the maintenance window"})


@pytest.mark.parametrize("changes", [{}, {"lock": "", "read_through": True}, {"lock": "", "changed": 999}])
def test_a_lock_for_a_moment_or_reading_without_one_blocks_nobody(changes):
    """A new nullable column, an index built CONCURRENTLY, a few rows."""
    expect_not_blocking([applied(replace(LARGE, **changes))], rows=1000, accepted={})


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("a; b", ("a", "b")),
        ("select ';' ; -- x; y\nselect $$ ; $$;;", ("select ';'", "select $$ ; $$")),
        ("/* ; */ select \"a;b\"", ('select "a;b"',)),
        ("create function f() returns int as $x$ begin; return 1; end $x$ language plpgsql; b",
         ("create function f() returns int as $x$ begin; return 1; end $x$ language plpgsql", "b")),
        ("-- nothing\n", ()),
        ("select 'open; b", ("select 'open; b",)),
    ],
)  # fmt: skip
def test_a_script_is_split_as_postgresql_would(sql, statements):
    """Quotes, dollar quotes and comments hold semicolons that separate nothing."""
    assert tuple(one.strip() for one in statements_of(sql)) == statements
