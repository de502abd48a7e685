"""The environment profile: every number, name and address that a check needs and must not contain.

What every suite needs stands here. All other sections are declared by their subjects
(`golive.profile.registry`), and stand in the model that `profile_model` puts together.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self, cast

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, create_model, model_validator

from golive.core.run import ReleaseIdentity
from golive.profile.allow import Allow
from golive.profile.base import Absent, Frozen
from golive.profile.cases import CaseId, CaseOverride
from golive.profile.fields import (
    Duration,
    Endpoint,
    Ip,
    NamedSecret,
    NamedSecretOrVariable,
    SecretName,
    marked_values,
)
from golive.profile.registry import REGISTRY, known_features, part_annotation, present
from golive.profile.subjects import load_subjects

__all__ = ["Profile", "present"]


class Targets(Frozen):
    """The parts of the deployment. A part left out is unknown, never fine."""

    _declared: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_order(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(value)
        if isinstance(value, dict):
            made._declared = tuple(value)
        return made

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Return ``names`` as the profile has them, those that it does not have last."""
        known = {name: place for place, name in enumerate(self._declared)}
        return sorted(names, key=lambda name: (known.get(name, len(known)), name))


class Features(Frozen):
    """Abilities of the deployment. One that is not named here is there, and its checks run."""

    def absent(self) -> dict[str, str]:
        """Feature to reason, for every feature that is declared absent."""
        declared = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: entry.absent for name, entry in declared if entry is not None}


class Network(Frozen):
    """How names become addresses, where that is not the system's resolver's business."""

    addresses: dict[Endpoint, tuple[Endpoint, ...]] = Field(default_factory=dict)
    """Public ``host:port`` to the addresses that are dialled for it; SNI and Host keep the name."""
    declared: dict[str, tuple[Ip, ...]] = Field(default_factory=dict)
    """Public host to addresses that it must resolve to; it may have more."""
    resolver: str | None = None
    """Name server that is asked, as ``ip`` or ``ip:port``; left out, the system's."""
    connect_deadline: Duration = timedelta(seconds=5)
    """How long it may take to connect."""
    request_deadline: Duration = timedelta(seconds=15)
    """How long a request may take, from its start to the answer's last byte."""
    check_deadline: Duration = timedelta(seconds=60)
    """How long one check may run, the suite's own queues not counted; one that takes longer is an error."""


class Trust(Frozen):
    """Which roots are trusted; none means the system's."""

    roots: Path | None = None
    """A file of certificates in PEM, trusted instead of the system's."""


class Control(Frozen):
    """Endpoints that answer whenever the suite's own network works; they tell "down" from "blind"."""

    targets: tuple[Endpoint, ...] = Field(min_length=1)
    """Asked where something cannot be reached: while none of these answers, it is the suite's own network."""


class Limit(Frozen):
    """Bounds on traffic to one host, over all checks together."""

    connections: int = Field(default=16, ge=1, le=256)
    """Connections that are open at once. Of several, one is left to requests where WebSockets stand."""
    requests_per_second: float = Field(default=50, gt=0, le=1000)
    """Requests that are begun in a second; as many may come at once."""


class Limits(Frozen):
    """Bounds per host; ``default`` for a host that is not named."""

    default: Limit = Limit()
    """What holds for a host that is not named."""
    hosts: dict[str, Limit] = Field(default_factory=dict)
    """Host to its own bounds."""

    def of(self, host: str) -> Limit:
        """The bounds that hold for ``host``."""
        return self.hosts.get(host, self.default)


class SecretSource(Frozen):
    """Where a secret's value is found: exactly one of an environment variable and a file."""

    variable: str | None = None
    """Name of the environment variable."""
    file: Path | None = None
    """Path of the file, which holds nothing else."""
    optional: bool = False
    """A missing optional secret makes the checks that need it blind; any other stops the run."""

    @model_validator(mode="after")
    def _one_source(self) -> "SecretSource":
        if (self.variable is None) == (self.file is None):
            raise ValueError("name exactly one of 'variable' and 'file'")
        return self


class Start(Frozen):
    """An environment that the run itself starts and ends.

    The command gets ``--facts FILE`` (and ``--fault NAME``), writes what it started there when it is
    ready, and runs until its standard input ends.
    """

    command: tuple[str, ...] = Field(min_length=1)
    """The program and its arguments."""
    ready_within: Duration = timedelta(seconds=60)
    """How long it may take to write the facts."""


class Profile(Frozen):
    """What is verified, as the checks see it."""

    schema_version: Literal[1] = Field(alias="schema")
    """The version of this format."""
    title: str
    """What the report calls the environment."""
    vantage: str = "local"
    """From where it is observed."""
    watermark: str | None = None
    """What stands across the report of an environment that can never be signed as production."""
    start: Start | None = None
    release: ReleaseIdentity | None = None
    targets: Targets = Targets()
    features: Features = Features()
    cases: dict[CaseId, CaseOverride] = {}
    """Case id to another severity than the document's."""
    network: Network = Network()
    trust: Trust = Trust()
    control: Control
    allow: Allow
    limits: Limits = Limits()
    secrets: dict[str, SecretSource] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sections_agree(self) -> "Profile":
        for objection in REGISTRY.objections:
            message = objection(self)
            if message is not None:
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _secrets_are_declared(self) -> "Profile":
        for key, secret in self.uses_of_secrets():
            if secret not in self.secrets:
                raise ValueError(f"{key} names the secret {secret!r}, and there is no [secrets.{secret}]")
        return self

    def uses_of_secrets(self) -> list[tuple[str, SecretName]]:
        """Keys of the profile that name a secret, each with its name; found by the type of the key."""
        either = marked_values(self, NamedSecretOrVariable)
        return [*marked_values(self, NamedSecret), *((key, name) for key, name in either if "." not in name)]

    def absent_parts(self) -> dict[str, str]:
        """Part to reason, for every part that this deployment does not have."""
        parts = ((name, getattr(self.targets, name)) for name in REGISTRY.parts)
        return {name: part.absent for name, part in parts if isinstance(part, Absent)}

    def absent_features(self) -> dict[str, str]:
        """Feature to reason, for every feature that is declared absent or cannot be there."""
        implied = ((feature, reason(self)) for feature, reason in REGISTRY.implied.items())
        return self.features.absent() | {feature: reason for feature, reason in implied if reason is not None}

    def public_urls(self) -> dict[str, str]:
        """Target to URL, for every part that users reach, in the order of the profile."""
        public = [name for name, part in REGISTRY.parts.items() if part.is_public]
        parts = ((name, REGISTRY.parts[name].get(self)) for name in self.targets.in_order(public))
        return {name: part.url for name, part in parts if part is not None}


_TABLES: dict[str, type[Frozen]] = {"features": Features}
"""Shared tables that have more than keys."""
_models: dict[tuple[int, ...], type[Profile]] = {}


def profile_model() -> type[Profile]:
    """Return the model of profiles with the sections of every subject that was imported so far."""
    load_subjects()
    version = REGISTRY.version()
    if version not in _models:
        _models[version] = _put_together()
    return _models[version]


def features() -> frozenset[str]:
    """Every name that a check may need."""
    return known_features(type(profile_model().model_fields["features"].default).model_fields)


def _put_together() -> type[Profile]:
    parts: dict[str, Any] = {key: (part_annotation(part.model), None) for key, part in REGISTRY.parts.items()}
    targets = create_model("Targets", __base__=Targets, **parts)
    fields: dict[str, Any] = {"targets": (targets, targets()), **REGISTRY.sections}
    for group, models in REGISTRY.groups.items():
        # Of a model and what it inherits from, the former is enough.
        own = [model for model in models if not any(issubclass(m, model) for m in models if m is not model)]
        bases = (*own, _TABLES[group]) if group in _TABLES else tuple(own)
        table = create_model(group.title(), __base__=bases)
        is_required = any(entry.is_required() for entry in table.model_fields.values())
        fields[group] = (table, ... if is_required else table())
    return cast("type[Profile]", create_model("Profile", __base__=Profile, **fields))
