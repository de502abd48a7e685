"""A stand-in for Atlassian Statuspage: the public summary (metastatuspage.com/api)."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route


class StatusPage:
    """The page of Audotics."""

    def __init__(self) -> None:
        self.components = ["Website", "API", "Live sessions"]
        self.answers = True

    def routes(self) -> list[BaseRoute]:
        """Of the public API."""
        return [Route("/api/v2/summary.json", self._summary)]

    async def _summary(self, _request: Request) -> Response:
        if not self.answers:
            return JSONResponse({"error": "temporarily unavailable"}, 503)
        now = datetime.now(UTC).isoformat()
        page = {"id": "audotics", "name": "Audotics", "url": "https://status.partners.test",
                "time_zone": "Etc/UTC", "updated_at": now}  # fmt: skip
        components = [
            {"id": f"c{number}", "name": name, "status": "operational", "position": number,
             "page_id": "audotics", "group": False}
            for number, name in enumerate(self.components, 1)
        ]  # fmt: skip
        status = {"indicator": "none", "description": "All Systems Operational"}
        return JSONResponse({"page": page, "components": components, "incidents": [],
                             "scheduled_maintenances": [], "status": status})  # fmt: skip
