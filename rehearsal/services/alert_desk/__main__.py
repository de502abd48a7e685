"""`python -m rehearsal.services.alert_desk`: the stand-in, configured by its environment."""

from __future__ import annotations

import os
import sys

import uvicorn

from rehearsal.services.alert_desk.application import application


def main() -> int:
    uvicorn.run(
        application(),
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
