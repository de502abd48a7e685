"""The server that a replica runs on, in node_exporter's words.

Each replica stands for a server of its own: one processor and so much memory, of which its process uses
what it uses. The disk is the machine's own.
"""

from __future__ import annotations

import time

import psutil

MEBIBYTE = 1024 * 1024


class Machine:
    """What the server has and uses; every part may be replaced before the process begins to serve."""

    def __init__(self, memory_bytes: int) -> None:
        self._process = psutil.Process()
        self._started = time.monotonic()
        self._memory_bytes = memory_bytes

    def processor(self) -> dict[str, float]:
        """Seconds of the one processor by mode, since the start."""
        spent = self._process.cpu_times()
        idle = max(0.0, time.monotonic() - self._started - spent.user - spent.system)
        return {"user": spent.user, "system": spent.system, "idle": idle}

    def memory(self) -> tuple[int, int]:
        """Bytes in all, and bytes that are available."""
        return self._memory_bytes, max(0, self._memory_bytes - self._process.memory_info().rss)

    def disk(self) -> tuple[int, int]:
        """Bytes in all, and bytes that are left."""
        usage = psutil.disk_usage("/")
        return usage.total, usage.free

    def clock(self) -> float:
        """Unix time."""
        return time.time()

    def render(self) -> list[str]:
        """Lines of the metrics page."""
        memory, available = self.memory()
        size, left = self.disk()
        disk = '{mountpoint="/",device="rehearsal",fstype="ext4"}'
        lines = [
            "# HELP node_cpu_seconds_total Seconds of each mode.",
            "# TYPE node_cpu_seconds_total counter",
        ]
        lines += [
            f'node_cpu_seconds_total{{cpu="0",mode="{mode}"}} {seconds:.3f}'
            for mode, seconds in self.processor().items()
        ]
        gauges = [
            ("node_memory_MemTotal_bytes", "", memory),
            ("node_memory_MemAvailable_bytes", "", available),
            ("node_filesystem_size_bytes", disk, size),
            ("node_filesystem_avail_bytes", disk, left),
            ("node_time_seconds", "", f"{self.clock():.3f}"),
        ]
        for name, labels, value in gauges:
            lines += [f"# TYPE {name} gauge", f"{name}{labels} {value}"]
        return lines
