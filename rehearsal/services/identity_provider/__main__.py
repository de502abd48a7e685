"""`python -m rehearsal.services.identity_provider`: the stand-in, configured by its environment."""

from __future__ import annotations

import sys

from starlette.types import ASGIApp

from rehearsal.services.identity_provider.application import Client, application
from rehearsal.services.serving import serve_stand_in


def build(identity: str, secret: str, redirect_uri: str) -> ASGIApp:
    """The provider, with the one client that it knows."""
    return application(Client(identity, secret, redirect_uri))


if __name__ == "__main__":
    sys.exit(serve_stand_in(build, "CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI"))
