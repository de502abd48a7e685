"""What is seen of configuration files, variables, credentials and the frontend: never a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from golive.net.masking import masked_name, masked_url
from golive.profile.secrets import Secret

Leaf = str | int | float | bool | None


@dataclass(frozen=True, slots=True, repr=False)
class ConfigurationObservation:
    """One file and its schema. Whatever stands in the file may be a secret: it is shown by its keys."""

    kind: ClassVar[str] = "configuration"

    name: str
    document: Any
    schema: dict[str, Any]
    leaves: tuple[tuple[str, Leaf], ...]
    """Dotted key to value, in the file's order; entries of lists are numbered from 0: ``origins[0]``."""

    def __repr__(self) -> str:
        return f"<{self.title}>"

    @property
    def title(self) -> str:
        """The file's name."""
        return f"configuration file {self.name}"

    def facts(self) -> dict[str, JsonValue]:
        """Its keys with the types of their values, and the schema's title."""
        return {
            "schema": masked_name(str(self.schema.get("$id") or self.schema.get("title") or "unnamed")),
            "values": len(self.leaves),
            "keys": {masked_name(key, longest=80): _type(value) for key, value in self.leaves[:200]},
        }

    def at(self, key: str) -> Any:
        """Return the value at a dotted key; None where there is none."""
        value = self.document
        for word in key.split("."):
            if not isinstance(value, dict) or word not in value:
                return None
            value = value[word]
        return value


def _type(value: Leaf) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "text"
        case _:
            return "number"


@dataclass(frozen=True, slots=True)
class CredentialObservation:
    """What a service said of a credential."""

    kind: ClassVar[str] = "credential"

    name: str
    call: str
    """Which call was made, and where."""
    accepted: bool
    said: str
    """The answer in words, without the credential."""

    @property
    def title(self) -> str:
        """Which credential."""
        return f"credential {self.name}"

    def facts(self) -> dict[str, JsonValue]:
        """The call, and what came of it."""
        return {"call": self.call, "accepted": self.accepted, "answer": self.said}


SCRIPTS = frozenset({".js", ".mjs", ".cjs"})


@dataclass(frozen=True, slots=True, repr=False)
class Served:
    """One text that was served."""

    url: str
    text: str

    @property
    def suffix(self) -> str:
        """Of its path, with the dot; the page has none."""
        return _suffix(self.url)


@dataclass(frozen=True, slots=True, repr=False)
class FrontendObservation:
    """What a frontend serves that can be read."""

    kind: ClassVar[str] = "frontend"

    page: str
    texts: tuple[Served, ...]
    unread: tuple[str, ...]
    """What should have been there and could not be read: address and reason."""

    @property
    def title(self) -> str:
        """The page's address."""
        return f"texts that {masked_url(self.page)} serves"

    @property
    def scripts(self) -> int:
        """How many scripts were read."""
        return sum(served.suffix in SCRIPTS and bool(served.text.strip()) for served in self.texts)

    @property
    def maps(self) -> int:
        """How many source maps were read, those within scripts too."""
        return sum(served.suffix == ".map" for served in self.texts)

    def facts(self) -> dict[str, JsonValue]:
        """How much was read, and what was not."""
        return {
            "texts": len(self.texts),
            "scripts": self.scripts,
            "source maps": self.maps,
            "characters": sum(len(served.text) for served in self.texts),
            "addresses": [masked_url(served.url) for served in self.texts[:100]],
            "not read": list(self.unread[:50]),
        }


def _suffix(url: str) -> str:
    name = urlsplit(url).path.rpartition("/")[2]
    return f".{name.rpartition('.')[2].lower()}" if "." in name else ""


@dataclass(frozen=True, slots=True, repr=False)
class VariablesObservation:
    """The variables of one part of the release."""

    kind: ClassVar[str] = "variables"

    part: str
    sources: tuple[str, ...]
    values: Mapping[str, Secret]
    places: Mapping[str, str]
    """Name to the source that it was read from."""
    contradictions: tuple[str, ...] = ()
    """Names that stand more than once, with different values."""

    def __repr__(self) -> str:
        return f"<{self.title}>"

    @property
    def title(self) -> str:
        """Of which part, and where it stands."""
        return f"variables of {masked_name(self.part)} ({', '.join(self.sources)})"

    def facts(self) -> dict[str, JsonValue]:
        """Names, where they stand, and how long their values are; no value."""
        return {
            masked_name(name, longest=60): f"{len(secret.reveal())} characters, {self.places[name]}"
            for name, secret in sorted(self.values.items())[:200]
        }
