"""This machine's clock beside others: asked once, when somebody first needs to know."""

from golive.net.suite_clock import Clock, ClockComparison, ClockState
from golive.profile.profile import Profile
from golive.tls.clock_survey import survey_clock


class ComparedClock:
    """Remembers what others said of this machine's clock."""

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self._profile = profile
        self._clock = clock
        self._seen: ClockComparison | None = None

    async def compare(self) -> ClockComparison:
        """What is known of the clock."""
        if self._seen is None:
            self._seen = await survey_clock(self._profile, self._clock)
        return self._seen

    async def is_right(self) -> bool:
        """Whether it is known to be right."""
        return (await self.compare()).state is ClockState.RIGHT

    def notes(self) -> list[str]:
        """What a reader must know of it; nothing where it is right, or nobody needed it."""
        if self._seen is None or self._seen.state is ClockState.RIGHT:
            return []
        ended = "no waiver and no signed record counted, for each of them ends"
        return [f"{self._seen.words}: {ended}; {self._seen.remedy}"]
