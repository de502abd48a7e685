"""All stand-ins, each at its own host; each may be changed before the process begins to serve."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Host, Route, Router
from starlette.types import ASGIApp

from rehearsal.third_party import hosts
from rehearsal.third_party.chat import Chat
from rehearsal.third_party.error_tracker import ErrorTracker
from rehearsal.third_party.grafana import Grafana
from rehearsal.third_party.log_store import LogStore
from rehearsal.third_party.mail import Mail
from rehearsal.third_party.on_call import OnCallCalendars
from rehearsal.third_party.pager import Pager
from rehearsal.third_party.settings import Settings
from rehearsal.third_party.status_page import StatusPage


class ThirdParties:
    """The stand-ins of one rehearsal."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        given = settings.credentials
        self.tracker = ErrorTracker(given.sentry_key, given.sentry_token)
        self.logs = LogStore(settings.logs, given.loki_token)
        self.grafana = Grafana(settings.replicas, given.grafana_token)
        self.calendars = OnCallCalendars(given.calendar_token)
        self.chat = Chat(given.chat_hook, given.chat_token)
        self.mail = Mail(given.mail_password, given.mail_token)
        self.pager = Pager(given.pager_key)
        self.status_page = StatusPage()

    def asgi(self) -> ASGIApp:
        """What the server runs."""
        at = {
            hosts.SENTRY: self.tracker.routes(),
            hosts.LOKI: self.logs.routes(),
            hosts.GRAFANA: self.grafana.routes(),
            hosts.CALENDAR: self.calendars.routes(),
            hosts.CHAT: self.chat.routes(),
            hosts.MAIL: self.mail.routes(),
            hosts.PAGER: self.pager.routes(),
            hosts.STATUS: self.status_page.routes(),
        }
        served = [Host(host, Router(routes, redirect_slashes=False)) for host, routes in at.items()]
        return Starlette(routes=[Route("/health", _health), *served])


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok", "service": "third parties (stand-ins)"})
