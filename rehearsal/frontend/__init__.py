"""The browser frontend: plain ES modules, built into content-hashed assets without any build tool."""

from __future__ import annotations

from rehearsal.frontend.building import FrontendConfig, build
from rehearsal.frontend.previews import write_previews

__all__ = ["FrontendConfig", "build", "write_previews"]
