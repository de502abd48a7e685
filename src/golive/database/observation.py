"""What is seen of a database: its catalogue, connections, standbys and statistics. Facts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from pydantic import JsonValue

from golive.net.masking import masked_name, masked_text


@dataclass(frozen=True, slots=True)
class Standby:
    """A server that follows. ``lag`` is None where it never confirmed anything."""

    name: str
    state: str
    lag: timedelta | None


@dataclass(frozen=True, slots=True)
class ConnectionsObservation:
    """Connections: how many there may be, how many are kept for superusers, and how many there are now."""

    kind: ClassVar[str] = "database"

    where: str
    maximum: int
    reserved: int
    in_use: int
    idle_in_transaction: int

    @property
    def title(self) -> str:
        """Where."""
        return f"connections of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """All of it."""
        return {
            "max_connections": self.maximum,
            "reserved for superusers": self.reserved,
            "in use": self.in_use,
            "idle in a transaction for over a minute": self.idle_in_transaction,
        }


@dataclass(frozen=True, slots=True)
class ReplicationObservation:
    """Standbys that follow, and replication slots that nobody reads from: those keep files for ever."""

    kind: ClassVar[str] = "database"

    where: str
    standbys: Sequence[Standby]
    idle_slots: Sequence[str]

    @property
    def title(self) -> str:
        """Where."""
        return f"replication of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Each standby's state and lag."""
        shown: list[JsonValue] = [
            {
                "name": masked_name(standby.name, longest=60),
                "state": masked_name(standby.state, longest=30),
                "lag s": None if standby.lag is None else round(standby.lag.total_seconds(), 3),
            }
            for standby in self.standbys
        ]
        return {
            "standbys": shown,
            "slots without a reader": [masked_name(name, longest=60) for name in self.idle_slots],
        }


@dataclass(frozen=True, slots=True)
class StatisticsObservation:
    """What pg_stat_statements knows. ``problem`` says why it cannot be read; empty when it can."""

    kind: ClassVar[str] = "database"

    where: str
    problem: str
    statements: int
    slowest: Sequence[tuple[str, float, int]]
    """Statement, mean milliseconds and calls: the five slowest on average that read or change rows."""

    @property
    def title(self) -> str:
        """Where."""
        return f"statement statistics of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """How many statements are known, and the slowest."""
        slowest: list[JsonValue] = [
            {
                "statement": masked_text(" ".join(text.split()), longest=160),
                "mean ms": round(mean, 2),
                "calls": calls,
            }
            for text, mean, calls in self.slowest
        ]
        return {"statements": self.statements, "problem": self.problem, "slowest": slowest}


@dataclass(frozen=True, slots=True)
class CatalogueObservation:
    """Object, such as ``column "User".email``, to its definition. Objects of extensions are among them."""

    kind: ClassVar[str] = "database"

    where: str
    version: int
    """The server's major version: definitions of different ones are worded differently."""
    objects: Mapping[str, str]

    @property
    def title(self) -> str:
        """Where."""
        return f"catalogue of {self.where}"

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of tables, quoted where they must be, sorted."""
        return tuple(
            sorted(name.removeprefix("table ") for name in self.objects if name.startswith("table "))
        )

    def facts(self) -> dict[str, JsonValue]:
        """How many objects of each kind, and the tables."""
        kinds = sorted({name.partition(" ")[0] for name in self.objects})
        counts: dict[str, JsonValue] = {
            kind: sum(name.startswith(f"{kind} ") for name in self.objects) for kind in kinds
        }
        return {"server": self.version, "objects": counts, "tables": list(self.tables[:100])}
