"""What HTTP cases are asked of, and what a profile asks of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from golive.core.outcome import Unseen
from golive.http.observation import Answer, HttpSurvey
from golive.net.headers import read_policies
from golive.net.http_observation import HttpObservation
from golive.net.markup import policies_in
from golive.rules.declared import Cases


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """What the profile asks."""

    now: datetime
    hsts_max_age: timedelta
    clock_skew: timedelta = timedelta(minutes=1)
    serves_pages: bool = False
    """Whether people visit the host; what serves an API or assets may have no home page."""


HTTP: Cases[HttpSurvey, [HttpPolicy]] = Cases(HttpSurvey, host=lambda survey: survey.host)


def all_read(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Unseen]:
    """Every stylesheet and script of the page's own site was read, or is not there."""
    if survey.unread:
        more = f" and {len(survey.unread) - 1} more" if len(survey.unread) > 1 else ""
        yield Unseen(
            f"{survey.unread[0]}{more} could not be read",
            "have the page's own scripts and stylesheets answer, and allow their hosts in allow.hosts",
        )


def pages(survey: HttpSurvey) -> Iterator[HttpObservation]:
    """Yield the home page and everything on the way from it, over HTTPS."""
    for answer in answered(survey.home, *survey.way):
        if urlsplit(answer.url).scheme == "https":
            yield answer


def upgrades(survey: HttpSurvey) -> bool:
    """Whether browsers fetch by https what the page names by http (Upgrade Insecure Requests, 3.1)."""
    for end in answered(survey.end):
        policies = [*end.header_values("content-security-policy"), *policies_in(end.text())]
        return any("upgrade-insecure-requests" in policy for policy in read_policies(policies))
    return False


def answered(*answers: Answer) -> Iterator[HttpObservation]:
    """Yield those that are answers."""
    for answer in answers:
        if isinstance(answer, HttpObservation):
            yield answer
