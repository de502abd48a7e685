"""Values after a space: ``--checklist PATH`` as good as ``--checklist=PATH``.

pytest decides which folder is the project's before it knows the options of plugins. It takes such a value
for a path to tests, and where that lies outside the project, looks for the project's settings there.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from golive.plugin.options import OPTIONS_WITH_VALUES


def begin_again_joined(early_config: pytest.Config) -> None:
    """Begin again with the values joined to their options, where one is a path; before output is captured.

    Raises:
        SystemExit: that run has ended.
    """
    given = early_config.invocation_params
    joined = _joined(given.args, given.dir)
    if joined != list(given.args):
        raise SystemExit(pytest.main(joined, plugins=given.plugins))


def _joined(arguments: Sequence[str], folder: Path) -> list[str]:
    joined: list[str] = []
    rest = iter(map(str, arguments))
    for argument in rest:
        value = next(rest, None) if argument in OPTIONS_WITH_VALUES else None
        if value is None:
            joined.append(argument)
        elif (folder / value).exists():
            joined.append(f"{argument}={value}")
        else:
            joined += [argument, value]
        if argument == "--":
            joined += rest
    return joined
