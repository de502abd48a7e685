"""`python warm_process.py FD`: runs pytest in forks of this process, which has imported what it needs.

An order is one message on the socket, with the file that is to be the fork's output; answers are `{"pid"}`,
and `{"ended": pid, "code"}` once that one has ended. A fork does what `python -m pytest` does in a new
interpreter.
"""

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import random
import runpy
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import pytest

MESSAGE_BYTES = 1 << 17
SETTINGS = """\
[pytest]
golive_checks = tests
addopts = -p no:cacheprovider -p no:anyio -p no:hypothesispytest -p no:valkey
"""
PROFILE = """\
schema = 1
title = "Warm"
[release]
version = "1"
[control]
targets = ["127.0.0.1:9"]
[allow.hosts]
"""
CHECKLIST = '# Warm\n\n<!-- golive: max-age="1 h" owner=QA phase=smoke -->\n\n- [ ] It is warm `warm`\n'
LATER = (
    "concurrent.futures.thread",
    "encodings.unicode_escape",
    "golive.report.html",
    "golive.report.junit",
    "golive.report.markdown",
    "golive.report.summary",
)
"""Modules that a run imports only when it comes to need them."""
_AS_NEW = {
    # Whoever started the tests in the background had Ctrl-C ignored, and children inherit that.
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
    signal.SIGCHLD: signal.SIG_DFL,
}


def main() -> int:
    """Serve orders until nobody can send any."""
    line = socket.socket(fileno=int(sys.argv[1]))
    _warm_up()
    running: set[int] = set()
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == woken:
                    os.read(woken, 4096)
                    _tell_of_ended(running, line)
                    continue
                message, files, _, _ = socket.recv_fds(line, MESSAGE_BYTES, 1)
                if not message:
                    _kill(running)
                    return 0
                pid = os.fork()
                if pid == 0:
                    selector.close()
                    _run(json.loads(message), files[0], [line.detach(), woken, waking])
                os.close(files[0])
                running.add(pid)
                line.send(json.dumps({"pid": pid}).encode())


def _warm_up() -> None:
    """Have pytest import its plugins itself, as it does in every run: it changes their assertions."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("tests", "environments"):
            Path(folder, name).mkdir()
        Path(folder, "pytest.ini").write_text(SETTINGS, encoding="utf-8")
        Path(folder, "environments", "warm.toml").write_text(PROFILE, encoding="utf-8")
        Path(folder, "checklist.md").write_text(CHECKLIST, encoding="utf-8")
        before = Path.cwd()
        os.chdir(folder)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            # What looks at checks imports all that a run does, and leaves nothing behind.
            code = pytest.main(["--checklist-coverage", "-q"])
        os.chdir(before)
        assert code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED), said.getvalue()
    for module in LATER:
        importlib.import_module(module)
    # Only now, or it would be there before pytest could change it.
    from golive.report.html import _environment

    templates = _environment()
    for name in templates.list_templates():
        templates.get_template(name)
    gc.collect()
    gc.freeze()


def _tell_of_ended(running: set[int], line: socket.socket) -> None:
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            running.remove(pid)
            code = os.waitstatus_to_exitcode(status)
            line.send(json.dumps({"ended": pid, "code": code}).encode())


def _kill(running: Iterable[int]) -> None:
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _run(order: dict[str, Any], output: int, inherited: Iterable[int]) -> NoReturn:
    """Be a run of pytest: nothing of what this process was may be seen by it."""
    code: int | str | None = 1
    try:
        signal.set_wakeup_fd(-1)
        for number, handler in _AS_NEW.items():
            signal.signal(number, handler)
        os.setsid()
        for target in (1, 2):
            os.dup2(output, target)
        for file in (output, *inherited):
            os.close(file)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["variables"])
        time.tzset()
        random.seed()
        tempfile.tempdir = None
        sys.path[0] = order["folder"]
        sys.argv = ["pytest", *order["arguments"]]
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ending:
        code = ending.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        # All that the end of an interpreter does, but for taking down what is about to vanish anyway.
        threading._shutdown()
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    sys.exit(main())
