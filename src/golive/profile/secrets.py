"""Secrets: values that are used, never shown."""

from collections.abc import Iterator, Mapping, Set
from typing import NoReturn

from golive.core.checklist import PHASES_AFTER_DEPLOYMENT, Checklist
from golive.core.outcome import Blind
from golive.profile.profile import Profile, SecretSource


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


def demanded_secrets(profile: Profile, checklist: Checklist, scope: Set[str]) -> frozenset[str]:
    """Return the names of the secrets that a run over ``scope`` cannot do without.

    Test accounts are signed in where the release is used, so not before it is deployed; what belongs to a
    part of the deployment is for that part's lines. A check elsewhere that wants one is blind without it.

    Args:
        profile: whose secrets they are; an optional one is never demanded.
        checklist: the document.
        scope: ids of the lines that are to be answered.
    """
    uses: dict[str, list[str]] = {}
    for key, name in profile.uses_of_secrets():
        uses.setdefault(name, []).append(key)
    lines = [checklist.items[item] for item in scope]
    # A line that may be answered before the deployment as well must be answerable then.
    is_used = any(PHASES_AFTER_DEPLOYMENT.issuperset(line.phases) for line in lines)
    parts, known = ({line.part for line in some} for some in (lines, checklist.items.values()))

    def is_demanded(key: str) -> bool:
        root, _, rest = key.partition(".")
        if root in ("accounts", "authentication"):
            return is_used
        part = rest.partition(".")[0]
        return root != "targets" or part in parts or part not in known

    return frozenset(
        name
        for name, where in profile.secrets.items()
        if not where.optional and (name not in uses or any(map(is_demanded, uses[name])))
    )


def find_secrets(
    profile: Profile, *, source: str, environ: Mapping[str, str], demanded: Set[str] | None = None
) -> Secrets:
    """Look up every secret that ``profile`` names.

    Args:
        profile: whose ``secrets`` are looked up.
        source: the profile's file, for messages.
        environ: environment variables, by name.
        demanded: names of those that must have a value; None for all that are not optional.

    Raises:
        MissingSecretError: one line for each secret that is demanded and has no value.
    """
    values: dict[str, Secret] = {}
    missing: list[str] = []
    for name, where in profile.secrets.items():
        value = _look_up(where, environ)
        if value:
            values[name] = Secret(value)
        elif not where.optional if demanded is None else name in demanded:
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
