"""Counters of this process in Prometheus' text format."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter, defaultdict

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """HTTP requests by method, route and status; their durations; real-time connections."""

    def __init__(self, instance: str, release: str) -> None:
        self._instance = instance
        self._release = release
        self._started = time.time()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS_SECONDS) + 1))
        self._seconds: dict[str, float] = defaultdict(float)
        self.realtime_connections = 0
        self.realtime_messages = 0

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Record one answered request; `route` is the pattern, not the path, to keep the series few."""
        self._requests[method, route, status] += 1
        self._seconds[route] += seconds
        place = next((i for i, edge in enumerate(BUCKETS_SECONDS) if seconds <= edge), len(BUCKETS_SECONDS))
        self._buckets[route][place] += 1

    def render(self) -> str:
        """The page of /metrics."""
        lines = [
            "# HELP http_requests_total Answered HTTP requests.",
            "# TYPE http_requests_total counter",
        ]
        for (method, route, status), count in sorted(self._requests.items()):
            lines.append(
                f'http_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
            )
        lines += [
            "# HELP http_request_duration_seconds Duration of HTTP requests.",
            "# TYPE http_request_duration_seconds histogram",
        ]
        for route, buckets in sorted(self._buckets.items()):
            total = 0
            for edge, count in zip((*map(str, BUCKETS_SECONDS), "+Inf"), buckets, strict=True):
                total += count
                lines.append(f'http_request_duration_seconds_bucket{{route="{route}",le="{edge}"}} {total}')
            lines.append(f'http_request_duration_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}')
            lines.append(f'http_request_duration_seconds_count{{route="{route}"}} {total}')
        lines += [
            *_single("socketio_connections", "gauge", "Open real-time connections.",
                     self.realtime_connections),
            *_single("socketio_messages_total", "counter", "Real-time messages from clients.",
                     self.realtime_messages),
            *_single("process_start_time_seconds", "gauge", "Start of the process, Unix time.",
                     f"{self._started:.3f}"),
            *_single("process_cpu_seconds_total", "counter", "Processor time used.",
                     f"{time.process_time():.3f}"),
            *_single("process_resident_memory_bytes", "gauge", "Largest resident memory.",
                     _resident_bytes()),
            "# HELP app_info Release identity of this process.",
            "# TYPE app_info gauge",
            f'app_info{{instance="{self._instance}",release="{self._release}",pid="{os.getpid()}"}} 1',
        ]  # fmt: skip
        return "\n".join(lines) + "\n"


def _single(name: str, kind: str, description: str, value: object) -> list[str]:
    return [f"# HELP {name} {description}", f"# TYPE {name} {kind}", f"{name} {value}"]


def _resident_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
