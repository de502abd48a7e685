"""Right forms of the same deployment: a healthy one in each of them must be found healthy.

A module is a subject, a class a form; writing it is all that is needed. `python -m rehearsal up --form NAME`
shows one.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from functools import cache

from rehearsal.forms.base import Form


@cache
def forms() -> dict[str, Form]:
    """Every form by its name, in alphabetical order."""
    found: dict[str, Form] = {}
    for module_info in pkgutil.iter_modules(__path__, f"{__name__}."):
        module = importlib.import_module(module_info.name)
        for member in vars(module).values():
            if inspect.isclass(member) and issubclass(member, Form) and member is not Form:
                found[member.name] = member()
    return dict(sorted(found.items()))


def named(names: Iterable[str]) -> list[Form]:
    """The forms called `names`, in that order. Raises KeyError for an unknown one."""
    return [forms()[name] for name in names]
