"""What Grafana answers a panel's queries: data frames, or errors (``/api/ds/query``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_name


@dataclass(frozen=True, slots=True)
class PanelAnswer:
    """What a panel shows. ``problem`` is empty where every query of it was answered."""

    problem: str
    series: int = 0
    points: int = 0
    """Values that are there, over all series; nothing and NaN are no values."""
    empty: tuple[str, ...] = ()
    """Reference ids of queries that were answered with nothing."""
    borrowed: bool = False


def read_answer(answer: HttpObservation, shown: Sequence[str]) -> PanelAnswer:
    """Read the answer to the queries ``shown``; what is none of Grafana's is a problem in words."""
    try:
        body = answer.json()
    except ProtocolError as error:
        return PanelAnswer(error.message)
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, dict):
        said = body.get("message") if isinstance(body, dict) else None
        words = masked_name(said) if isinstance(said, str) else "an answer that is none of Grafana's"
        return PanelAnswer(f"status {answer.status}: {words}")
    series, points, empty = 0, 0, []
    for reference in shown:
        result = results.get(reference)
        if not isinstance(result, dict):
            return PanelAnswer(f"query {reference} is not answered")
        wrong, status = result.get("error"), result.get("status", answer.status)
        if wrong or (isinstance(status, int) and status >= 400):
            return PanelAnswer(f"query {reference}: {masked_name(str(wrong or f'status {status}'))}")
        counts = [_values(frame) for frame in _list(result.get("frames"))]
        series += sum(count > 0 for count in counts)
        points += sum(counts)
        if not sum(counts):
            empty.append(reference)
    if answer.status >= 400:
        return PanelAnswer(f"status {answer.status}")
    return PanelAnswer("", series, points, tuple(empty))


def _values(frame: Any) -> int:
    """Values of a frame that are there, in fields that are no times."""
    schema = frame.get("schema") if isinstance(frame, dict) else None
    data = frame.get("data") if isinstance(frame, dict) else None
    fields = _list(schema.get("fields")) if isinstance(schema, dict) else []
    columns = _list(data.get("values")) if isinstance(data, dict) else []
    return sum(
        sum(value is not None and value != "" for value in _list(column))
        for field, column in zip(fields, columns, strict=False)
        if not (isinstance(field, dict) and field.get("type") == "time")
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
