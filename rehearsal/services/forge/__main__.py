"""`python -m rehearsal.services.forge`: the stand-in, over the folder DATA."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from starlette.types import ASGIApp

from rehearsal.services.forge.application import application
from rehearsal.services.serving import serve_stand_in


def build(data: str, token: str) -> ASGIApp:
    """The forge over a folder with what it is told of, and its store."""
    told = json.loads(Path(data, "forge.json").read_text(encoding="utf-8"))
    return application(told, Path(data, "store"), token)


if __name__ == "__main__":
    sys.exit(serve_stand_in(build, "DATA", "TOKEN"))
