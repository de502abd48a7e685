"""What answers showed, without any value: kind, route, who asked, where it stood, how often."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import JsonValue

_MOST_EXPOSURES = 500
_MOST_ROUTES = 500


class Kind(StrEnum):
    """What a client is shown and should not be; the words are those of messages and profiles."""

    PASSWORD_HASH = "password hash"  # noqa: S105 - words, not a password
    PASSWORD = "password"  # noqa: S105
    TOKEN_OF_THIRD_PARTY = "token of a third party"  # noqa: S105
    TOKEN_OF_ANOTHER = "token of somebody else"  # noqa: S105
    TOKEN = "access or refresh token"  # noqa: S105
    PRIVATE_KEY = "private key"
    SECRET_KEY = "secret key"  # noqa: S105
    ADDRESS_WITH_PASSWORD = "address with a password"  # noqa: S105
    EMAIL_ADDRESS = "e-mail address of somebody else"
    PERSONAL_DATA = "personal data of somebody else"
    STACK_TRACE = "stack trace"
    DATABASE_ERROR = "error text of the database"


@dataclass(frozen=True, slots=True, order=True)
class Exposure:
    """One kind of data at one place of one route's answers to one asker."""

    kind: Kind
    route: str
    """Method and route, ids left out; or where a message came from, and its name."""
    asker: str
    """The role of the test account; ``nobody`` without a token."""
    place: str
    """As in ``members[].email``; ``the body`` of what is no JSON, or a header's name."""

    @property
    def words(self) -> str:
        """As a message says it."""
        return f"{self.kind} at {self.place or 'the body'}, to {self.asker} — {self.route}"


@dataclass(slots=True)
class ExposureLog:
    """Counts, bounded in memory whatever a target answers."""

    answers: int = 0
    messages: int = 0
    routes: Counter[str] = field(default_factory=Counter)
    """Method and route to how many answers."""
    exposures: Counter[Exposure] = field(default_factory=Counter)
    declared: Counter[Exposure] = field(default_factory=Counter)
    """Those that the profile says are meant."""

    def look(self, route: str, *, is_message: bool) -> None:
        """Count an answer or message."""
        self.messages += is_message
        self.answers += not is_message
        if route in self.routes or len(self.routes) < _MOST_ROUTES:
            self.routes[route] += 1

    def note(self, exposure: Exposure, *, is_declared: bool) -> None:
        """Count an exposure."""
        counts = self.declared if is_declared else self.exposures
        if exposure in counts or len(counts) < _MOST_EXPOSURES:
            counts[exposure] += 1

    def merge(self, other: "ExposureLog") -> None:
        """Add what another process saw."""
        self.answers += other.answers
        self.messages += other.messages
        self.routes.update(other.routes)
        self.exposures.update(other.exposures)
        self.declared.update(other.declared)

    def as_json(self) -> dict[str, Any]:
        """Return it in types that travel between processes."""
        return {
            "answers": self.answers,
            "messages": self.messages,
            "routes": dict(self.routes),
            **{name: _rows(counts) for name, counts in self._counts().items()},
        }

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "ExposureLog":
        """Read what `as_json` gave."""
        log = cls(told["answers"], told["messages"], Counter(told["routes"]))
        for name, counts in log._counts().items():
            counts.update({Exposure(Kind(row[0]), *row[1:4]): row[4] for row in told[name]})
        return log

    def _counts(self) -> dict[Literal["exposures", "declared"], Counter[Exposure]]:
        return {"exposures": self.exposures, "declared": self.declared}

    def observed(self) -> "AnswersLookedAt":
        """Return it as it is now."""
        return AnswersLookedAt(
            self.answers,
            self.messages,
            dict(sorted(self.routes.items())),
            dict(sorted(self.exposures.items())),
            dict(sorted(self.declared.items())),
        )


def _rows(counts: Counter[Exposure]) -> list[list[Any]]:
    return [[str(one.kind), one.route, one.asker, one.place, count] for one, count in counts.items()]


@dataclass(frozen=True, slots=True)
class AnswersLookedAt:
    """All answers of a run up to now."""

    kind: ClassVar[str] = "exposures"

    answers: int
    messages: int
    routes: Mapping[str, int]
    exposures: Mapping[Exposure, int]
    declared: Mapping[Exposure, int]

    @property
    def title(self) -> str:
        """How many."""
        return (
            f"{self.answers} answers of {len(self.routes)} routes and {self.messages} messages were looked at"
        )

    def facts(self) -> dict[str, JsonValue]:
        """Routes with their counts, and what was found; never a value."""
        return {
            "answers": self.answers,
            "messages": self.messages,
            "routes": dict(self.routes),
            "exposed": _told(self.exposures.items()),
            "declared": _told(self.declared.items()),
        }


def _told(found: Iterable[tuple[Exposure, int]]) -> list[JsonValue]:
    return [
        {"kind": str(one.kind), "route": one.route, "to": one.asker, "place": one.place, "times": count}
        for one, count in found
    ]
