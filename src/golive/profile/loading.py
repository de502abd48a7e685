"""Reading profiles strictly: what is wrong is said with file, key and remedy, before any request."""

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from golive.profile.allow import not_allowed
from golive.profile.base import Absent
from golive.profile.profile import Profile, profile_model
from golive.profile.registry import SectionError
from golive.profile.subjects import SubjectError, load_subjects, project_of


class ProfileError(ValueError):
    """A profile cannot be used; one message a line, each with file, key and remedy."""


def available_environments(folder: Path) -> tuple[str, ...]:
    """Return the names that ``--env`` accepts, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if path.stem != "variables"))


def load_profile(path: Path, *, overlay: Mapping[str, Any] | None = None) -> Profile:
    """Read the profile at ``path``, with ``overlay`` merged over it key by key.

    Args:
        path: a TOML file.
        overlay: what a started environment says of itself, such as its addresses.

    Raises:
        ProfileError: the file cannot be read, is no TOML, or does not fit the model.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{path}: cannot be read: {error}") from error
    try:
        load_subjects(project_of(path))
        return profile_model().model_validate(_merge(document, overlay or {}))
    except (SubjectError, SectionError) as error:
        raise ProfileError(str(error)) from None
    except ValidationError as error:
        raise ProfileError("\n".join(_explain(path, entry) for entry in error.errors())) from None


def refuse_hosts(profile: Profile, *, source: str) -> None:
    """Refuse a profile that has the suite speak to hosts to which it does not allow anything.

    Args:
        profile: complete, with what a started environment says of itself.
        source: its file, for messages.

    Raises:
        ProfileError: one line for each key that names such a host.
    """
    found = [
        f"{source}: {key}: every request to {host} would be refused — "
        f'add "{host}" = {{}} to [allow.hosts], with the methods that may be sent'
        for key, host in not_allowed(profile, profile.allow)
    ]
    if found:
        raise ProfileError("\n".join(found))


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = (
            _merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def _explain(path: Path, entry: Any) -> str:
    keys = _keys_of_the_file(entry["loc"])
    key = ".".join(keys) or "(the whole file)"
    if entry["type"] == "extra_forbidden":
        known = _known_keys(entry["loc"][:-1])
        near = difflib.get_close_matches(keys[-1], known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known) or 'nothing'}"
        return f"{path}: {key}: unknown key — {hint}"
    if entry["type"] == "missing":
        return f"{path}: {key}: missing — add it"
    message = str(entry["msg"]).removeprefix("Value error, ")
    if not keys and _NAMES_ITS_KEY.match(message):
        return f"{path}: {message}"
    return f"{path}: {key}: {message}"


def _keys_of_the_file(location: Sequence[str | int]) -> list[str]:
    # pydantic's locations also name the chosen member of a union, which is no key of the file.
    keys = [str(part) for part in location if str(part) not in _PRESENCE and part != _OF_A_KEY]
    if keys[:1] == ["authentication"]:
        del keys[1:2]
    return keys


_NAMES_ITS_KEY = re.compile(r"[a-z_]+(\.[a-z_0-9-]+)+: ")
"""An objection over several sections says itself where it stands."""
_OF_A_KEY = "[key]"
"""What pydantic adds to the location of a key that is wrong itself."""
_PRESENCE = {"(present)": False, "(absent)": True}


def _known_keys(location: Sequence[str | int]) -> list[str]:
    models: list[type[BaseModel]] = [profile_model()]
    for part in map(str, location):
        if part in _PRESENCE:
            models = [model for model in models if (model is Absent) == _PRESENCE[part]]
            continue
        annotations = [
            entry.annotation for model in models for name, entry in model.model_fields.items() if name == part
        ]
        inner = [model for annotation in annotations for model in _models_in(annotation)]
        models = inner or models
    return sorted({entry.alias or name for model in models for name, entry in model.model_fields.items()})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models_in(argument)]
