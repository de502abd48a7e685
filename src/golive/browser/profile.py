"""What the deployment's frontend calls things, as a user finds them."""

from datetime import timedelta

from pydantic import Field

from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration, HttpsUrl
from golive.profile.profile import Profile
from golive.profile.registry import extend, implies_absence, part


class App(Frozen):
    """The frontend that users open."""

    url: HttpsUrl
    """The address of the first page."""


class BrowserBudgets(Frozen):
    """How fast pages must be."""

    page_load: Duration = timedelta(seconds=3)
    """From the start of the navigation to the ``load`` event, at most."""
    largest_paint: Duration = timedelta(milliseconds=2500)
    """Largest contentful paint at most; 2.5 s is what web.dev calls good."""
    layout_shift: float = Field(default=0.1, ge=0)
    """Cumulative layout shift at most, without unit; 0.1 is what web.dev calls good."""
    first_byte: Duration = timedelta(milliseconds=800)
    """As web.dev counts a time to first byte as good."""


class Frontend(Frozen):
    """Accessible names by which a user, and so the browser check, finds things; some CSS selectors."""

    email: str = "Email"
    """Label, placeholder or name of the field for the e-mail address."""
    password: str = "Password"  # noqa: S105 - the label of a form field
    """Label, placeholder or name of the field for the password."""
    sign_in: str = "Sign in"
    """Label of the button that signs in."""
    sign_out: str = "Sign out"
    """Label of the button that signs out."""
    provider_agree: str = "Agree"
    """The button at the identity provider that lets the person in."""
    configuration: str | Absent = "#config"
    """The element whose text is the configuration, as JSON, that the browser got; a path below the app, such
    as ``/config.json`` or ``/env.js``; or absent, where the scripts were built with it."""
    configured_release: str | None = "release"
    """Key of that configuration which names the release; None where it does not."""
    configured_commit: str | None = "commit"
    """Keys of that configuration which name the build; None where it does not."""
    other_addresses: tuple[str, ...] = ()
    """Beginnings of addresses in scripts that look like another deployment's, and are right."""
    sign_in_page: str = ""
    """Path of the page that signs in, where the first page is another one."""
    sign_in_link: str | None = None
    """Text of the link or button by which the first page leads to the form; None: it is there."""
    phone_width: int = Field(default=390, ge=240)
    """CSS pixels of a phone's viewport, across."""
    phone_height: int = Field(default=844, ge=320)
    """CSS pixels of a phone's viewport."""


APP = part("app", App, is_public=True)
"""The frontend, as users open it."""
BUDGETS = extend("budgets", BrowserBudgets)
FRONTEND = extend("frontend", Frontend)


def _no_page_configuration(profile: Profile) -> str | None:
    declared = FRONTEND.of(profile).configuration
    return declared.absent if isinstance(declared, Absent) else None


implies_absence("page_configuration", _no_page_configuration)
