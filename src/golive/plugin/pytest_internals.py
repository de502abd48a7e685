"""All that the plugin uses of pytest beyond its public API, so that a new pytest is looked at in one place.

``pyproject.toml`` keeps pytest below its next major version for the same reason.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO, cast

import pytest
from _pytest.mark.expression import Expression
from _pytest.outcomes import Skipped
from _pytest.skipping import evaluate_skip_marks

__all__ = ["Expression", "Skipped"]

Definitions = Sequence[pytest.FixtureDef[Any]]


def will_be_skipped(item: pytest.Item) -> bool:
    """Whether a mark says so.

    Raises:
        pytest.fail.Exception: its condition cannot be evaluated.
    """
    return evaluate_skip_marks(item) is not None


def argument_names(item: pytest.Item) -> tuple[str, ...]:
    """Return the fixtures that the function names as its arguments."""
    return _function(item)._fixtureinfo.argnames


def fixtures_asked_for(item: pytest.Item) -> tuple[str, ...]:
    """Return the fixtures that function and marks ask for, and automatic ones; not what those ask for."""
    return _function(item)._fixtureinfo.initialnames


def fixture_definitions(item: pytest.Item) -> Mapping[str, Definitions]:
    """Return each fixture of the function's whole closure with its definitions, the one that counts last."""
    return _function(item)._fixtureinfo.name2fixturedefs


def definitions_seen_from(item: pytest.Item, name: str) -> Definitions:
    """Return the definitions of a fixture as ``item`` would find them; none where there is none."""
    return item.session._fixturemanager.getfixturedefs(name, item) or ()


def fixture_value(item: pytest.Item, name: str) -> Any:
    """Return a fixture's value for an item that is being set up; it is made where it is not there yet."""
    return _function(item)._request.getfixturevalue(name)


def tear_down(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Tear down what ``item`` has set up and ``nextitem`` does not need."""
    item.session._setupstate.teardown_exact(nextitem)


def standard_streams(config: pytest.Config) -> list[tuple[str, TextIO]]:
    """Return ``stdout`` and ``stderr``: what they are while pytest captures them, and while it does not.

    At ``pytest_configure`` it does not.
    """
    streams: list[tuple[str, TextIO]] = [("stdout", sys.stdout), ("stderr", sys.stderr)]
    manager = config.pluginmanager.get_plugin("capturemanager")
    captures = getattr(manager, "_global_capturing", None)
    for name, capture in (
        ("stdout", getattr(captures, "out", None)),
        ("stderr", getattr(captures, "err", None)),
    ):
        captured = getattr(getattr(capture, "syscapture", capture), "tmpfile", None)
        if captured is not None and all(captured is not stream for _, stream in streams):
            streams.append((name, captured))
    return streams


def width_of(reporter: pytest.TerminalReporter) -> int:
    """Return how many columns the terminal has."""
    return reporter._tw.fullwidth


def _function(item: pytest.Item) -> pytest.Function:
    return cast("pytest.Function", item)
