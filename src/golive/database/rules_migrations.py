"""What migrations must be: recorded, unaltered, in order, applicable, and no burden to a live database."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import timedelta

from golive.core.duration import format_duration
from golive.database.observation_migrations import (
    ApplicationObservation,
    AppliedStatement,
    MigrationsObservation,
    Touched,
)
from golive.net.masking import masked_name, masked_text
from golive.rules.failure import fail, require_non_empty


def expect_history(observation: MigrationsObservation) -> None:
    """The database has a history, and the release has migrations."""
    if not observation.files:
        fail("migrations of the release", expected="at least one", observed="none", where=observation.folder)
    if not observation.history:
        fail("history of migrations", expected="at least one row", observed="none", where=observation.where)


def expect_none_failed(observation: MigrationsObservation) -> None:
    """No migration ended in the middle: each is finished or was rolled back."""
    expect_history(observation)
    failed = [
        f"{masked_name(row.name)} (begun {row.started:%Y-%m-%d %H:%M}Z)"
        for row in observation.history
        if row.failed
    ]
    if failed:
        fail("failed migrations", expected="none", observed=", ".join(failed), where=observation.where)


def expect_unaltered(observation: MigrationsObservation) -> None:
    """Every applied migration is in the release, with the checksum that was recorded when it was applied."""
    expect_history(observation)
    files = {file.name: file for file in observation.files}
    for name, row in observation.applied().items():
        if name not in files:
            fail(
                "applied migration",
                expected="to be in the release",
                observed=f"{masked_name(name)} is not, so the release is older than the database",
                where=observation.folder,
            )
        if files[name].checksum != row.checksum:
            fail(
                f"{masked_name(name)} was altered after it was applied",
                expected=f"SHA-256 {masked_name(row.checksum[:12])}…",
                observed=f"{files[name].checksum[:12]}…",
                where=observation.folder,
            )


def expect_in_order(observation: MigrationsObservation) -> None:
    """Migrations were applied in the order of their names; none that is pending comes before one of them."""
    expect_history(observation)
    applied = list(observation.applied())
    for earlier, later in itertools.pairwise(applied):
        if earlier > later:
            fail(
                "order of the applied migrations",
                expected="that of their names",
                observed=f"{masked_name(later)} after {masked_name(earlier)}",
                where=observation.where,
            )
    late = [file.name for file in observation.pending() if applied and file.name < max(applied)]
    if late:
        fail(
            "pending migrations that come before an applied one",
            expected="none",
            observed=f"{', '.join(map(masked_name, late))} (applied: {masked_name(max(applied))})",
            where=observation.where,
        )


def expect_nothing_pending(observation: MigrationsObservation) -> None:
    """The database has every migration of the release."""
    expect_history(observation)
    pending = [masked_name(file.name) for file in observation.pending()]
    if pending:
        fail("pending migrations", expected="none", observed=", ".join(pending), where=observation.where)


def expect_applied(applications: Sequence[ApplicationObservation], *, within: timedelta) -> None:
    """Every migration applies, and takes no longer than it may."""
    for application in require_non_empty(applications, "applied migration"):
        if application.problem:
            fail(
                f"{application.name} does not apply",
                expected="to apply",
                observed=masked_text(application.problem),
                where=application.where,
            )
        if application.milliseconds > within / timedelta(milliseconds=1):
            took = format_duration(timedelta(milliseconds=application.milliseconds))
            fail(
                f"{application.name} takes long",
                expected=f"≤ {format_duration(within)}",
                observed=took,
                where=application.where,
            )


def expect_not_blocking(
    applications: Sequence[ApplicationObservation], *, rows: int, accepted: Mapping[str, str]
) -> None:
    """No statement makes writers wait while it works through a table of that many rows.

    Nothing pending is nothing to judge; `expect_applied` is over all migrations.

    Args:
        applications: pending migrations, applied to a restored copy.
        rows: from how many on a table is large.
        accepted: migrations that may, with the reason.
    """
    for application in applications:
        if application.name in accepted:
            continue
        heavy = heavy_statements(application, rows=rows)
        if heavy:
            statement, why = heavy[0]
            more = f"; and {len(heavy) - 1} more" if len(heavy) > 1 else ""
            fail(
                f"{application.name} blocks writers",
                expected=f"no work through tables of {rows} rows or more under a lock",
                observed=f"{why}: {statement.short}{more}",
                where=application.where,
            )


def heavy_statements(
    application: ApplicationObservation, *, rows: int
) -> tuple[tuple[AppliedStatement, str], ...]:
    """Return the statements that work through large tables while writers wait, and what each does."""
    return tuple(
        (statement, _why(touched))
        for statement in application.statements
        for touched in statement.touched
        if touched.rows >= rows and _works_through(touched, rows)
    )


def _works_through(touched: Touched, rows: int) -> bool:
    under_lock = bool(touched.lock) and (touched.rewritten or touched.read_through)
    return under_lock or touched.changed >= rows > 0


def _why(touched: Touched) -> str:
    what = "rewrites" if touched.rewritten else "changes" if touched.changed else "reads through"
    lock = f" under {touched.lock}" if touched.lock else ", keeping each locked until the end"
    return f"{what} the {touched.changed or touched.rows} rows of {touched.table}{lock}"
