"""Defects of signing in with the identity provider, and of its cookies."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.cookies import SIGN_IN_COOKIE
from rehearsal.services.api.accounts.identity import Identity

START = "/auth/spotify/login"
CALLBACK = "/auth/spotify/callback"


class ChallengeIsFixed(ApiFault):
    """Every sign-in has the same PKCE verifier, so the same challenge."""

    name = "identity.challenge-is-fixed"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_state_and_challenge_are_fresh_and_unguessable",)

    def modify(self, app: Any) -> None:
        app.identity.new_verifier = lambda: "the-same-verifier-for-everybody-" + "x" * 32


class StateIsCounted(ApiFault):
    """The state of a sign-in is a number that goes up by one."""

    name = "identity.state-is-counted"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_state_and_challenge_are_fresh_and_unguessable",)

    def modify(self, app: Any) -> None:
        numbers = itertools.count(1)
        healthy, put = app.identity.authorize_url, app.cache.put
        pending: dict[str, str] = {}

        async def keep(key: str, *values: Any, **options: Any) -> Any:
            if key.startswith("sign-in:"):
                counted = f"{app.settings.instance}-state-{next(numbers):020d}"
                pending[key.partition(":")[2]] = counted
                key = f"sign-in:{counted}"
            return await put(key, *values, **options)

        def authorize_url(state: str, verifier: str) -> str:
            return str(healthy(pending.pop(state), verifier))

        app.cache.put = keep
        app.identity.authorize_url = authorize_url


class NoChallengeAsked(ApiFault):
    """A sign-in begins without a PKCE challenge of the page."""

    name = "identity.begins-without-challenge"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_sign_in_without_s256_is_refused",)

    def modify(self, app: Any) -> None:
        healthy = app.asgi

        def asgi() -> Any:
            inner = healthy()

            async def filled(scope: dict[str, Any], receive: Any, send: Any) -> None:
                if scope["type"] == "http" and scope["path"] == START:
                    query = {
                        name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()
                    }
                    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", query.get("code_challenge", "")):
                        query["code_challenge"] = "x" * 43
                    query.pop("code_challenge_method", None)
                    scope = scope | {"query_string": urlencode(query).encode()}
                await inner(scope, receive, send)

            return filled

        app.asgi = asgi


class RedirectFromTheRequest(ApiFault):
    """The request decides where the provider sends the code."""

    name = "identity.redirect-from-the-request"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_nobody_else_decides_where_codes_go",)

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            wanted = parse_qs(scope["query_string"].decode()).get("redirect_uri")
            where = dict(answer.headers).get("location")
            if wanted and where:
                place, _, query = where.partition("?")
                asked = {name: values[0] for name, values in parse_qs(query).items()}
                answer.set_header("location", f"{place}?{urlencode(asked | {'redirect_uri': wanted[0]})}")

        rewrite(app, change, START)


class StateOfAnyBrowser(ApiFault):
    """A callback is accepted from another browser than the one that began."""

    name = "identity.state-of-any-browser"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_right_code_opens_one_session_for_one_browser",)

    def modify(self, app: Any) -> None:
        healthy = app.asgi

        def asgi() -> Any:
            inner = healthy()

            async def trusting(scope: dict[str, Any], receive: Any, send: Any) -> None:
                if scope["type"] == "http" and scope["path"] == CALLBACK:
                    state = parse_qs(scope["query_string"].decode()).get("state", [""])[0]
                    stored = await app.cache.get(f"sign-in:{state}")
                    if stored:
                        cookie = f"{SIGN_IN_COOKIE}={json.loads(stored)['browser']}".encode()
                        kept = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
                        scope = scope | {"headers": [*kept, (b"cookie", cookie)]}
                await inner(scope, receive, send)

            return trusting

        app.asgi = asgi


class CookieForScripts(ApiFault):
    """Cookies are not HttpOnly, so any script on the page can read them."""

    name = "identity.cookie-for-scripts"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_cookie_of_the_browser_is_safe",)

    def modify(self, app: Any) -> None:
        rewrite(app, lambda _scope, answer: answer.edit_cookies(lambda text: text.replace("; HttpOnly", "")))


class CookieOverPlainHttp(ApiFault):
    """Cookies are not Secure."""

    name = "identity.cookie-over-plain-http"
    expected_failures = ("step.smoke.journeys", "step.smoke.auth", "post.critical")
    proves = ("test_cookie_of_the_browser_is_safe",)

    def modify(self, app: Any) -> None:
        rewrite(app, lambda _scope, answer: answer.edit_cookies(lambda text: text.replace("; Secure", "")))


class CookieForEveryHost(ApiFault):
    """The session cookie goes to every host below the domain."""

    name = "identity.cookie-for-every-host"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_other_origin_cannot_use_the_cookie",)

    def modify(self, app: Any) -> None:
        def edit(text: str) -> str:
            return f"{text}; Domain=audotics.test" if text.startswith("audotics_session") else text

        rewrite(app, lambda _scope, answer: answer.edit_cookies(edit))


class TokenInUrl(ApiFault):
    """After the sign-in an access token stands in the address of the page."""

    name = "identity.token-in-url"
    expected_failures = ("step.smoke.auth", "step.smoke.journeys", "post.critical")
    proves = ("test_whole_sign_in_keeps_its_promises",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            where = dict(answer.headers).get("location", "")
            if "signin=spotify" in where:
                answer.set_header("location", f"{where}&token={app.tokens.issue('nobody', 'nobody')[0]}")

        rewrite(app, change, CALLBACK)


class CookieSurvivesSignOut(ApiFault):
    """Signing out leaves the session of the cookie alive."""

    name = "identity.cookie-survives-sign-out"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_whole_sign_in_keeps_its_promises",)

    def modify(self, app: Any) -> None:
        healthy, put = app.cache.delete, app.cache.put

        async def delete(key: str) -> bool:
            return True if key.startswith("session:") else bool(await healthy(key))

        async def unrelated(key: str, value: str, seconds: int, **more: Any) -> Any:
            if key.startswith("session:"):
                # Nor does it end with the tokens that it was traded for.
                value = json.dumps({**json.loads(value), "family": None})
            return await put(key, value, seconds, **more)

        app.cache.delete, app.cache.put = delete, unrelated


class ClientOfAnotherEnvironment(ApiFault):
    """Sign-ins are begun as the client of another environment, which the provider does not know here."""

    name = "identity.client-of-another-environment"
    expected_failures = ("step.smoke.journeys", "step.smoke.auth", "post.critical")
    proves = ("test_sign_in_leads_to_the_provider",)

    def modify(self, app: Any) -> None:
        healthy, own = app.identity.authorize_url, app.settings.spotify_client_id

        def authorize_url(state: str, verifier: str) -> str:
            return str(healthy(state, verifier)).replace(own, "0123456789abcdef0123456789abcdef")

        app.identity.authorize_url = authorize_url


class CodeIsNotExchanged(ApiFault):
    """A code is taken for granted: whoever brings any code is signed in."""

    name = "identity.code-is-not-exchanged"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_callback_that_nobody_began_is_refused",)

    def modify(self, app: Any) -> None:
        async def exchange(_code: str, _verifier: str) -> Identity:
            return Identity(
                "golive-listener", "golive-listener@audotics.test", "Lena Listener", "none", "none"
            )

        app.identity.exchange = exchange
