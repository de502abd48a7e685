"""What the deployment's frontend calls things, as a user finds them."""

from datetime import timedelta

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.fields import Duration


class Frontend(Frozen):
    """Accessible names by which a user, and so the browser check, finds things; some CSS selectors."""

    email: str = "Email"
    password: str = "Password"  # noqa: S105 - the label of a form field
    sign_in: str = "Sign in"
    sign_out: str = "Sign out"
    spotify_sign_in: str = "Sign in with Spotify"
    provider_agree: str = "Agree"
    """The button at the identity provider that lets the person in."""
    recommendations: str = "Recommendations"
    play_preview: str = "Play preview"
    """What the button that plays a recommended track's preview says, at its beginning."""
    player: str = "audio, video"
    """The element that plays it."""
    played_at_least: Duration = timedelta(milliseconds=300)
    """How much of a preview must have been heard to call it playing."""
    session_name: str = "Session name"
    create_session: str = "Create session"
    session_code: str = "Session code"
    join_session: str = "Join session"
    members: str = "Members"
    playlist: str = "Playlist"
    add_to_playlist: str = "Add to playlist"
    remove_from_playlist: str = "Remove"
    leave_session: str = "Leave session"
    session_code_shown: str = "#session-code"
    """Where a session's own page shows the code to share."""
    session_address: str = "/session/{code}"
    """Path of a session's own page, which can be sent to a friend."""
    configuration: str = "#config"
    """The element whose text is the configuration, as JSON, that the browser got."""
    configured_release: str | None = "release"
    configured_commit: str | None = "commit"
    """Keys of that configuration which name the build; None where it does not."""
    phone_width: int = Field(default=390, ge=240)
    phone_height: int = Field(default=844, ge=320)
    """CSS pixels of a phone's viewport."""
