"""What error tracker, log store and status page must show."""

from collections.abc import Sequence
from datetime import timedelta

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.monitoring.observation_watching import LogLines, StatusPageObservation, TrackedError
from golive.monitoring.personal_data import PersonalData
from golive.monitoring.profile_watching import StatusPage
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.rules.failure import fail


def expect_taken(answer: HttpObservation) -> None:
    """The tracker takes an envelope."""
    if answer.status != 200:
        fail("marked error", expected="to be taken (200)", observed=f"status {answer.status}",
              where=answer.target)  # fmt: skip


def expect_tracked(tracked: TrackedError, *, within: timedelta) -> None:
    """A marked error is found, with its marker."""
    if not tracked.found:
        observed = "an event without its marker" if tracked.status == 200 else f"status {tracked.status}"
        fail(
            f"marked error {tracked.marker}",
            expected=f"to be found within {format_duration(within)}",
            observed=f"{observed} after {tracked.seconds:.0f} s",
            where=tracked.where,
        )


def expect_scrubbed(
    texts: Sequence[str], personal: PersonalData, kinds: Sequence[str], *, what: str, where: str
) -> None:
    """None of the marked personal data comes back, of the kinds that are named.

    Raises:
        AssertionError: one does.
        Blind: there is nothing to look for it in, or no kind is named.
    """
    if not any(texts):
        raise Blind(f"there is nothing of {what} to look for personal data in", remedy="have it found first")
    if not kinds:
        raise Blind(f"no kind of personal data is named for {what}", remedy="name them as 'scrubbed'")
    for kind in kinds:
        if any(personal.found_in(text, [kind]) for text in texts):
            fail(
                f"{kind} in {what}",
                expected="to be scrubbed before it is kept",
                observed="it comes back as it was sent",
                where=where,
            )


def expect_logged(lines: LogLines, *, within: timedelta) -> None:
    """At least one line carries the marker."""
    if not lines.lines:
        fail(
            "line of the marked request",
            expected=f"to be found within {format_duration(within)}",
            observed=f"none after {lines.seconds:.0f} s",
            where=lines.title,
        )


def expect_status_page(page: StatusPageObservation, declared: StatusPage) -> None:
    """The page answers in its own words, and shows every component that users are told about."""
    if page.problem:
        fail("status page", expected="an answer of its API", observed=page.problem, where=page.where)
    missing = [name for name in declared.components if name not in page.components]
    if missing or not declared.components:
        shown = ", ".join(masked_text(name, longest=60) for name in list(page.components)[:10])
        fail(
            "components of the status page",
            expected=f"{', '.join(missing) or 'some to be named'} among them",
            observed=shown or "none",
            where=page.where,
        )
