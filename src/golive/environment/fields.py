"""How values are written in a profile."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

from golive.model.duration import parse_duration


def _duration(value: object) -> object:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return value
    raise ValueError(f"{value!r} has no unit: write a duration such as '500 ms'")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
