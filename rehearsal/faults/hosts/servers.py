"""Servers whose clock is wrong, or that have nothing left."""

from __future__ import annotations

import time
from typing import Any

from rehearsal.faults.base import ApiFault, Fault
from rehearsal.stack.plan import StackPlan

SECONDS_BEHIND = 20.0
TOO_LITTLE_BYTES = 48 * 1024 * 1024


class _OneServer(ApiFault):
    """A defect of one server of the two."""

    def apply(self, stack: StackPlan) -> None:
        stack.replica("api-2").faults.append(self.name)


class ClockBehind(_OneServer):
    """The clock of one server is twenty seconds behind, by its Date and by its metrics."""

    name = "servers.clock-behind"
    expected_failures = ("infra.servers",)
    proves = ("test_clocks_of_servers_are_right",)

    def modify(self, app: Any) -> None:
        import uvicorn.server  # noqa: PLC0415 - only with this fault

        healthy = uvicorn.server.formatdate  # type: ignore[attr-defined]

        def formatdate(timeval: float | None = None, localtime: bool = False, usegmt: bool = False) -> str:
            now = time.time() if timeval is None else timeval
            return healthy(now - SECONDS_BEHIND, localtime, usegmt)

        uvicorn.server.formatdate = formatdate  # type: ignore[attr-defined]
        app.machine.clock = lambda: time.time() - SECONDS_BEHIND


class ProcessorBusy(_OneServer):
    """Something else uses 96 % of one server's processor."""

    name = "servers.processor-busy"
    expected_failures = ("infra.servers",)
    proves = ("test_every_server_has_headroom",)

    def modify(self, app: Any) -> None:
        healthy = app.machine.processor

        def processor() -> dict[str, float]:
            seconds = healthy()
            taken = seconds["idle"] * 0.96
            return {**seconds, "user": seconds["user"] + taken, "idle": seconds["idle"] - taken}

        app.machine.processor = processor


class MemoryShort(Fault):
    """One server has too little memory for what runs on it."""

    name = "servers.memory-short"
    expected_failures = ("infra.servers",)
    proves = ("test_every_server_has_headroom",)

    def apply(self, stack: StackPlan) -> None:
        stack.replica("api-2").environment["SERVER_MEMORY_BYTES"] = str(TOO_LITTLE_BYTES)


class MetricsMissing(_OneServer):
    """The metrics of one server say nothing about its resources any more."""

    name = "servers.metrics-missing"
    expected_failures = ("infra.servers",)
    proves = ("test_every_server_has_headroom",)

    def modify(self, app: Any) -> None:
        app.machine.render = lambda: []
