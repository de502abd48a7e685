"""Finding subjects: the engine's own, those of installed packages, and those that a project names.

A subject is a package. Its modules ``profile`` and ``profile_*`` declare sections of profiles when they are
imported; ``fixtures`` and ``fixtures_*`` have fixtures for checks; ``rules`` and ``rules_*`` declare network
cases. Nothing lists the engine's own.
"""

import importlib
import importlib.util
import pkgutil
import sys
import tomllib
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from pathlib import Path

GROUP = "golive.subjects"
"""Entry points by which an installed package adds subjects; their values are packages."""


class SubjectError(ValueError):
    """A project names a subject that cannot be used; the message has file, key and remedy."""


def load_subjects(project: Path | None = None) -> tuple[str, ...]:
    """Import what declares sections, of every subject; importing again does nothing.

    Args:
        project: folder of a suite, whose pyproject.toml may name subjects beside it:
            ``[tool.golive] subjects = ["shop"]``. None for none.

    Returns:
        Names of the modules that have fixtures for checks.

    Raises:
        SubjectError: pyproject.toml cannot be read, or names what is no package with such modules.
    """
    packages = [*_installed(), *(_of_project(project) if project is not None else ())]
    _LOADED.update(dict.fromkeys(packages))
    return tuple(module for package in dict.fromkeys(packages) for module in _declared(package))


def load_rules() -> None:
    """Import the rules of every subject, those that projects named too; they declare their cases."""
    for package in dict.fromkeys((*_installed(), *_LOADED)):
        for name in _modules(_folders(package), "rules"):
            importlib.import_module(f"{package}.{name}")


_LOADED: dict[str, None] = {}
"""Packages that were asked for sections."""


@cache
def _installed() -> tuple[str, ...]:
    # Once: it reads a file of every installed package, and is asked for with every `needs` of a check.
    return (*_own(), *(entry.value for entry in entry_points(group=GROUP)))


def project_of(path: Path) -> Path | None:
    """Return the nearest folder above ``path`` that has a pyproject.toml; None where none has."""
    return next((folder for folder in path.resolve().parents if (folder / "pyproject.toml").is_file()), None)


@cache
def _own() -> tuple[str, ...]:
    engine = Path(__file__).parents[1]
    folders = sorted(path.parent.name for path in engine.glob("*/__init__.py"))
    return tuple(
        f"golive.{name}" for name in folders if _modules([str(engine / name)], "profile", "fixtures")
    )


def _of_project(project: Path) -> list[str]:
    file = project / "pyproject.toml"
    if not file.is_file():
        return []
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("golive", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SubjectError(f"{file}: cannot be read: {error}") from None
    names = settings.get("subjects", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SubjectError(f'{file}: tool.golive.subjects: a list of packages, such as ["shop"]')
    if names and str(project) not in sys.path:
        sys.path.insert(0, str(project))
    for name in names:
        if _spec(name) is None:
            raise SubjectError(
                f"{file}: tool.golive.subjects: no package {name!r} — it lies in {project}, or is installed"
            )
    return names


def _spec(name: str) -> ModuleSpec | None:
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return found if found is not None and found.submodule_search_locations is not None else None


@cache
def _declared(package: str) -> tuple[str, ...]:
    modules = _modules(_folders(package), "profile", "fixtures")
    for name in modules:
        if name.startswith("profile"):
            _import(f"{package}.{name}")
    return tuple(f"{package}.{name}" for name in modules if name.startswith("fixtures"))


def _folders(package: str) -> list[str]:
    spec = _spec(package)
    if spec is None:
        raise SubjectError(f"{package}: an entry point of {GROUP} names it, and there is no such package")
    return list(spec.submodule_search_locations or ())


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except ImportError as error:
        raise SubjectError(
            f"{name}: cannot be imported: {error} — install it, or correct the module"
        ) from error


def _modules(folders: list[str], *kinds: str) -> list[str]:
    names = sorted(module.name for module in pkgutil.iter_modules(folders))
    return [name for name in names if name.partition("_")[0] in kinds]
