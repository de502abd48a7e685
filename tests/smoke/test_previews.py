"""Previews of tracks: the files are sound, come in parts where players ask for parts, and really play."""

import asyncio

import pytest

from golive.browser.rules_media import expect_audio_file, expect_part, expect_playing
from golive.core.outcome import Blind
from golive.net.errors import Refused
from golive.rules.failure import fail

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.journeys", "post.critical"),
    pytest.mark.needs("preview", "routes.recommendations"),
    pytest.mark.usefixtures("recommendations_are_there"),
]

ALLOW = "add the host of the previews to [allow.hosts], or say: [features] preview = { absent = … }"
FIRST, LAST = 100, 199
"""The part of a file that is asked for, in bytes from 0 on."""


async def test_preview_is_sound_and_comes_in_parts(rankings, listener, http, evidence):
    """Every different preview of the recommended tracks is a file of sound; players get parts of it (206)."""
    answer = evidence(await rankings.personal(listener))
    urls = _previews(answer, rankings)
    evidence.note("previews of the recommended tracks", different=len(urls))
    try:
        files = await asyncio.gather(*(http.get(url) for url in urls))
        part = await http.get(urls[0], headers={"range": f"bytes={FIRST}-{LAST}"})
    except Refused as refusal:
        raise Blind(
            f"the suite may not ask for a preview: {refusal.message}", remedy=refusal.remedy
        ) from None
    evidence(files[0])
    evidence(part)
    for file in files:
        expect_audio_file(file)
    expect_part(part, files[0], first=FIRST, last=LAST)


@pytest.mark.needs("password")
@pytest.mark.usefixtures("password_let_in", "issued_tokens_let_in")
async def test_preview_plays(visitors, app, sign_in, profile):
    """Pressing the button of a recommended track plays its preview: time goes on, and it can be heard."""
    async with visitors.arrive("listener") as listener:
        await listener.open(app.url)
        await listener.sign_in(sign_in, "listener")
        playing = await listener.play_preview()
        seen = await listener.observe()
        if playing.error and seen.refused:
            raise Blind(f"the page may not ask for the preview here: {seen.refused[0]}", remedy=ALLOW)
        said = seen.console_errors
        expect_playing(playing, at_least=profile.frontend.played_at_least, said=said)


def _previews(answer, rankings):
    fields, tracks = rankings.fields, rankings.entries(answer)
    urls = [track.get(fields.preview) for track in tracks if isinstance(track, dict)]
    found = list(dict.fromkeys(url for url in urls if isinstance(url, str) and url))
    if not found:
        fail(
            "previews of the recommended tracks",
            expected=f"an address in {fields.preview} of at least one ([features] preview says so where"
            " there are none)",
            observed=f"none in {len(tracks)} tracks",
            where=answer.title,
        )
    return found
