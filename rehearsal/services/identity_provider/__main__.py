"""`python -m rehearsal.services.identity_provider`: the stand-in, configured by its environment."""

from __future__ import annotations

import os
import sys

import uvicorn

from rehearsal.services.identity_provider.application import Client, application


def main() -> int:
    missing = [
        name
        for name in ("HOST", "PORT", "CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI")
        if not os.environ.get(name)
    ]
    if missing:
        sys.stderr.write(f"missing variables: {', '.join(missing)}\n")
        return 2
    client = Client(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"], os.environ["REDIRECT_URI"])
    uvicorn.run(
        application(client),
        host=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
