"""Media: what plays, what only seems to, and parts of files."""

from dataclasses import replace
from datetime import timedelta

import pytest

from golive.browser.observation_media import MediaObservation
from golive.browser.rules_media import expect_audio_file, expect_part, expect_playing
from selftests.examples.rules_examples import answer

PLAYING = MediaObservation(
    url="https://app.example/", elements=1, source="https://cdn.example/a.wav", position=0.4, duration=2.0,
    paused=False, loudness=1.0, decoded_bytes=4096, error="",
)  # fmt: skip
ENOUGH = timedelta(milliseconds=300)
SOUND = (("content-type", "audio/wav"),)
WHOLE = answer(b"RIFF" * 100, status=200, headers=SOUND)
PART = (*SOUND, ("content-range", "bytes 4-7/400"))


def test_what_plays_is_playing():
    """Time goes on, it is loud, sound was decoded, and nothing went wrong."""
    expect_playing(PLAYING, at_least=ENOUGH)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"error": "cannot be decoded"}, "cannot be decoded"),
        ({"source": ""}, "a player without a source"),
        ({"source": "", "elements": 0}, "no player in the page"),
        ({"position": 0.1, "paused": True}, "0.10 s, paused"),
        ({"position": 0.0}, "waiting for data"),
        ({"loudness": 0.0}, "muted"),
        ({"decoded_bytes": 0}, "a medium without sound"),
    ],
)
def test_what_does_not_play_is_said(change, words):
    """Each way of not playing is told apart."""
    with pytest.raises(AssertionError, match=words):
        expect_playing(replace(PLAYING, **change), at_least=ENOUGH)


def test_the_console_names_the_reason():
    """What the page's console said stands in the message."""
    refused = ("violates the Content Security Policy",)
    with pytest.raises(AssertionError, match="Content Security Policy"):
        expect_playing(replace(PLAYING, error="no source"), at_least=ENOUGH, said=refused)


def test_zero_seconds_are_not_playing():
    """Not even where nothing is asked for."""
    with pytest.raises(AssertionError):
        expect_playing(replace(PLAYING, position=0.0), at_least=timedelta())


@pytest.mark.parametrize(
    "wrong",
    [
        answer(b"x", status=404, headers=SOUND),
        answer(b"x", status=200, headers=(("content-type", "text/plain"),)),
        answer(b"x", status=200, headers=()),
        answer(b"", status=200, headers=SOUND),
    ],
)
def test_what_is_no_file_of_sound_is_refused(wrong):
    """Lost, of another type, and empty."""
    expect_audio_file(WHOLE)
    with pytest.raises(AssertionError, match="preview"):
        expect_audio_file(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        answer(WHOLE.body, status=200, headers=SOUND),
        answer(b"RIFF", status=206, headers=SOUND),
        answer(b"RIFF", status=206, headers=(*SOUND, ("content-range", "bytes 4-7/399"))),
        answer(b"RIF", status=206, headers=PART),
    ],
)
def test_a_part_is_exactly_that_part(wrong):
    """By status, Content-Range and bytes."""
    expect_part(answer(b"RIFF", status=206, headers=PART), WHOLE, first=4, last=7)
    with pytest.raises(AssertionError):
        expect_part(wrong, WHOLE, first=4, last=7)
