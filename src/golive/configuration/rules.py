"""What configuration files must be. Of a value at most the host is shown, where it is a URL."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from golive.configuration.observation import ConfigurationObservation
from golive.configuration.profile import ConfigurationFile
from golive.configuration.unfit_values import (
    host_of,
    is_example_host,
    is_for_debugging,
    is_local_host,
    is_of_another_stage,
    is_placeholder,
)
from golive.net.masking import masked_name
from golive.rules.findings import Finding, Findings

_MOST_ERRORS = 50
_WEB = ("http", "https", "ws", "wss")
File = tuple[ConfigurationFile, ConfigurationObservation]


def judge_schemas(files: Sequence[ConfigurationObservation]) -> Findings:
    """Every file validates against its JSON Schema (draft as its ``$schema`` says, else 2020-12)."""
    found = tuple(finding for file in files for finding in _misfits(file))
    return Findings("configuration files fit their schemas", len(files), found)


def _misfits(file: ConfigurationObservation) -> Iterator[Finding]:
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - half a second to import
    from jsonschema.validators import validator_for  # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415
    from referencing.exceptions import Unresolvable  # noqa: PLC0415

    kind = validator_for(file.schema, default=Draft202012Validator)
    where = f"schema of {file.name}"
    try:
        kind.check_schema(file.schema)
    except SchemaError as wrong:
        what = f"schema at {_path(wrong.path) or 'its top'}"
        yield Finding(what, "a valid JSON Schema", "an invalid one", where)
        return
    registry: Registry[Any] = Registry()  # one that fetches nothing
    validator = kind(file.schema, registry=registry, format_checker=kind.FORMAT_CHECKER)
    try:
        for number, error in enumerate(validator.iter_errors(file.document)):
            if number >= _MOST_ERRORS:
                return
            yield Finding(_path(error.path) or "the whole file", *_broken(error), file.name)
    except Unresolvable:
        yield Finding("schema", "to be complete in itself", "references that lead out of it", where)


def _broken(error: Any) -> tuple[str, str]:
    wanted, value = error.validator_value, error.instance
    if error.validator == "required" and isinstance(value, dict):
        return f"the keys {_names(wanted)}", f"no {_names(name for name in wanted if name not in value)}"
    if error.validator == "additionalProperties" and isinstance(value, dict):
        known = error.schema.get("properties", {})
        return "known keys only", f"also {_names(name for name in value if name not in known)}"
    if error.validator in ("anyOf", "oneOf", "not", "if", "allOf"):
        return "one of the schema's alternatives", "none of them"
    rule = json.dumps(wanted, ensure_ascii=False, default=str)
    return f"{error.validator} {masked_name(rule, longest=120)}", "something else"


def _names(names: Any) -> str:
    return ", ".join(masked_name(str(name), longest=60) for name in list(names)[:10])


def _path(path: Any) -> str:
    words = "".join(f"[{word}]" if isinstance(word, int) else f".{word}" for word in path)
    return masked_name(words.lstrip("."), longest=120)


def judge_fitness(files: Sequence[ConfigurationObservation], *, stage: str) -> Findings:
    """No value is a placeholder, of this machine, an example, for debugging, or of another stage."""
    found: list[Finding] = []
    judged = 0
    for file in files:
        for key, value in file.leaves:
            judged += 1
            problem = _unfit(key, value, stage)
            if problem is not None:
                found.append(Finding(masked_name(key, longest=120), *problem, file.name))
    return Findings("configuration is meant for this deployment", judged, tuple(found))


def _unfit(key: str, value: object, stage: str) -> tuple[str, str] | None:
    if is_for_debugging(key, value):
        return "no debugging", "debugging switched on"
    if not isinstance(value, str):
        return None
    host = host_of(value) or (value if key.rpartition(".")[2].lower().endswith("host") else "")
    if is_local_host(host) or value.strip().lower().partition(":")[0] == "localhost":
        return "a host that others reach", "this very machine"
    if is_example_host(host):
        return "a host of this deployment", "one of documentation"
    if is_placeholder(value):
        return "a real value", "a placeholder"
    if is_of_another_stage(key, value, stage):
        return stage, "another stage"
    return None


def judge_addresses(files: Sequence[File], targets: Mapping[str, str]) -> Findings:
    """URLs and origins are those of the profile, hence of each other, and no other host is named.

    Args:
        files: what the profile says of a file, and the file.
        targets: name of a target to its URL in the profile.
    """
    found: list[Finding] = []
    judged = 0
    for declared, file in files:
        urls = [(key, value) for key, value in file.leaves if _is_web(value)]
        judged += len(urls)
        found += _declared_urls(declared, file, targets)
        found += _origins(declared, file, targets)
        own = {host_of(url) for url in targets.values()} | set(declared.other_hosts)
        own |= {host_of(origin) for origin in declared.other_origins}
        at_targets = set(declared.urls.values())
        for key, value in urls:
            origins = declared.origins is not None and key.startswith(f"{declared.origins}[")
            if key not in at_targets and not origins and host_of(str(value)) not in own:
                observed = f"a host of somebody else ({_host(value)})"
                found.append(Finding(key, "a host of this deployment", observed, file.name))
    return Findings("addresses in configuration are those of the profile", judged, tuple(found))


def _declared_urls(
    declared: ConfigurationFile, file: ConfigurationObservation, targets: Mapping[str, str]
) -> Iterator[Finding]:
    for target, key in declared.urls.items():
        wanted = targets.get(target)
        value = file.at(key)
        if wanted is None:
            yield Finding(key, f"targets.{target} in the profile", "no such target", file.name)
        elif not isinstance(value, str) or value.rstrip("/") not in _spellings(wanted, target):
            observed = f"one at {_host(value)}" if _is_web(value) else "none"
            if host_of(str(value)) == host_of(wanted):
                observed = "another scheme, port or path at that host"
            yield Finding(key, f"{wanted}, the profile's targets.{target}", observed, file.name)


def _origins(
    declared: ConfigurationFile, file: ConfigurationObservation, targets: Mapping[str, str]
) -> Iterator[Finding]:
    if declared.origins is None:
        return
    value = file.at(declared.origins)
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    right = {_origin(url) for name, url in targets.items() if name == "app"}
    wanted = right | {_origin(url) for url in declared.other_origins}
    for origin in listed:
        if origin not in wanted:
            observed = "any origin (*)" if origin == "*" else f"also {_host(origin)}"
            expected = f"only {', '.join(sorted(wanted))}"
            yield Finding(declared.origins, expected, observed, file.name)
    for origin in sorted(right - {entry for entry in listed if isinstance(entry, str)}):
        yield Finding(declared.origins, f"the frontend's origin {origin}", "without it", file.name)


def _spellings(url: str, target: str) -> set[str]:
    return {url, f"ws{url.removeprefix('http')}"} if target == "realtime" else {url}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_web(value: object) -> bool:
    return isinstance(value, str) and value.partition("://")[0].lower() in _WEB and host_of(value) is not None


def _host(value: object) -> str:
    return masked_name(host_of(str(value)) or "no URL", longest=100)
