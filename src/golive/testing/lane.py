"""A warm lane: one process that has imported, collected, started the environment, and takes orders."""

import os
import secrets
import selectors
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from golive.testing.errors import OF_ORDERS, LaneError
from golive.testing.orders import Answer, Order, Ready
from golive.testing.result import Result

DEADLINE_SECONDS = 240.0
_READY_SECONDS = 180.0
_SWITCH_SECONDS = 120.0
"""Longest that switching, or starting the environment anew, may keep an order."""
_END_SECONDS = 30.0
_TAIL_LINES = 15


class Lane:
    """Use it as a context manager; one order at a time."""

    def __init__(
        self,
        environment: str,
        *,
        root: Path,
        reports: Path,
        expression: str = "",
        arguments: Sequence[str] = (),
    ) -> None:
        """Start the process; `ready` waits for it.

        Args:
            environment: the profile whose environment the lane starts.
            root: the project's folder.
            reports: folder that runs are recorded below, each order's in a folder of its own.
            expression: the marker expression, which decides the scope of every run.
            arguments: what else pytest is given.
        """
        self._reports = reports
        self._reports.mkdir(parents=True, exist_ok=True)
        self._log = self._reports / f"lane-{secrets.token_hex(3)}.log"
        orders, self._orders_end = os.pipe()
        self._answers_end, answers = os.pipe()
        command = [sys.executable, "-m", "pytest", "-p", "golive.testing.serving", "--capture=sys"]
        # Reports for engineers, which nobody would open.
        command += ["-p", "no:html", "-p", "no:allure_pytest"]
        command += [f"--lane={orders},{answers}", f"--env={environment}"]
        command += ["-m", expression] if expression else []
        command += ["-o", f"golive_reports={self._reports}", *arguments]
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603 - pytest, with arguments of the suite's own tests
                command,
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(orders, answers),
                start_new_session=True,
            )
        os.close(orders)
        os.close(answers)
        self._orders: IO[bytes] = os.fdopen(self._orders_end, "wb", buffering=0)
        self._unread = b""
        self._count = 0
        self._ready: Ready | None = None

    def __enter__(self) -> "Lane":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def ready(self) -> Ready:
        """What there is to run, once the environment is up.

        Raises:
            LaneError: the process ended, or was not ready in time, with what it said last.
        """
        if self._ready is None:
            self._ready = Ready.model_validate_json(self._line(_READY_SECONDS, "was not ready"))
        return self._ready

    @property
    def has_ended(self) -> bool:
        """Whether its process is gone."""
        return self._process.poll() is not None

    def run(
        self,
        *,
        faults: Iterable[str] = (),
        checks: Iterable[str] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        whole_report: bool = False,
        fresh: bool = False,
    ) -> Result:
        """Run ``checks`` (functions or node ids; None for all) with exactly ``faults`` on.

        Raises:
            OrderFailedError, OverdueError, SwitchRefusedError, EnvironmentDiedError: the lane goes on.
            LaneError: it does not.
        """
        _ = self.ready
        self._count += 1
        order = Order(
            faults=tuple(faults),
            checks=None if checks is None else tuple(checks),
            reports=str(self._reports / f"{self._count:04d}"),
            deadline_seconds=deadline_seconds,
            whole_report=whole_report,
            fresh=fresh,
        )
        try:
            self._orders.write(order.model_dump_json().encode() + b"\n")
        except BrokenPipeError:
            raise LaneError(f"the lane has ended: {self._last_words()}") from None
        line = self._line(deadline_seconds + _SWITCH_SECONDS, "did not answer")
        answer = Answer.model_validate_json(line)
        if answer.error:
            raise OF_ORDERS[answer.error](answer.message)
        answered = {line for lines in self.ready.lines.values() for line in lines}
        return Result.of(answer, order.faults, answered)

    def terminate(self) -> None:
        """Have it end at once, from whichever thread: a `run` that waits for its answer raises LaneError."""
        self._process.terminate()

    def close(self) -> None:
        """End the lane, and with it its environment."""
        if not self._orders.closed:
            self._orders.close()
        for end in (None, self._process.terminate, self._process.kill):
            if end is not None:
                end()
            try:
                self._process.wait(_END_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        if self._answers_end >= 0:
            os.close(self._answers_end)
            self._answers_end = -1

    def _line(self, seconds: float, what: str) -> str:
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers_end, selectors.EVENT_READ)
            while b"\n" not in self._unread:
                if not selector.select(max(until - time.monotonic(), 0)):
                    raise LaneError(f"the lane {what} within {seconds:g} s: {self._last_words()}")
                found = os.read(self._answers_end, 65536)
                if not found:
                    self._process.wait(_END_SECONDS)
                    code = self._process.returncode
                    raise LaneError(f"the lane has ended (exit code {code}): {self._last_words()}")
                self._unread += found
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:]) or "it said nothing"
