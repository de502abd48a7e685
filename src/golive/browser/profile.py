"""What the deployment's frontend calls things, as a user finds them."""

from datetime import timedelta

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.fields import Duration, HttpsUrl
from golive.profile.registry import extend, part


class App(Frozen):
    """The frontend that users open."""

    url: HttpsUrl


class BrowserBudgets(Frozen):
    """How fast pages must be."""

    page_load: Duration = timedelta(seconds=3)
    largest_paint: Duration = timedelta(milliseconds=2500)
    layout_shift: float = Field(default=0.1, ge=0)
    first_byte: Duration = timedelta(milliseconds=800)
    """As web.dev counts a time to first byte as good."""


class Frontend(Frozen):
    """Accessible names by which a user, and so the browser check, finds things; some CSS selectors."""

    email: str = "Email"
    password: str = "Password"  # noqa: S105 - the label of a form field
    sign_in: str = "Sign in"
    sign_out: str = "Sign out"
    provider_agree: str = "Agree"
    """The button at the identity provider that lets the person in."""
    configuration: str = "#config"
    """The element whose text is the configuration, as JSON, that the browser got."""
    configured_release: str | None = "release"
    configured_commit: str | None = "commit"
    """Keys of that configuration which name the build; None where it does not."""
    phone_width: int = Field(default=390, ge=240)
    phone_height: int = Field(default=844, ge=320)
    """CSS pixels of a phone's viewport."""


APP = part("app", App, is_public=True)
BUDGETS = extend("budgets", BrowserBudgets)
FRONTEND = extend("frontend", Frontend)
