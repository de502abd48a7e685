"""Rules over backups: both sides of every limit, and how a miss is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive.database.observation_backups import (
    BackupFile,
    BackupsObservation,
    ContentObservation,
    DumpObservation,
    RecoveryObservation,
    RestorationObservation,
    TableContent,
)
from golive.database.profile import Backups
from golive.database.rules_backups import (
    expect_cadence,
    expect_final_backup,
    expect_of_database,
    expect_recovered,
    expect_recovery_point,
    expect_restored,
    expect_retention,
    expect_same_content,
)

NOW = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
PROMISED = Backups(
    folder=Path("/b"),
    name="%Y",
    every=DAY,
    kept=7 * DAY,
    recovery_point=25 * HOUR,
    recovery_time=timedelta(minutes=1),
)
DUMP = DumpObservation("b.dump", NOW, 9, "custom", "audotics", NOW)
ROWS = {"public.a": TableContent(100, "aa", NOW, "createdAt"), "public.b": TableContent(3, "b", None, None)}
RESTORED = RestorationObservation(
    DUMP, ContentObservation("live", NOW, ROWS), "scratch", ContentObservation("scratch", NOW, ROWS), 2.0, ""
)
RECOVERED = RecoveryObservation("c", "", True, True, (), 0.5, 0.5)
NONE = BackupsObservation("/b", (), ("notes.txt",))


def made(*ages: timedelta) -> BackupsObservation:
    files = [BackupFile(Path(f"/b/{age}"), NOW - age, 9) for age in ages]
    return BackupsObservation("/b", tuple(files), ())


def daily(first: int = 0, last: int = 7) -> BackupsObservation:
    return made(*(day * DAY for day in range(first, last + 1)))


def restored(**tables: TableContent | None) -> RestorationObservation:
    changed = {**ROWS, **{f"public.{name}": table for name, table in tables.items()}}
    kept = {name: table for name, table in changed.items() if table is not None}
    return replace(RESTORED, restored=ContentObservation("scratch", NOW, kept))


def test_a_week_of_daily_backups_keeps_every_promise():
    """All the rules, on what is promised."""
    expect_recovery_point(daily(), at_most=PROMISED.recovery_point, now=NOW)
    expect_cadence(daily(), PROMISED, now=NOW)
    expect_retention(daily(), PROMISED, now=NOW)
    expect_final_backup(daily(), deployment=NOW, at_most=HOUR)


def test_no_backup_meets_nothing():
    """Files of other names are none, and are said to be there."""
    words = "backups: expected at least one, observed none; 1 files of other names — /b"
    for rule in (
        lambda: expect_recovery_point(NONE, at_most=DAY, now=NOW),
        lambda: expect_cadence(NONE, PROMISED, now=NOW),
        lambda: expect_retention(NONE, PROMISED, now=NOW),
        lambda: expect_final_backup(NONE, deployment=NOW, at_most=HOUR),
    ):
        with pytest.raises(AssertionError, match=words):
            rule()


def test_the_recovery_point_has_two_sides():
    """A second too old is too old; one of the future has a wrong clock."""
    expect_recovery_point(made(DAY), at_most=DAY, now=NOW)
    with pytest.raises(AssertionError, match=r"newest backup's age: expected ≤ 24 h"):
        expect_recovery_point(made(DAY + SECOND), at_most=DAY, now=NOW)
    with pytest.raises(AssertionError, match="in the past"):
        expect_recovery_point(made(-HOUR), at_most=DAY, now=NOW)


@pytest.mark.parametrize(
    "ages", [(2 * DAY, 3 * DAY), (timedelta(0), 2 * DAY), (timedelta(0), 25 * HOUR + SECOND)]
)
def test_a_gap_is_named(ages):
    """Up to now, and between neighbours; the grace is the last second that is fine."""
    expect_cadence(made(timedelta(0), 25 * HOUR), PROMISED, now=NOW)
    with pytest.raises(AssertionError, match="gap in the backups"):
        expect_cadence(made(*ages), PROMISED, now=NOW)


def test_the_retention_has_two_sides():
    """Removed too early, and kept too long."""
    with pytest.raises(AssertionError, match="expected kept for 7 d, observed"):
        expect_retention(daily(last=5), PROMISED, now=NOW)
    with pytest.raises(AssertionError, match="expected removed after 7 d, observed 9 d old"):
        expect_retention(daily(last=9), PROMISED, now=NOW)


def test_the_final_backup_is_before_the_deployment_and_near_it():
    """One that was made after it holds what the deployment did already."""
    expect_final_backup(made(HOUR), deployment=NOW, at_most=HOUR)
    for ages in ((HOUR + SECOND,), (-HOUR,), (-HOUR, 2 * HOUR)):
        with pytest.raises(AssertionError, match="final backup: expected at most 60 min before"):
            expect_final_backup(made(*ages), deployment=NOW, at_most=HOUR)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"problem": "the file is empty"}, "observed the file is empty"),
        ({"database": "shop"}, "backup of: expected database audotics, observed shop"),
        (
            {"made": NOW - 3 * DAY},
            "backup's own header: expected to be of 2026-11-28 13:00Z, as its name says",
        ),
    ],
)
def test_a_file_that_is_no_backup_of_this_database_is_named(changes, words):
    """Broken, another's, or an old one under a new name."""
    expect_of_database(RESTORED, "audotics")
    with pytest.raises(AssertionError, match=words):
        expect_of_database(replace(RESTORED, dump=replace(DUMP, **changes)), "audotics")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"problem": "it does not restore: end of file"}, "observed it does not restore: end of file"),
        ({"restored": None}, "nothing was restored"),
        ({"seconds": 61.0}, "time to restore: expected ≤ 60 s, observed 61 s"),
    ],
)
def test_a_restore_that_fails_or_takes_too_long_is_named(changes, words):
    """By the time that recovery may take."""
    expect_restored(RESTORED, within=PROMISED.recovery_time)
    with pytest.raises(AssertionError, match=words):
        expect_restored(replace(RESTORED, **changes), within=PROMISED.recovery_time)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"b": None}, "tables in the backup: expected all 2, observed without public.b"),
        ({"a": replace(ROWS["public.a"], rows=99)}, "rows of public.a: expected 100, observed 99"),
        ({"a": replace(ROWS["public.a"], newest=NOW - DAY)}, "newest row of public.a"),
        (
            {"b": replace(ROWS["public.b"], checksum="x")},
            "checksum over the 3 rows of public.b: expected b, observed x",
        ),
    ],
)
def test_content_that_is_not_the_sources_is_named(tables, words):
    """Tables, rows, newest rows, checksums."""
    expect_same_content(RESTORED, {})
    with pytest.raises(AssertionError, match=words):
        expect_same_content(restored(**tables), {})


def test_tables_that_change_may_differ_as_far_as_is_declared():
    """By their share of rows, and no further."""
    expect_same_content(restored(a=replace(ROWS["public.a"], rows=99, checksum="x")), {"a": 0.01})
    with pytest.raises(AssertionError, match=r"rows of public\.a"):
        expect_same_content(restored(a=replace(ROWS["public.a"], rows=98)), {"a": 0.01})


def test_a_database_that_was_migrated_since_is_compared_by_its_rows():
    """Its new tables cannot be in the backup, and its rows have other columns; lost rows are still lost."""
    changed = {"a": replace(ROWS["public.a"], checksum="x"), "b": None}
    expect_same_content(restored(**changed), {}, migrated_since=("20261128_next",))
    lost = {"a": replace(ROWS["public.a"], rows=99, checksum="x")}
    with pytest.raises(AssertionError, match=r"rows of public\.a: expected 100, observed 99"):
        expect_same_content(restored(**lost), {}, migrated_since=("20261128_next",))


def test_an_empty_source_says_nothing():
    """Equal, because there is nothing: not met."""
    nothing = ContentObservation("live", NOW, {})
    with pytest.raises(AssertionError, match="rows of the source"):
        expect_same_content(replace(RESTORED, live=nothing, restored=nothing), {})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"problem": "the backup failed"}, "to end well, observed the backup failed"),
        ({"deleted": False}, "deleted before the restore"),
        ({"back": False}, "back after the restore, observed lost"),
        ({"lost_tables": ("public.a",)}, "other content in public.a"),
        ({"restore_seconds": 61.0}, "time to recover"),
    ],
)
def test_a_recovery_that_loses_something_is_named(changes, words):
    """The canary, other tables, or too much time."""
    expect_recovered(RECOVERED, within=PROMISED.recovery_time)
    with pytest.raises(AssertionError, match=words):
        expect_recovered(replace(RECOVERED, **changes), within=PROMISED.recovery_time)
