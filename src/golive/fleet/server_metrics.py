"""What a server says of itself in Prometheus' text format: processor, memory, disks, clock."""

import importlib
import math
from collections.abc import Iterable
from typing import Any

from golive.fleet.observation import ServerMetrics
from golive.fleet.profile import Series
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation

SERIES_AT_MOST = 50_000
_UNUSED = ("idle", "iowait")


def read_metrics(server: str, answer: HttpObservation, series: Series) -> ServerMetrics:
    """Read an answer in Prometheus' text format 0.0.4, or OpenMetrics' common part.

    Raises:
        ProtocolError: it is no 200, no such text, or has more than `SERIES_AT_MOST` samples.
    """
    if answer.status != 200:
        raise ProtocolError(f"metrics are answered by {answer.status}", target=answer.title, phase="read")
    samples = _samples(answer, {value for value in series.model_dump().values() if isinstance(value, str)})

    def only(name: str) -> float | None:
        values = [value for labels, value in samples.get(name, ())]
        return values[0] if len(values) == 1 else None

    cpu = samples.get(series.cpu_seconds, [])
    left = {labels.get("mountpoint", ""): value for labels, value in samples.get(series.disk_available, ())}
    disks = tuple(
        (labels.get("mountpoint", ""), size, left[labels.get("mountpoint", "")])
        for labels, size in samples.get(series.disk_size, ())
        if size > 0
        and labels.get("fstype", "") not in series.passing_filesystems
        and labels.get("mountpoint", "") in left
    )
    unused = [value for labels, value in cpu if labels.get("mode") in _UNUSED]
    return ServerMetrics(
        server=server,
        where=answer.title,
        cpu_seconds=math.fsum(value for _, value in cpu) if cpu else None,
        cpu_unused_seconds=math.fsum(unused) if unused else None,
        memory_total=only(series.memory_total),
        memory_available=only(series.memory_available),
        disks=disks,
        clock=only(series.clock),
    )


def _samples(answer: HttpObservation, wanted: set[str]) -> dict[str, list[tuple[dict[str, str], float]]]:
    # Imported only now: the package takes a quarter of a second, and few runs look at metrics.
    parser: Any = importlib.import_module("prometheus_client.parser")
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    count = 0
    try:
        families: Iterable[Any] = parser.text_string_to_metric_families(answer.text())
        for family in families:
            for sample in family.samples:
                count += 1
                if count > SERIES_AT_MOST:
                    raise ProtocolError(
                        f"more than {SERIES_AT_MOST} samples", target=answer.title, phase="read"
                    )
                if sample.name in wanted and math.isfinite(sample.value):
                    found.setdefault(sample.name, []).append((dict(sample.labels), float(sample.value)))
    except (ValueError, KeyError, IndexError, TypeError):
        raise ProtocolError("the answer is no Prometheus text", target=answer.title, phase="read") from None
    return found
