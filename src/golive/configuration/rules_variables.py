"""What a release's variables must be. No finding shows a value, whatever it is."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from golive.configuration.entropy import entropy_bits, entropy_class
from golive.configuration.observation import VariablesObservation
from golive.configuration.unfit_values import (
    host_of,
    is_example_host,
    is_for_debugging,
    is_local_host,
    is_of_another_stage,
    is_placeholder,
)
from golive.configuration.variable_types import mismatch, password_in
from golive.configuration.variables import (
    DsnVariable,
    HostVariable,
    Rule,
    SecretVariable,
    UrlVariable,
    Variable,
    VariableManifest,
)
from golive.net.masking import masked_name
from golive.rules.findings import Finding, Findings


def judge_presence(manifest: VariableManifest, parts: Sequence[VariablesObservation]) -> Findings:
    """Every required variable of every part is there and not empty, none twice, and none is unknown."""
    return Findings(
        "variables are complete, and all of them known",
        sum(len(part.values) for part in parts),
        tuple(finding for part in parts for finding in _presence(manifest, part))
        + tuple(_parts_not_read(manifest, parts)),
    )


def _parts_not_read(manifest: VariableManifest, parts: Sequence[VariablesObservation]) -> Iterator[Finding]:
    read = {part.part for part in parts}
    for part in sorted(set(manifest.parts) - read):
        yield Finding(f"variables of {part}", "a source", "none in the profile", "configuration.variables")
    for part in sorted(read - set(manifest.parts)):
        yield Finding(f"variables of {part}", "a part of the manifest", "none", "configuration.variables")


def _presence(manifest: VariableManifest, part: VariablesObservation) -> Iterator[Finding]:
    known = manifest.parts.get(part.part, {})
    where = ", ".join(part.sources)
    for name, variable in known.items():
        value = part.values.get(name)
        if value is None:
            if variable.required:
                yield Finding(f"{part.part}.{name}", "a value", "none", where)
        elif not value.reveal().strip() and variable.required:
            yield Finding(f"{part.part}.{name}", "a value", "an empty one", part.places[name])
    for name in sorted(set(part.values) - set(known)):
        yield Finding(
            f"{part.part}.{masked_name(name, longest=60)}",
            "a variable of the manifest",
            "an unknown one: a misspelt name, or one to add to the manifest",
            part.places[name],
        )
    for name in part.contradictions:
        what = f"{part.part}.{masked_name(name, longest=60)}"
        yield Finding(what, "one value", "several, of which the last would count", where)


def judge_values(
    manifest: VariableManifest,
    parts: Sequence[VariablesObservation],
    *,
    stage: str,
    local: Mapping[str, str],
) -> Findings:
    """Every value is of its type, and none is a placeholder, forbidden, for debugging, or of this machine.

    Args:
        manifest: what each variable is.
        parts: their values.
        stage: what the release runs as.
        local: ``part.NAME`` of those that may name this machine, to the reason.
    """
    found: list[Finding] = []
    judged = 0
    for part in parts:
        known = manifest.parts.get(part.part, {})
        for name, secret in part.values.items():
            if name in known and secret.reveal():
                judged += 1
                what = f"{part.part}.{name}"
                problem = _value(known[name], name, secret.reveal(), stage, local_is_right=what in local)
                if problem is not None:
                    found.append(Finding(what, *problem, part.places[name]))
    return Findings(
        "values of variables are of their types, and meant for this deployment", judged, tuple(found)
    )


def _value(
    variable: Variable, name: str, value: str, stage: str, *, local_is_right: bool
) -> tuple[str, str] | None:
    if value.strip().lower() in {entry.lower() for entry in variable.forbidden}:
        return "no forbidden value", "one"
    if is_placeholder(value, secret=isinstance(variable, SecretVariable)):
        return "a real value", "a placeholder"
    if isinstance(variable, UrlVariable | DsnVariable | HostVariable):
        host = value if isinstance(variable, HostVariable) else host_of(value) or ""
        if is_example_host(host):
            return "a host of this deployment", "one of documentation"
        if is_local_host(host) and not local_is_right:
            return "a host that others reach", "this very machine"
    problem = mismatch(variable, value)
    if problem is not None:
        return problem.expected, problem.observed
    if not isinstance(variable, SecretVariable) and is_for_debugging(name, value):
        return "no debugging", "debugging switched on"
    if not isinstance(variable, SecretVariable) and is_of_another_stage(name, value, stage):
        return stage, "another stage"
    return None


def judge_distinct(manifest: VariableManifest, parts: Sequence[VariablesObservation]) -> Findings:
    """No two secrets are alike: whoever learns one has the other, and neither can be replaced alone.

    One secret may have several names: the same one in several parts, names that a rule calls the same, and
    the password of one role at several addresses.
    """
    same = {rule.variable: rule.same_as for rule in manifest.rules if rule.same_as is not None}
    holders: dict[str, dict[str, str]] = {}
    found: list[Finding] = []
    judged = 0
    for part in parts:
        for name in sorted(manifest.secret_names(part.part) & set(part.values)):
            what = f"{part.part}.{name}"
            value, holder = part.values[name].reveal(), same.get(what, what).partition(".")[2]
            if isinstance(manifest.parts[part.part][name], DsnVariable):
                value, holder = password_in(value), _role(value)
            if not value:
                continue  # that it must be there is said elsewhere
            judged += 1
            others = holders.setdefault(value, {})
            if others and holder not in others:
                observed = f"that of {next(iter(others.values()))}"
                found.append(Finding(what, "a secret of its own", observed, part.places[name]))
            others.setdefault(holder, what)
    return Findings("no two secrets are alike", judged, tuple(found))


def _role(dsn: str) -> str:
    """Whose password a connection URL has: the kind of server, and the role there."""
    try:
        parts = urlsplit(dsn)
    except ValueError:
        return ""  # it has no password to be compared either
    return f"{_SCHEMES.get(parts.scheme, parts.scheme)} {parts.username or ''}"


_SCHEMES = {"postgres": "postgresql", "rediss": "redis", "amqps": "amqp"}
"""Other names of a scheme."""


def judge_rules(
    manifest: VariableManifest, parts: Sequence[VariablesObservation], targets: Mapping[str, str]
) -> Findings:
    """What the manifest's rules say holds between variables, and between them and the profile.

    Args:
        manifest: with the rules.
        parts: values.
        targets: name of a target to its URL in the profile.
    """
    values = {
        f"{part.part}.{name}": secret.reveal() for part in parts for name, secret in part.values.items()
    }
    places = {f"{part.part}.{name}": place for part in parts for name, place in part.places.items()}
    found = []
    judged = 0
    for rule in manifest.rules:
        value = values.get(rule.variable)
        if not value:
            continue  # that it must be there is said elsewhere
        judged += 1
        problem = _rule(rule, value, values, targets)
        if problem is not None:
            found.append(Finding(rule.variable, *problem, places[rule.variable]))
    return Findings("variables agree with each other and with the profile", judged, tuple(found))


def _rule(
    rule: Rule, value: str, values: Mapping[str, str], targets: Mapping[str, str]
) -> tuple[str, str] | None:
    if rule.same_as is not None:
        other = values.get(rule.same_as)
        if other is None or other == value:
            return None
        return f"the same as {rule.same_as}", "another value"
    wanted = (rule.equals,) if rule.equals is not None else rule.under or ()
    known = {name: targets[name] for name in wanted if name in targets}
    words = " or ".join(f"targets.{name}.url" for name in wanted)
    if not known:
        return f"{words} of the profile to compare with", "no such target"
    if rule.equals is not None:
        same = value.rstrip("/") in {_as(url, value) for url in known.values()}
        return None if same else (f"{words} of the profile ({', '.join(known.values())})", "another URL")
    if _origin(value) in {_origin(url) for url in known.values()}:
        return None
    return f"a URL at the host of {words} ({', '.join(known.values())})", "one at another host"


def _as(url: str, value: str) -> str:
    """The profile's URL, as a WebSocket's where the variable is one."""
    return f"ws{url.removeprefix('http')}" if value.startswith("ws") else url


def _origin(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme, parts.netloc.lower()


def entropy_classes(manifest: VariableManifest, parts: Sequence[VariablesObservation]) -> dict[str, str]:
    """Return ``part.NAME`` to a word for how hard its secret is to guess; of a DSN its password counts."""
    classes = {}
    for part in parts:
        for name, variable in manifest.parts.get(part.part, {}).items():
            value = part.values[name].reveal() if name in part.values else ""
            if value and isinstance(variable, SecretVariable):
                classes[f"{part.part}.{name}"] = entropy_class(entropy_bits(value))
            elif value and isinstance(variable, DsnVariable):
                found = entropy_class(entropy_bits(password_in(value)))
                classes[f"{part.part}.{name}, its password"] = found
    return classes
