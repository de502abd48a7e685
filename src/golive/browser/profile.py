"""What the deployment's frontend calls things, as a user finds them."""

from datetime import timedelta

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.fields import Duration, HttpsUrl
from golive.profile.registry import extend, part


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
    """Label of the field for the e-mail address."""
    password: str = "Password"  # noqa: S105 - the label of a form field
    """Label of the field for the password."""
    sign_in: str = "Sign in"
    """Label of the button that signs in, and of the link that leads to it where the form is on another page."""
    sign_in_page: str = Field(default="/", pattern=r"^/")
    """Path of the page with the form to sign in, below the app's URL."""
    sign_out: str = "Sign out"
    """Label of the button that signs out."""
    provider_agree: str = "Agree"
    """The button at the identity provider that lets the person in."""
    configuration: str = "#config"
    """The element whose text is the configuration, as JSON, that the browser got."""
    configured_release: str | None = "release"
    """Key of that configuration which names the release; None where it does not."""
    configured_commit: str | None = "commit"
    """Keys of that configuration which name the build; None where it does not."""
    phone_width: int = Field(default=390, ge=240)
    """CSS pixels of a phone's viewport, across."""
    phone_height: int = Field(default=844, ge=320)
    """CSS pixels of a phone's viewport."""


APP = part("app", App, is_public=True)
"""The frontend, as users open it."""
BUDGETS = extend("budgets", BrowserBudgets)
FRONTEND = extend("frontend", Frontend)
