"""Where a check broke: file, line and function of each frame. No source is ever parsed for it.

pytest parses whole files to quote them, and ``traceback`` a line for its carets. Python 3.11 fails in that
where another thread or the garbage collector comes between (CPython gh-106905), and takes the run along.
"""

import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from golive.plugin.collection.binding import BINDING


def plain_trace(error: BaseException, *, since: Path | None = None) -> str:
    """Return the traceback of ``error``, with its causes, each from its first frame in ``since`` on."""
    found = traceback.TracebackException.from_exception(error)
    _simplify(found, str(since) if since else "")
    return "".join(found.format())


def _simplify(found: traceback.TracebackException | None, since: str) -> None:
    if found is None:
        return
    names = [frame.filename for frame in found.stack]
    if since in names:
        del found.stack[: names.index(since)]
    for frame in found.stack:
        # Without columns nothing is underlined, and so nothing parsed.
        frame.colno = frame.end_colno = None
    for other in (found.__cause__, found.__context__, *(getattr(found, "exceptions", None) or ())):
        _simplify(other, since)


def report_of(item: pytest.Item, call: pytest.CallInfo[None], text: str) -> pytest.TestReport:
    """Return pytest's report of a failed phase, which says ``text``."""
    failed: Any = SimpleNamespace(
        when=call.when, start=call.start, stop=call.stop, duration=call.duration, excinfo=text
    )
    return pytest.TestReport.from_item_and_call(item, failed)


class PlainTraces:
    """Makes the reports of checks instead of pytest."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport | None:
        """Report a failed phase of a check in plain words; leave everything else to pytest."""
        error = call.excinfo.value if call.excinfo else None
        if error is None or BINDING not in item.stash or _only_skips(error):
            return None
        return report_of(item, call, plain_trace(error, since=item.path))


def _only_skips(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.split(pytest.skip.Exception)[1] is None
    return isinstance(error, pytest.skip.Exception)
