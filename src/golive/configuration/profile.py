"""What a profile says of the release's configuration: files, variables, and what replicas report of them."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from golive.configuration.variables import TargetName
from golive.profile.base import Frozen
from golive.profile.fields import ComparedHttpsUrl
from golive.profile.registry import Section, section


class ConfigurationFile(Frozen):
    """One file of the release's configuration. Keys in it are written with dots: ``cors.origins``."""

    path: Path
    """Its suffix says the format: ``.json``, ``.yaml`` or ``.yml``, ``.toml``."""
    schema_file: Path
    """Its JSON Schema, in JSON."""
    urls: dict[TargetName, str] = {}
    """Target of this profile to the key whose value must be its URL (a WebSocket's may be ``wss``)."""
    origins: str | None = None
    """The key of the list of origins that browsers may call from: the app's, and ``other_origins``."""
    other_origins: tuple[ComparedHttpsUrl, ...] = ()
    """Origins beside the app's that browsers may call from."""
    other_hosts: tuple[str, ...] = ()
    """Hosts of others that URLs in the file may name, such as the identity provider's."""


class VariableSource(Frozen):
    """Where variables are read: exactly one of the three."""

    dotenv: Path | None = None
    """A file of ``NAME=value``; references such as ``${OTHER}`` are not resolved."""
    dump: Path | None = None
    """What a secret store wrote as JSON: names to values; Vault's and AWS's wrapping and Kubernetes'
    ``Secret`` are known."""
    process: bool = False
    """The suite's own environment: the manifest's names, and whatever has one of ``prefixes``."""
    prefixes: tuple[str, ...] = ()
    """What names begin with that belong to the release though the manifest lacks them: they are reported."""

    @model_validator(mode="after")
    def _one_source(self) -> "VariableSource":
        if [self.dotenv is not None, self.dump is not None, self.process].count(True) != 1:
            raise ValueError("name exactly one of 'dotenv', 'dump' and 'process = true'")
        return self


class ConfigurationDigest(Frozen):
    """What each replica reports of its configuration.

    The SHA-256, in hexadecimal, of what ``env -0 | LC_ALL=C sort -z`` writes of the part's variables: each
    as ``NAME=value`` with a zero byte behind it, sorted by its bytes.
    """

    route: str
    """Path at each replica, beside whatever prefix the API has; better not reachable from outside, because
    short secrets could be guessed."""
    field: str = "digest"
    """The field of the answer that holds the digest."""
    part: str = "api"
    """The part of the manifest whose variables the replicas run with."""
    without: tuple[str, ...] = ("PORT",)
    """Variables that differ between replicas."""


class Configuration(Frozen):
    """The release's configuration, before it is deployed."""

    folder: Path = Path()
    """What relative paths here are below; the folder that the suite runs in by default."""
    manifest: Path = Path("environments/variables.toml")
    """Below the folder that the suite runs in."""
    stage: Literal["production", "staging"] = "production"
    """What the release says that it runs as."""
    files: dict[str, ConfigurationFile] = {}
    """Name of a file to where it lies and what it must say."""
    variables: dict[str, tuple[VariableSource, ...]] = {}
    """Part of the manifest to its sources."""
    local: dict[str, str] = {}
    """``part.NAME`` of a variable that may name this very machine, to the reason."""
    digest: ConfigurationDigest | None = None
    """How replicas report what they run with; None: they do not, and those lines are unknown."""

    @model_validator(mode="after")
    def _reasons(self) -> "Configuration":
        for name, reason in self.local.items():
            if len(reason) < 8:
                raise ValueError(f"local: {name!r} needs a reason")
        for part, sources in self.variables.items():
            if not sources:
                raise ValueError(f"variables: {part!r} has no source")
        return self


class FrontendSearch(Frozen):
    """How what the frontend serves is searched for secrets."""

    scripts: int = Field(default=1, ge=1)
    """The least number of scripts that must have been searched: fewer, and the search saw no frontend."""
    public: dict[str, str] = {}
    """Name of a key format that may be served, such as a browser key bound to this site, to the reason."""


CONFIGURATION: Section[Configuration] = section("configuration", Configuration, Configuration())
FRONTEND_SEARCH: Section[FrontendSearch] = section("frontend_search", FrontendSearch, FrontendSearch())
