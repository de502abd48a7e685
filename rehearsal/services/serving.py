"""How the services are served: by uvicorn, quietly, and gone soon after SIGTERM."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

KEEP_ALIVE_SECONDS = 75
"""Longer than the edge keeps an idle connection: it must never send over one that the service just closed."""


def serve(application: ASGIApp, host: str, port: int, *, grace_seconds: int = 1, **options: Any) -> None:
    """Serve until SIGTERM; requests in flight then have `grace_seconds`. The options are uvicorn's."""
    uvicorn.run(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=grace_seconds,
        **options,
    )


def serve_stand_in(build: Callable[..., ASGIApp], *variables: str) -> int:
    """Serve what is built of these variables' values, at HOST and PORT, until SIGTERM.

    Returns:
        The exit code: 2 without one of the variables.
    """
    missing = [name for name in ("HOST", "PORT", *variables) if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"missing variables: {', '.join(missing)}\n")
        return 2
    application = build(*(os.environ[name] for name in variables))
    serve(application, os.environ["HOST"], int(os.environ["PORT"]), ws="none")
    return 0
