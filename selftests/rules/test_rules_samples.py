"""Only times that were taken without the suite's own load are the target's: the others are asked again."""

from dataclasses import replace

import pytest

from golive.core.outcome import Blind
from golive.net.http_observation import HttpObservation, Timings
from golive.rules.samples import Samples

TIMES = Timings(connect_ms=2.0, tls_ms=5.0, first_byte_ms=30.0, total_ms=40.0, sending_ms=1.0)
ALONE = HttpObservation("GET", "https://app.test/", None, 200, "HTTP/2", (), b"", TIMES, host="app.test")
LOADED = replace(ALONE, own_load="3 other requests at the same time")


def taken(samples: Samples, answers: list[HttpObservation]) -> int:
    """How many of the answers it wanted."""
    for number, answer in enumerate(answers):
        if not samples.wanted:
            return number
        samples.add(answer)
    return len(answers)


def test_as_many_as_are_wanted_are_taken() -> None:
    samples = Samples(3)
    assert taken(samples, [ALONE] * 9) == 3
    assert samples.ms == (40.0, 40.0, 40.0)


def test_a_time_under_own_load_is_none_and_another_is_taken_for_it() -> None:
    samples = Samples(3)
    assert taken(samples, [ALONE, LOADED, ALONE, LOADED, ALONE, ALONE]) == 5
    assert len(samples.ms) == 3
    assert samples.left_out == 2


def test_the_first_byte_can_be_what_is_measured() -> None:
    samples = Samples(1, of=lambda answer: answer.timings.to_first_byte_ms)
    taken(samples, [ALONE])
    assert samples.ms == (38.0,)


@pytest.mark.parametrize(
    "answers", [[LOADED] * 99, [ALONE] * 2 + [LOADED] * 99, [ALONE, LOADED, LOADED] * 33]
)
def test_a_suite_that_is_never_alone_is_blind_and_accuses_nobody(answers: list[HttpObservation]) -> None:
    with pytest.raises(
        Blind, match=r"under the suite's own load \(3 other requests at the same time\)"
    ) as blind:
        taken(Samples(40), answers)
    assert "app.test" in blind.value.reason
