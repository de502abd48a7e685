"""`python -m rehearsal.services.forking`: starts services as forks of one process that has imported them all.

A service so starts in a tenth of the time that a new interpreter needs, each time one is changed. Orders come
on standard input, a JSON line each: `{"module", "environment", "directory", "log"}`. Answers go to standard
output: `{"pid"}` for each order, in their order, and `{"ended", "code"}` for each service that has ended. At
the end of its input every service is ended with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import sys
import warnings
from typing import Any, NoReturn

from rehearsal.faults import named

WARM = (
    "rehearsal.services.api.__main__",
    "rehearsal.services.api.v2",
    "rehearsal.services.forge.__main__",
    "rehearsal.services.identity_provider.__main__",
    "rehearsal.stack.network.asset_edge",
    "rehearsal.third_party.__main__",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)
"""What services import, most of it when they are first asked."""


def main() -> int:
    """Serve orders until the end of standard input."""
    for module in WARM:
        importlib.import_module(module)
    gc.freeze()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    running: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        selector.register(reading, selectors.EVENT_READ)
        begun = b""
        while True:
            for key, _ in selector.select():
                if key.fd == reading:
                    os.read(reading, 4096)
                    _tell_of_ended(running)
                    continue
                received = os.read(key.fd, 65_536)
                if not received:
                    _end(running)
                    return 0
                *orders, begun = (begun + received).split(b"\n")
                for order in orders:
                    running.add(_fork(json.loads(order)))


def _tell(answer: dict[str, int]) -> None:
    os.write(sys.stdout.fileno(), f"{json.dumps(answer)}\n".encode())


def _tell_of_ended(running: set[int]) -> None:
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            running.remove(pid)
            _tell({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _end(running: set[int]) -> None:
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _fork(order: dict[str, Any]) -> int:
    if order["environment"].get("REHEARSAL_FAULTS"):
        # Here, once, where every service that has a fault would import all of them again.
        named(())
        gc.freeze()
    pid = os.fork()
    if pid == 0:
        _serve(order)
    _tell({"pid": pid})
    return pid


def _serve(order: dict[str, Any]) -> NoReturn:
    """Become the service; as far as it can tell, it was started by itself."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.closerange(3, 64)
        os.chdir(order["directory"])
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = [order["module"]]
        # Imported before it is run: that is the point.
        warnings.filterwarnings("ignore", message=".*found in sys.modules.*", category=RuntimeWarning)
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
