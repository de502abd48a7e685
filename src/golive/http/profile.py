"""What a profile asks of public hosts' answers."""

from datetime import timedelta

from golive.profile.base import Frozen
from golive.profile.fields import Duration
from golive.profile.profile import Profile
from golive.profile.registry import Section, not_only_read, objects, section


class HttpRequirements(Frozen):
    """What is asked of the public hosts' answers, beyond HTTPS."""

    unexposed_paths: tuple[str, ...] = (
        "/.env",
        "/.git/HEAD",
        "/.git/config",
        "/debug/pprof/",
        "/server-status",
        "/actuator/env",
    )
    """Paths that no public host may serve."""
    open_routes: tuple[str, ...] = ("profile",)
    """Routes of the API at which, beside its root, cookies and trusted origins are looked at, signed out."""
    clock_skew: Duration = timedelta(minutes=1)
    """How far an answer's Date may be from the real time."""


HTTP: Section[HttpRequirements] = section("http", HttpRequirements, HttpRequirements())


@objects
def _unknown_routes(profile: Profile) -> str | None:
    return not_only_read(HTTP.of(profile).open_routes, named_by="http.open_routes")
