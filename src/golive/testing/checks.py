"""The checks of a suite by the names that faults use, and whether each has its fault."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from golive.testing.errors import NamesNoCheckError, NoSuchCheckError, UnprovenChecksError
from golive.testing.fault import Fault


@dataclass(frozen=True, slots=True)
class Checks:
    """Every check that must be proven."""

    functions: tuple[str, ...]
    """As the manifest has them: ``folder/module.py::function``."""

    @classmethod
    def of(cls, functions: Iterable[str]) -> "Checks":
        """Return the checks of a manifest; each once, in order."""
        return cls(tuple(dict.fromkeys(functions)))

    def named(self, name: str) -> str:
        """Return the check that is called ``name``: its function, alone or behind ``module::``.

        Raises:
            NoSuchCheckError: there is none, or there are several.
        """
        found = [one for one in self.functions if one == name or one.endswith(f"/{_in_a_module(name)}")]
        found = found or [one for one in self.functions if one.rpartition("::")[2] == name]
        if not found:
            raise NoSuchCheckError(f"{name!r} is no check; is it misspelt, or was it renamed or deleted?")
        if len(found) > 1:
            raise NoSuchCheckError(f"{name!r} is {len(found)} checks: {', '.join(found)}; name the module")
        return found[0]

    def dedicated(self, fault: Fault) -> tuple[str, ...]:
        """Return the checks that ``fault`` is there to prove.

        Raises:
            NamesNoCheckError: it names none.
            NoSuchCheckError: a name is no check's.
        """
        if not fault.proves:
            raise NamesNoCheckError(f"{fault.name} names no check that it proves: add its name to `proves`")
        try:
            return tuple(dict.fromkeys(map(self.named, fault.proves)))
        except NoSuchCheckError as error:
            raise NoSuchCheckError(f"{fault.name}: {error}") from None

    def proven_by(self, faults: Iterable[Fault]) -> Mapping[str, Sequence[Fault]]:
        """Return each check with the faults that prove it.

        Raises:
            UnprovenChecksError: for checks that no fault names.
            NamesNoCheckError, NoSuchCheckError: as `dedicated`.
        """
        proven: dict[str, list[Fault]] = {check: [] for check in self.functions}
        for fault in faults:
            for check in self.dedicated(fault):
                proven[check].append(fault)
        without = [check for check, found in proven.items() if not found]
        if without:
            raise UnprovenChecksError(
                f"no fault names {', '.join(without)}: give one that turns it red its name in `proves`"
            )
        return proven

    def beside(self, checks: Iterable[str]) -> tuple[str, ...]:
        """Return the other checks of the modules that ``checks`` stand in."""
        wanted = set(checks)
        modules = {check.partition("::")[0] for check in wanted}
        return tuple(one for one in self.functions if one not in wanted and one.partition("::")[0] in modules)


def _in_a_module(name: str) -> str:
    """``module::function`` as the end of a function's full name."""
    module, separator, function = name.rpartition("::")
    return f"{module.removesuffix('.py')}.py::{function}" if separator else name
