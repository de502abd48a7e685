"""What a medium must be: to its player, and as a file."""

import re
from collections.abc import Sequence
from datetime import timedelta

from golive.browser.observation_media import MediaObservation
from golive.net.headers import read_media_types
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.rules.failure import fail

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def expect_playing(observation: MediaObservation, *, at_least: timedelta, said: Sequence[str] = ()) -> None:
    """The page plays something that can be heard, without an error, for at least so long.

    Args:
        observation: of the player, watched for a while.
        at_least: what must have been played.
        said: errors in the page's console, which name the reason where the player does not.
    """
    where = observation.target
    wanted = f"played for {at_least.total_seconds():g} s or more"
    if observation.error:
        because = f" (console: {masked_text(said[-1])})" if said else ""
        observed = f"an error of the player: {observation.error}{because}"
        fail("preview", expected=wanted, observed=observed, where=where)
    if not observation.source:
        observed = "a player without a source" if observation.elements else "no player in the page"
        fail("preview", expected=wanted, observed=observed, where=where)
    if observation.position < max(at_least.total_seconds(), 0.001):
        state = "paused" if observation.paused else "waiting for data"
        fail("preview", expected=wanted, observed=f"{observation.position:.2f} s, {state}", where=where)
    if observation.loudness <= 0:
        fail("loudness of the preview", expected="more than 0", observed="muted", where=where)
    if observation.decoded_bytes == 0:
        fail("sound of the preview", expected="some", observed="a medium without sound", where=where)


def expect_audio_file(observation: HttpObservation) -> None:
    """The answer is a whole file of sound: 200, of a type of audio, and not empty."""
    if observation.status != 200:
        fail("preview", expected="200", observed=observation.status, where=observation.title)
    types = read_media_types(observation.header_values("content-type"))
    if len(types) != 1 or not types[0].startswith("audio/"):
        observed = masked_text(observation.header("content-type") or "none")
        fail("type of the preview", expected="audio/…", observed=observed, where=observation.title)
    if not observation.body:
        fail("preview", expected="sound", observed="an empty file", where=observation.title)


def expect_part(observation: HttpObservation, whole: HttpObservation, *, first: int, last: int) -> None:
    """The answer is exactly that part of the whole, and says so (RFC 9110, 14.4); bytes from 0 on."""
    where = observation.title
    if observation.status != 206:
        observed = f"{observation.status}: some players, such as Safari's, then play nothing"
        fail("part of a preview", expected="206", observed=observed, where=where)
    expected = f"bytes {first}-{last}/{len(whole.body)}"
    said = observation.header("content-range") or "none"
    if not _CONTENT_RANGE.fullmatch(said) or said != expected:
        fail("Content-Range", expected=expected, observed=masked_text(said), where=where)
    if observation.body != whole.body[first : last + 1]:
        observed = f"{len(observation.body)} other bytes"
        fail("part of a preview", expected="those bytes of the file", observed=observed, where=where)
