"""What has ended has ended everywhere: for every replica, for the public address, for every open door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail
from golive.rules.http import expect_not_rate_limited, is_let_in, refuses_in_its_body

_REFUSED = (401, 403, 404, 410)


@dataclass(frozen=True, slots=True)
class Look:
    """One try to get in at one place."""

    place: str
    """A replica's name, or ``the public address``."""
    answer: HttpObservation

    @property
    def opens(self) -> bool:
        """Whether it let somebody in."""
        return is_let_in(self.answer) and not refuses_in_its_body(self.answer)

    @property
    def refuses(self) -> bool:
        """Whether it turned somebody away, or knows nothing of what was asked for."""
        return self.answer.status in _REFUSED or (is_let_in(self.answer) and refuses_in_its_body(self.answer))


def expect_open_everywhere(looks: Sequence[Look], *, what: str) -> None:
    """Before it ends it opens at every place: the twin without which a refusal shows nothing.

    Raises:
        Blind: it does not.
    """
    closed = [look for look in looks if not look.opens]
    if closed or not looks:
        seen = ", ".join(f"{look.answer.status} at {look.place}" for look in closed) or "nothing asked"
        raise Blind(
            f"{what} does not open everywhere even before it ends ({seen}), so its end would show nothing",
            remedy="have every replica let in what is right first (see the line's other checks)",
        )


def expect_closed_everywhere(looks: Sequence[Look], *, what: str, done_at: str, within: timedelta) -> None:
    """After its end it opens nowhere.

    Args:
        looks: the last look at each place, taken when ``within`` had passed or the place had refused.
        what: what has ended, such as "a session that its owner ended".
        done_at: the place at which it was ended.
        within: how long places may take to notice.

    Raises:
        AssertionError: it still opens somewhere, or a place answers by an accident.
        Blind: the rate limit was met.
    """
    opened = [look for look in looks if look.opens]
    where = (opened or list(looks))[0].answer.title if looks else "nothing was asked"
    if opened or not looks:
        fail(
            f"{what} is not over everywhere",
            expected=f"refused at every place within {format_duration(within)}",
            observed=f"ended at {done_at}, still let in at {', '.join(look.place for look in opened)}",
            where=where,
        )
    for look in looks:
        expect_not_rate_limited(look.answer, f"{what}, tried again at {look.place}")
        if not look.refuses:
            fail(
                f"{what}, tried again at {look.place}",
                expected="refused",
                observed=f"{look.answer.status}: neither let in nor refused",
                where=look.answer.title,
            )
