"""One person and their account, in a real browser: in, wrong, back again, out, offline, on a phone."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from golive.browser.rules import expect_no_token_in_urls
from golive.net.masking import token_like

pytestmark = [pytest.mark.checklist("step.smoke.journeys", "post.critical"), pytest.mark.harm("unusable")]

WRONG_PASSWORD = "golive-this-is-not-the-password"  # noqa: S105 - it is wrong on purpose


@pytest.mark.needs("password")
@pytest.mark.usefixtures("password_let_in")
@pytest.mark.harm("people")
async def test_stranger_sees_the_form_and_a_wrong_password_is_said(visitors, app, sign_in, evidence):
    """Whoever arrives sees the form and nothing private; a wrong password is refused in words."""
    async with visitors.arrive("stranger") as stranger:
        await stranger.open(app.url)
        await stranger.sees_nothing_private("on arrival")
        await stranger.fill_in(sign_in.account("listener").email, WRONG_PASSWORD)
        said = await stranger.is_told_something("is told that the password is wrong")
        evidence.note("what the page said of a wrong password", words=said)
        await stranger.sees_nothing_private("after a wrong password")


@pytest.mark.needs("password")
@pytest.mark.usefixtures("password_let_in", "issued_tokens_let_in", "recommendations_in_pages")
@pytest.mark.harm("people")
async def test_sign_in_outlives_a_reload_and_ends_with_the_sign_out(visitors, app, sign_in):
    """A reload keeps the user signed in; signing out leaves nothing private; no URL carries a token."""
    async with visitors.arrive("listener") as listener:
        await listener.open(app.url)
        await listener.sign_in(sign_in, "listener")
        async with listener.step("loads the page again"):
            await listener.page.reload()
            await listener.button(listener.names.sign_out).wait_for()
        await listener.see_recommendations()
        await listener.sign_out()
        await listener.sees_nothing_private("after signing out")
        await listener.keeps_no_token()
        async with listener.step("goes elsewhere, and back"):
            await listener.page.goto("about:blank")
            await listener.page.go_back()
        await listener.sees_nothing_private("after coming back")
        expect_no_token_in_urls(await listener.observe())


@pytest.mark.needs("spotify")
@pytest.mark.usefixtures("provider_let_in", "issued_tokens_let_in", "recommendations_in_pages")
@pytest.mark.write("session:identity provider")
async def test_spotify_signs_in(visitors, app):
    """Signing in with Spotify leads there and back, signed in, with nothing secret in the address."""
    async with visitors.arrive("listener") as listener:
        names = listener.names
        await listener.open(app.url)
        async with listener.step("goes where people sign in"):
            await listener.go_to_form()
        spotify, agree = listener.way(names.spotify_sign_in), listener.button(names.provider_agree)
        await listener.follows("goes to Spotify", spotify, until=agree)
        await listener.follows("comes back from Spotify", agree, until=listener.button(names.sign_out))
        await listener.see_recommendations()
        address = urlsplit(listener.page.url)
        pairs = parse_qsl(f"{address.query}&{address.fragment}")
        secret = sorted(key for key, value in pairs if token_like(key) and value)
        expect_no_token_in_urls(await listener.observe())
        assert not secret, (
            f"address after signing in with Spotify: expected nothing secret, observed {', '.join(secret)}"
            f" — {listener.where}"
        )
        await listener.sign_out()


@pytest.mark.needs("password")
@pytest.mark.usefixtures("password_let_in", "issued_tokens_let_in", "recommendations_in_pages")
async def test_lost_network_is_said_and_can_be_overcome(visitors, app, sign_in, evidence):
    """Without a network the page says so and stays usable; with it again the same form signs in."""
    async with visitors.arrive("traveller") as traveller:
        await traveller.open(app.url)
        await traveller.sees_nothing_private("on arrival")
        account, password = sign_in.account("listener"), sign_in.password("listener")
        async with traveller.offline():
            await traveller.fill_in(account.email, password.reveal())
            said = await traveller.is_told_something("is told that there is no network")
        evidence.note("what the page said without a network", words=said)
        await traveller.sign_in(sign_in, "listener")
        await traveller.see_recommendations()


@pytest.mark.needs("password")
@pytest.mark.usefixtures("password_let_in", "issued_tokens_let_in", "recommendations_in_pages")
async def test_phone_shows_everything(visitors, app, sign_in):
    """On a phone, form and recommendations fit the screen, and signing in works by touch."""
    async with visitors.arrive("listener on a phone", phone=True) as listener:
        await listener.open(app.url)
        async with listener.step("sees the form to sign in"):
            await listener.go_to_form()
        await listener.fits()
        await listener.sign_in(sign_in, "listener")
        await listener.see_recommendations()
        await listener.fits()
        await listener.scan("the recommendations")
        await listener.observe()
