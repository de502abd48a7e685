"""`python -m rehearsal.services.forge`: the stand-in, over what DESK holds."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import uvicorn

from rehearsal.services.forge.application import application


def main() -> int:
    missing = [name for name in ("HOST", "PORT", "DESK", "TOKEN") if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"missing variables: {', '.join(missing)}\n")
        return 2
    desk = Path(os.environ["DESK"])
    told = json.loads((desk / "forge.json").read_text(encoding="utf-8"))
    uvicorn.run(
        application(told, desk / "store", os.environ["TOKEN"]),
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
