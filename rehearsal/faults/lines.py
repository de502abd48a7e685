"""For faults: lines of the checklist that turn red together, because they need one part. Holds no fault."""

from __future__ import annotations

NEED_THE_SCRIPTS = (
    "infra.cdn",
    "step.frontend.assets",
    "step.frontend.connectivity",
    "step.smoke.journeys",
    "post.accessible",
    "post.critical",
)
"""What nobody can do when the asset host does not deliver the application's scripts."""
BEHIND_A_WALL = (
    "infra.load-balancer",
    "step.backend.health",
    "post.accessible",
    "post.services",
)
"""What says so itself where the API does not answer in public; whatever rests on its answers cannot see."""
NOBODY_IS_LET_IN = "nobody is let in, so whatever needs a user cannot see"
