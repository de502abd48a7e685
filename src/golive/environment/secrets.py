"""Secrets: values that are used, never shown."""

from collections.abc import Iterator, Mapping
from typing import NoReturn

from golive.environment.profile import Profile, SecretSource
from golive.model.outcome import Blind


class Secret:
    """A value that prints as ``***`` and cannot be pickled or serialised by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


class MissingSecretError(ValueError):
    """A secret that the profile names has no value; the message says where it was looked for."""


class Secrets:
    """The secrets of one environment, by the names that its profile gives them."""

    def __init__(self, values: Mapping[str, Secret], sources: Mapping[str, SecretSource]) -> None:
        self._values = dict(values)
        self._sources = dict(sources)

    def get(self, name: str) -> Secret:
        """Return the secret.

        Raises:
            Blind: when it is optional and has no value.
        """
        try:
            return self._values[name]
        except KeyError:
            source = self._sources[name]
            where = f"the variable {source.variable}" if source.variable else f"the file {source.file}"
            raise Blind(f"the secret {name!r} has no value", remedy=f"set {where}") from None

    def items(self) -> Iterator[tuple[str, Secret]]:
        """Name to secret, for those that have a value."""
        return iter(self._values.items())

    def __iter__(self) -> Iterator[Secret]:
        return iter(self._values.values())


def find_secrets(profile: Profile, *, source: str, environ: Mapping[str, str]) -> Secrets:
    """Look up every secret that ``profile`` names.

    Args:
        profile: whose ``secrets`` are looked up.
        source: the profile's file, for messages.
        environ: environment variables, by name.

    Raises:
        MissingSecretError: one line for each secret that is not optional and has no value.
    """
    values: dict[str, Secret] = {}
    missing: list[str] = []
    for name, where in profile.secrets.items():
        value = _look_up(where, environ)
        if value:
            values[name] = Secret(value)
        elif not where.optional:
            remedy = (
                f"set the environment variable {where.variable}"
                if where.variable
                else f"write it to {where.file} (readable by this user, not empty)"
            )
            missing.append(f"{source}: secrets.{name}: no value — {remedy}")
    if missing:
        raise MissingSecretError("\n".join(missing))
    return Secrets(values, profile.secrets)


def _look_up(where: SecretSource, environ: Mapping[str, str]) -> str:
    if where.variable is not None:
        return environ.get(where.variable, "")
    try:
        return where.file.read_text(encoding="utf-8").strip() if where.file else ""
    except OSError:
        return ""
