"""What a database must be made of, begin with, and have room for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.database.observation import (
    CatalogueObservation,
    ConnectionsObservation,
    ReplicationObservation,
    StatisticsObservation,
)
from golive.database.observation_backups import SeedObservation
from golive.database.profile import Capacity
from golive.net.masking import masked_name
from golive.rules.failure import fail

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class CatalogueDifference:
    """Where a live catalogue is another than that of the migrations; every entry is one sentence."""

    kind: ClassVar[str] = "database"

    where: str
    missing: Sequence[str]
    unexpected: Sequence[str]
    different: Sequence[str]

    @property
    def title(self) -> str:
        """Where."""
        return f"differences of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """All of them, up to a hundred of each kind."""
        return {
            "missing": list(self.missing[:100]),
            "unexpected": list(self.unexpected[:100]),
            "different": list(self.different[:100]),
        }


def compare_catalogues(live: CatalogueObservation, wanted: CatalogueObservation) -> CatalogueDifference:
    """Return where ``live`` differs from ``wanted``, which the migrations made.

    Raises:
        Blind: the servers are of different major versions, which word definitions differently.
    """
    if live.version != wanted.version:
        raise Blind(
            f"the live server is version {live.version}, the scratch server {wanted.version}: "
            "definitions cannot be compared",
            remedy="give a scratch server of the live server's major version",
        )
    both = sorted(set(live.objects) & set(wanted.objects))
    return CatalogueDifference(
        live.where,
        tuple(f"{name}: {wanted.objects[name]}" for name in sorted(set(wanted.objects) - set(live.objects))),
        tuple(f"{name}: {live.objects[name]}" for name in sorted(set(live.objects) - set(wanted.objects))),
        tuple(
            f"{name}: {live.objects[name]} instead of {wanted.objects[name]}"
            for name in both
            if live.objects[name] != wanted.objects[name]
        ),
    )


def expect_no_difference(difference: CatalogueDifference, wanted: CatalogueObservation) -> None:
    """The live catalogue is that of the migrations, which make at least one table."""
    if not wanted.tables:
        fail("schema of the migrations", expected="at least one table", observed="none", where=wanted.where)
    found = [f"missing {entry}" for entry in difference.missing]
    found += [f"unexpected {entry}" for entry in difference.unexpected]
    found += [f"different {entry}" for entry in difference.different]
    if found:
        shown = "; ".join(masked_name(entry) for entry in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        fail(
            "live schema",
            expected=f"that of the {len(wanted.tables)} tables that the release's migrations make",
            observed=f"{shown}{more}",
            where=difference.where,
        )


def expect_seeded(observation: SeedObservation, rows: Mapping[str, int]) -> None:
    """The seed ends well, and afterwards each table holds at least so many rows."""
    if not observation.problems or observation.problems[0]:
        problem = observation.problems[0] if observation.problems else "it did not run"
        fail("seed", expected="to run on an empty database", observed=problem, where=observation.title)
    held = _rows(observation.tables[0])
    for table, least in rows.items():
        if held.get(table, 0) < least:
            observed = f"{held[table]} rows" if table in held else "no such table"
            fail(
                f"seed of {table}",
                expected=f"at least {least} rows",
                observed=observed,
                where=observation.title,
            )
    if not rows:
        fail("seed", expected="required rows to be named", observed="none", where=observation.title)


def expect_seed_repeatable(observation: SeedObservation) -> None:
    """A second run ends well too, and changes nothing."""
    if len(observation.problems) < 2 or observation.problems[1]:
        problem = observation.problems[-1] if observation.problems else "it did not run"
        fail("second run of the seed", expected="to end well", observed=problem, where=observation.title)
    first, second = observation.tables[:2]
    for table in sorted(set(first) | set(second)):
        one, two = first.get(table), second.get(table)
        if one != two:
            rows = f"{one.rows if one else 0} and then {two.rows if two else 0} rows"
            observed = (
                f"{rows} in {table}"
                if one is None or two is None or one.rows != two.rows
                else f"other values in {table}"
            )
            fail(
                "second run of the seed",
                expected="to change nothing",
                observed=observed,
                where=observation.title,
            )


def _rows(tables: Mapping[str, object]) -> dict[str, int]:
    """Rows by a table's plain name, as profiles write it."""
    return {name.partition(".")[2].strip('"'): getattr(table, "rows", 0) for name, table in tables.items()}


def expect_connections_left(
    observation: ConnectionsObservation, capacity: Capacity, *, replicas: int
) -> None:
    """When every replica uses its whole pool, a share of all connections is left.

    Headroom = max_connections - reserved for superusers - pool x replicas - others.
    """
    wanted = capacity.pool * replicas + capacity.others
    left = observation.maximum - observation.reserved - wanted
    least = capacity.spare * observation.maximum
    if left < least:
        fail(
            "connections left when every pool is full",
            expected=f"at least {least:.0f} of {observation.maximum}",
            observed=f"{left} ({observation.reserved} reserved, {capacity.pool} x {replicas} replicas, "
            f"{capacity.others} others)",
            where=observation.where,
        )
    if observation.in_use > observation.maximum - observation.reserved - least:
        fail(
            "connections in use",
            expected=f"to leave at least {least:.0f} of {observation.maximum}",
            observed=observation.in_use,
            where=observation.where,
        )
    if observation.idle_in_transaction:
        fail(
            "sessions idle in a transaction for over a minute, which keep locks and dead rows",
            expected="none",
            observed=observation.idle_in_transaction,
            where=observation.where,
        )


def expect_standbys(observation: ReplicationObservation, capacity: Capacity) -> None:
    """As many standbys stream as are declared, none is far behind, and no slot waits for one that is gone."""
    streaming = [standby for standby in observation.standbys if standby.state == "streaming"]
    if len(streaming) != capacity.standbys or len(observation.standbys) != len(streaming):
        observed = ", ".join(f"{masked_name(s.name)}: {masked_name(s.state)}" for s in observation.standbys)
        fail(
            "standbys that stream",
            expected=capacity.standbys,
            observed=observed or "none",
            where=observation.where,
        )
    for standby in streaming:
        if standby.lag is None or standby.lag > capacity.lag:
            lag = format_duration(standby.lag) if standby.lag is not None else "nothing confirmed"
            fail(
                f"lag of standby {masked_name(standby.name)}",
                expected=f"≤ {format_duration(capacity.lag)}",
                observed=lag,
                where=observation.where,
            )
    if observation.idle_slots:
        fail(
            "replication slots without a reader, which keep files until the disk is full",
            expected="none",
            observed=", ".join(map(masked_name, observation.idle_slots)),
            where=observation.where,
        )


def expect_statistics(observation: StatisticsObservation) -> None:
    """pg_stat_statements collects: it can be read, and knows statements."""
    if observation.problem:
        fail(
            "pg_stat_statements",
            expected="to be readable",
            observed=observation.problem,
            where=observation.where,
        )
    if observation.statements < 1:
        fail("pg_stat_statements", expected="statements", observed="none", where=observation.where)
