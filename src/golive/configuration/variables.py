"""The manifest of variables (``variables.toml``): what a release must be told, by part, name and type."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from golive.profile.base import Frozen
from golive.profile.fields import Duration

TargetName = Literal["app", "api", "cdn", "realtime"]


class _Variable(Frozen):
    required: bool = True
    forbidden: tuple[str, ...] = ()
    """Values that must not be there, in any case of letters."""


class Text(_Variable):
    """Any text that is not empty."""

    type: Literal["text"]


class UrlVariable(_Variable):
    """An absolute URL without credentials."""

    type: Literal["url"]
    schemes: tuple[str, ...] = ("https",)


class DsnVariable(_Variable):
    """A URL with a host and credentials, such as a database's; all of it is a secret."""

    type: Literal["dsn"]
    schemes: tuple[str, ...] = Field(min_length=1)
    entropy: float = Field(default=48, ge=0)
    """The least bits of its password; 0 where none is needed."""


class DurationVariable(_Variable):
    """A number and a unit: without one, libraries disagree (milliseconds in some, seconds in others)."""

    type: Literal["duration"]
    at_least: Duration = timedelta()
    at_most: Duration = timedelta(days=3650)


class PortVariable(_Variable):
    """1 to 65535."""

    type: Literal["port"]


class SecretVariable(_Variable):
    """Something that nobody may guess."""

    type: Literal["secret"]
    entropy: float = Field(default=64, gt=0)
    """The least bits, as `golive.configuration.entropy` estimates them."""


class OneOf(_Variable):
    """One of a closed set of values, in this case of letters."""

    type: Literal["one of"]
    values: tuple[str, ...] = Field(min_length=1)


class HostVariable(_Variable):
    """A host name or an address, without scheme and port."""

    type: Literal["host"]


class IntegerVariable(_Variable):
    """A whole number."""

    type: Literal["integer"]
    at_least: int | None = None
    at_most: int | None = None


class BooleanVariable(_Variable):
    """``true`` or ``false``."""

    type: Literal["boolean"]


Variable = Annotated[
    Text
    | UrlVariable
    | DsnVariable
    | DurationVariable
    | PortVariable
    | SecretVariable
    | OneOf
    | HostVariable
    | IntegerVariable
    | BooleanVariable,
    Field(discriminator="type"),
]


class Rule(Frozen):
    """What a variable (``part.NAME``) must agree with; exactly one of the three."""

    variable: str
    equals: TargetName | None = None
    """The URL of this target of the profile."""
    under: Annotated[tuple[TargetName, ...], Field(min_length=1)] | None = None
    """A URL at the host of one of these targets."""
    same_as: str | None = None
    """Another variable's value."""

    @model_validator(mode="after")
    def _one_rule(self) -> "Rule":
        if sum(entry is not None for entry in (self.equals, self.under, self.same_as)) != 1:
            raise ValueError("name exactly one of 'equals', 'under' and 'same_as'")
        return self


class VariableManifest(Frozen):
    """Every variable of the release, by the part that is told it."""

    parts: dict[str, dict[str, Variable]] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _rules_name_variables(self) -> "VariableManifest":
        known = {f"{part}.{name}" for part, variables in self.parts.items() for name in variables}
        for number, rule in enumerate(self.rules, 1):
            for name in (rule.variable, rule.same_as):
                if name is not None and name not in known:
                    raise ValueError(f"rule {number} names {name!r}: write part.NAME of a variable above")
        return self

    def secret_names(self, part: str) -> frozenset[str]:
        """Names of the part's variables whose whole value is a secret."""
        kinds = (SecretVariable, DsnVariable)
        return frozenset(name for name, v in self.parts.get(part, {}).items() if isinstance(v, kinds))


class VariableManifestError(ValueError):
    """The manifest cannot be used; one message a line, each with file, key and remedy."""


def read_manifest(path: Path) -> VariableManifest:
    """Read the manifest at ``path``.

    Raises:
        VariableManifestError: it cannot be read, is no TOML, or does not fit the model.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VariableManifestError(f"{path}: cannot be read: {error}") from None
    try:
        return VariableManifest.model_validate(document)
    except ValidationError as error:
        lines = (f"{path}: {_key(entry['loc'])}: {entry['msg']}" for entry in error.errors())
        raise VariableManifestError("\n".join(lines).replace("Value error, ", "")) from None


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "(the whole file)"
