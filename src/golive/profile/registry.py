"""The registry of a profile's sections: subjects declare theirs, the profile is put together from all.

A subject's ``profile`` module calls `section`, `part` and `extend` when it is imported, and keeps what they
return: the typed way to what a loaded profile says there. Checks go by the keys, as the file has them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, cast

from pydantic import Tag

from golive.core.outcome import Blind
from golive.profile.base import Absence, Absent, Frozen, Presence

if TYPE_CHECKING:
    from golive.profile.profile import Profile

T = TypeVar("T")
M = TypeVar("M", bound=Frozen)
P = TypeVar("P")


class SectionError(ValueError):
    """Two subjects declare the same key of a profile."""


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """A key at the top of a profile."""

    key: str

    def of(self, profile: "Profile") -> T:
        """Return what the profile says there."""
        return cast("T", getattr(profile, self.key))


@dataclass(frozen=True, slots=True)
class Part(Generic[M]):
    """A part of the deployment: a key below ``[targets]``, which may be declared absent with a reason."""

    key: str
    model: type[M]
    is_public: bool = False
    """Whether users reach it: it has a ``url`` with a host whose TLS, DNS and HTTP are looked at."""
    is_optional: bool = False
    """Whether a deployment may be without it and not say so."""

    def of(self, profile: "Profile") -> M | Absent | None:
        """Return the part as it is declared; None where the profile says nothing of it."""
        return cast("M | Absent | None", getattr(profile.targets, self.key))

    def get(self, profile: "Profile") -> M | None:
        """Return the part where there is one."""
        found = self.of(profile)
        return None if isinstance(found, Absent) else found

    def present(self, profile: "Profile") -> M:
        """Return the part.

        Raises:
            Blind: the profile leaves it out or declares it absent, so that nothing can be seen of it.
        """
        return present(self.of(profile), self.key)


@dataclass(frozen=True, slots=True)
class Extension(Generic[M]):
    """Keys that a subject adds to a table which several share, such as ``[budgets]``."""

    group: str
    model: type[M]

    def of(self, profile: "Profile") -> M:
        """Return the table, of which this subject knows its own keys."""
        return cast("M", getattr(profile, self.group))


def present(part: P | Absent | None, name: str) -> P:
    """Return the part, or say that nothing can be seen of it.

    Raises:
        Blind: when the profile leaves the part out or declares it absent.
    """
    if isinstance(part, Absent):
        raise Blind(f"this deployment has no {name}: {part.absent}", remedy="the line is not applicable here")
    if part is None:
        raise Blind(
            f"the profile does not say where {name} is",
            remedy=f'add [targets.{name}] to the profile, or [targets.{name}] absent = "reason"',
        )
    return part


Endpoint = tuple[str, int]
"""A host or IP address in lower case, and a port."""


@dataclass
class Registry:
    """What subjects have declared, in the order in which they were imported."""

    sections: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Key at the top to annotation and default."""
    parts: dict[str, Part[Any]] = field(default_factory=dict)
    groups: dict[str, list[type[Frozen]]] = field(default_factory=dict)
    """Shared table to the models that its keys come from."""
    implied: dict[str, Callable[["Profile"], str | None]] = field(default_factory=dict)
    """Feature to why a profile implies that it is absent; None where it is there."""
    reading_posts: list[Callable[["Profile"], Iterable[str]]] = field(default_factory=list)
    endpoints: list[Callable[["Profile"], Iterable[Endpoint]]] = field(default_factory=list)
    objections: list[Callable[["Profile"], str | None]] = field(default_factory=list)

    def version(self) -> tuple[int, ...]:
        """A value that changes with every declaration which the profile's model is made of."""
        return (len(self.sections), len(self.parts), sum(map(len, self.groups.values())), len(self.implied))

    def declare_section(self, key: str, annotation: Any, default: Any) -> None:
        """Note a key at the top. Raises SectionError where it is taken."""
        if key in self.sections or key in self.groups:
            raise SectionError(f"[{key}] of profiles is declared twice")
        self.sections[key] = (annotation, default)

    def declare_part(self, part: Part[Any]) -> None:
        """Note a part. Raises SectionError where its key is taken."""
        if part.key in self.parts:
            other = self.parts[part.key].model.__module__
            raise SectionError(f"[targets.{part.key}] is declared by {other} and {part.model.__module__}")
        self.parts[part.key] = part

    def declare_extension(self, group: str, model: type[Frozen]) -> None:
        """Note keys of a shared table. Raises SectionError where one of them is taken.

        A model that inherits from one that is declared has its keys as well, typed: no key is taken by that.
        """
        models = self.groups.setdefault(group, [])
        for other in models:
            inherited = (
                other.model_fields.keys() if model is not other and issubclass(model, other) else set()
            )
            twice = (other.model_fields.keys() & model.model_fields.keys()) - inherited
            if twice:
                raise SectionError(
                    f"[{group}] {min(twice)} is declared by {other.__module__} and {model.__module__}"
                )
        models.append(model)


REGISTRY = Registry()


def section(key: str, annotation: Any, default: Any = ...) -> Section[Any]:
    """Declare a key at the top of profiles.

    Args:
        key: its name.
        annotation: its type, for pydantic.
        default: its value where a profile does not have it; required without one.
    """
    REGISTRY.declare_section(key, annotation, default)
    return Section(key)


def part(key: str, model: type[M], *, is_public: bool = False, is_optional: bool = False) -> Part[M]:
    """Declare a part of deployments, below ``[targets]``."""
    declared = Part(key, model, is_public, is_optional)
    REGISTRY.declare_part(declared)
    return declared


def part_annotation(model: type[Frozen]) -> Any:
    """The type of a part: what it is, or its absence with a reason; errors name only one of the two."""
    return Annotated[Annotated[model, Tag("(present)")] | Absence, Presence] | None


def extend(group: str, model: type[M]) -> Extension[M]:
    """Declare keys of a table that subjects share, such as ``[routes]``, ``[budgets]`` or ``[features]``."""
    REGISTRY.declare_extension(group, model)
    return Extension(group, model)


def implies_absence(feature: str, reason: Callable[["Profile"], str | None]) -> None:
    """Declare a feature that other sections decide: ``reason`` says why a profile has it absent."""
    REGISTRY.implied[feature] = reason


def absent_with(key: str) -> Callable[["Profile"], str | None]:
    """The reason of a feature that is absent where the part ``key`` is declared absent."""

    def reason(profile: "Profile") -> str | None:
        declared = getattr(profile.targets, key)
        return declared.absent if isinstance(declared, Absent) else None

    return reason


def reads_by_post(paths: Callable[["Profile"], Iterable[str]]) -> Callable[["Profile"], Iterable[str]]:
    """Declare paths to which a check that only reads may POST, because such a request outlives no check."""
    REGISTRY.reading_posts.append(paths)
    return paths


def speaks_to(named: Callable[["Profile"], Iterable[Endpoint]]) -> Callable[["Profile"], Iterable[Endpoint]]:
    """Declare endpoints that a profile names for something else than HTTP requests."""
    REGISTRY.endpoints.append(named)
    return named


def objects(objection: Callable[["Profile"], str | None]) -> Callable[["Profile"], str | None]:
    """Declare what sections may not say together: the objection names the key, or is None."""
    REGISTRY.objections.append(objection)
    return objection


def not_only_read(names: Iterable[str], *, named_by: str) -> str | None:
    """Say which of ``names`` are no keys of ``[routes]`` that a GET only reads; None where all are.

    Args:
        names: what a profile says of routes elsewhere.
        named_by: key of the profile where the names stand.
    """
    known = [name for model in REGISTRY.groups.get("routes", ()) for name in getattr(model, "ONLY_READ", ())]
    wrong = [name for name in names if name not in known]
    return (
        f"{named_by}: {', '.join(wrong)}: no route that is only read; known: {', '.join(known)}"
        if wrong
        else None
    )


def known_features(features: Mapping[str, Any]) -> frozenset[str]:
    """Every name that a check may need: keys of ``[features]`` and what other sections imply."""
    return frozenset(features) | frozenset(REGISTRY.implied)


def configured(part: P | None, key: str) -> P:
    """Return what the profile says under a key; an empty list says as little as none.

    Raises:
        Blind: it says nothing.
    """
    if not part:
        raise Blind(f"the profile says nothing of {key}", remedy=f"add {key} to the profile")
    return part
