"""`python -m rehearsal.services.api`: one replica, configured by its environment."""

from __future__ import annotations

import os
import sys

from starlette.types import ASGIApp

from rehearsal.services.api.application import Application
from rehearsal.services.api.live.realtime import LARGEST_PAYLOAD_BYTES
from rehearsal.services.api.naming import naming
from rehearsal.services.api.settings import Settings, SettingsError
from rehearsal.services.api.whole_requests import reading_whole_requests
from rehearsal.services.serving import serve

GRACE_SECONDS = 3
"""Longer than any request may take: what was begun is answered before a replica is gone."""


def build(settings: Settings) -> Application:
    """The application with the named faults put in. Raises UnknownFault."""
    app = Application(settings)
    if settings.faults:
        # Imported only now: a healthy replica need not know that there are faults.
        from rehearsal.faults import named  # noqa: PLC0415
        from rehearsal.faults.base import ApiFault  # noqa: PLC0415

        for fault in named(settings.faults):
            if isinstance(fault, ApiFault):
                fault.modify(app)
    return app


def served(app: Application) -> ASGIApp:
    """What the server runs: the application, in the words of its flavour."""
    if app.settings.forms:
        from rehearsal.forms import named  # noqa: PLC0415
        from rehearsal.forms.base import around  # noqa: PLC0415

        formed = around(reading_whole_requests(app.asgi()), named(app.settings.forms))
        return naming(formed, app.settings.instance)
    if app.settings.flavour == "v1":
        return naming(reading_whole_requests(app.asgi()), app.settings.instance)
    from rehearsal.services.api.v2 import Translation  # noqa: PLC0415

    return naming(reading_whole_requests(Translation(app)), app.settings.instance)


def main() -> int:
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    serve(
        served(build(settings)),
        settings.host,
        settings.port,
        grace_seconds=GRACE_SECONDS,
        ws="websockets-sansio",
        ws_max_size=LARGEST_PAYLOAD_BYTES,
        # The edge stands before us on loopback and says who the client is.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
