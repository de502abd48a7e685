"""What a profile says of who watches: error tracker, log store, dashboards, on-call calendar, channels."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from golive.profile.base import Frozen
from golive.profile.fields import Duration, HttpUrl, SecretName
from golive.profile.profile import Profile
from golive.profile.registry import absent_with, implies_absence, part, reads_by_post

DASHBOARD_QUERIES = "/api/ds/query"
"""Where Grafana is asked for data, by POST: it changes nothing."""
Personal = Literal["email", "ip", "token"]
"""A kind of marked personal data that the suite sends, and that must not come back."""


class ErrorTracker(Frozen):
    """A Sentry-compatible error tracker: Sentry, GlitchTip, Bugsink."""

    dsn: SecretName
    """The project's DSN, as the application has it: ``https://KEY@host/PROJECT``."""
    api: HttpUrl
    """Base of its web API, such as ``https://sentry.io/api/0``."""
    organisation: str
    """The organisation's slug."""
    project: str
    """The project's slug."""
    token: SecretName
    """May read events; and delete or resolve issues, as ``afterwards`` says."""
    environment: str | None = None
    """Environment that the marked error names."""
    scrubbed: tuple[Personal, ...] = Field(default=("email", "ip", "token"), min_length=1)
    """What of the marked error's personal data must not come back."""
    within: Duration = timedelta(seconds=60)
    """How long it may take until an error is found."""
    afterwards: Literal["delete", "resolve"] = "delete"
    """What becomes of the marked error's issue."""


class LogStore(Frozen):
    """A log store that is asked as Grafana Loki is."""

    url: HttpUrl
    """The store's base URL."""
    selector: str = Field(pattern=r"^\{.+\}$")
    """The streams of the API, such as ``{app="shop-api"}``."""
    user: str | None = None
    """Sent with ``token`` by HTTP Basic; without it the token is a bearer token."""
    token: SecretName | None = None
    """The secret that lets the suite read; None: nothing is sent."""
    tenant: str | None = None
    """Sent as ``X-Scope-OrgID``."""
    scrubbed: tuple[Literal["email", "token"], ...] = ("email", "token")
    """What of the marked request's query must not come back."""
    within: Duration = timedelta(seconds=60)
    """How long a line may take until it is found."""


class RequiredDashboard(Frozen):
    """A dashboard that must be there, by exactly one of its uid and its title."""

    uid: str | None = None
    """Its uid, as in its address."""
    title: str | None = None
    """Its title, where its uid is not known."""

    @model_validator(mode="after")
    def _one(self) -> "RequiredDashboard":
        if (self.uid is None) == (self.title is None):
            raise ValueError("name exactly one of 'uid' and 'title'")
        return self

    def __str__(self) -> str:
        return f"uid {self.uid}" if self.uid is not None else f"{self.title!r}"


class Dashboards(Frozen):
    """Dashboards in Grafana."""

    url: HttpUrl
    """Grafana's base URL."""
    token: SecretName
    """Of a service account that may view."""
    required: tuple[RequiredDashboard, ...] = Field(min_length=1, max_length=32)
    """The dashboards that must be there and show data."""
    period: Duration = timedelta(minutes=15)
    """The last so much of time must have data."""
    variables: dict[str, str] = {}
    """Values of dashboards' variables, instead of those that they were saved with."""
    without_query: tuple[str, ...] = ("text", "row", "news", "dashlist", "welcome", "annolist", "alertlist")
    """Types of panels that show no data of their own: they do not count."""
    quiet: dict[str, str] = {}
    """Title of a panel to the reason why it may have nothing to show; its query must work all the same."""


class StatusPage(Frozen):
    """A status page with Statuspage's public API."""

    url: HttpUrl
    """The page's base URL."""
    components: tuple[str, ...] = Field(min_length=1)
    """Names of components that it must show."""


ERRORS = part("errors", ErrorTracker)
"""Where errors are collected."""
LOGS = part("logs", LogStore)
"""Where log lines are collected."""
DASHBOARDS = part("dashboards", Dashboards)
"""Dashboards that show how the deployment does."""
STATUS_PAGE = part("status_page", StatusPage)
"""Where users read how the service does."""
implies_absence("error_tracker", absent_with("errors"))
implies_absence("log_store", absent_with("logs"))
implies_absence("status_page", absent_with("status_page"))


@reads_by_post
def _queries(profile: Profile) -> Iterator[str]:
    dashboards = DASHBOARDS.get(profile)
    if dashboards is not None:
        yield urlsplit(dashboards.url).path + DASHBOARD_QUERIES
