"""Every sign-in of a run, heard as it is answered; each is signed out in the end, and that is read back."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from golive.api.afterwards.account_tokens import token_in
from golive.api.profile import API, ROUTES
from golive.api.profile_sign_in import ACCOUNTS, AUTHENTICATION, IDENTITY_PROVIDER, WIRE
from golive.core.outcome import Blind, Effect
from golive.net.access import HeardAnswer, HeardMessage
from golive.net.errors import ProbeError
from golive.net.guard import current_effect
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.profile.profile import Profile
from golive.profile.secrets import Secret
from golive.report.journal import Entry, Journal

_ENDED = (401, 403)
_NO_SUCH_ROUTE = (404, 405, 501)
_MOST = 2000
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Open:
    """A sign-in that has not been signed out yet."""

    entry: Entry
    token: Secret | None
    cookies: Mapping[str, Secret]
    sign_out: str
    whose: str
    """Route that says who is signed in: 401 or 403 once nobody is."""
    key: str
    """Of the profile, that says how to sign out."""


class SignIns:
    """Keeps the tokens of one process's sign-ins until they are signed out; they stand in no file.

    Args:
        profile: says where tokens are handed out.
        journal: told of each as soon as its answer is there.
    """

    def __init__(self, profile: Profile, journal: Journal) -> None:
        self._profile = profile
        self._journal = journal
        self._roles = {account.email.lower(): role for role, account in ACCOUNTS.of(profile).items()}
        self._open: dict[str, _Open] = {}
        self._count: Counter[str] = Counter()

    def hear(self, heard: HeardAnswer | HeardMessage) -> None:
        """Remember a sign-in, or its renewal, that was let in."""
        api = API.get(self._profile)
        if api is None or not isinstance(heard, HeardAnswer) or heard.answer.status >= 400:
            return
        bases = (api.url, *(replica.url for replica in api.replicas))
        base = next((base for base in bases if heard.answer.url.startswith(base)), None)
        if base is None:
            return
        path = urlsplit(heard.answer.url.removeprefix(base)).path
        routes, provider = ROUTES.of(self._profile), IDENTITY_PROVIDER.of(self._profile)
        if path in (routes.sign_in, routes.refresh) and AUTHENTICATION.of(self._profile) is not None:
            token = token_in(self._profile, heard.answer)
            if token:
                who = self._role_in(heard.sent) or "whoever renews their sign-in"
                self._keep(who, Secret(token), {}, routes.sign_out, routes.profile, "routes.sign_out")
        elif provider is not None and path in (provider.callback, provider.refresh):
            for cookie in heard.answer.cookies():
                if cookie.name == provider.session_cookie and cookie.value.reveal():
                    cookies = {cookie.name: cookie.value}
                    key = "identity_provider.sign_out"
                    self._keep(provider.role, None, cookies, provider.sign_out, provider.user, key)

    async def end_all(self, http: HttpProbe) -> None:
        """Sign out whatever is still signed in; nothing is raised, and what stays is noted as left behind."""
        left, self._open = self._open, {}
        try:
            async with asyncio.timeout(_SECONDS):
                await asyncio.gather(*(self._end(http, one) for one in left.values()))
        except TimeoutError:
            for one in left.values():
                if not one.entry.thing().is_closed:
                    one.entry.note("left behind", why=f"not signed out within {_SECONDS:g} s")

    def _keep(
        self,
        who: str,
        token: Secret | None,
        cookies: Mapping[str, Secret],
        sign_out: str,
        whose: str,
        key: str,
    ) -> None:
        value = (token or next(iter(cookies.values()))).reveal()
        if value in self._open or len(self._open) >= _MOST:
            return
        self._count[who] += 1
        entry = self._journal.begin("sign-in", f"{who} {self._count[who]}")
        entry.note("created", remedy="its token ended with the run; it ends by itself, or with the account")
        self._open[value] = _Open(entry, token, cookies, sign_out, whose, key)

    def _role_in(self, sent: bytes) -> str:
        text = sent.decode(errors="replace").lower()
        return next((role for address, role in self._roles.items() if f'"{address}"' in text), "")

    async def _end(self, http: HttpProbe, one: _Open) -> None:
        try:
            before = await self._ask(http, "GET", one.whose, one)
            if before.status in _ENDED:
                one.entry.note("already gone")
                return
            out = await self._ask(http, "POST", one.sign_out, one)
            after = await self._ask(http, "GET", one.whose, one)
        except (AssertionError, ProbeError, Blind) as error:
            one.entry.note("left behind", why=str(error))
            return
        if after.status in _ENDED:
            one.entry.note("removed")
            return
        route = urlsplit(out.url).path
        why = f"signing out was answered {out.status}, and its token is answered {after.status} afterwards"
        if out.status in _NO_SUCH_ROUTE:
            why = f"POST {route} is answered {out.status}: say as {one.key} where signing out is"
        one.entry.note("left behind", why=why)

    async def _ask(self, http: HttpProbe, method: str, route: str, one: _Open) -> HttpObservation:
        cookies, token = dict(one.cookies), one.token
        name = WIRE.of(self._profile).token_cookie
        if token is not None and name is not None:
            cookies, token = {name: token}, None
        effect = current_effect.set(Effect.WRITE if one.cookies else Effect.READ)
        try:
            url = f"{API.present(self._profile).url}{route}"
            return await http.request(method, url, token=token, cookies=cookies)
        finally:
            with suppress(ValueError):
                current_effect.reset(effect)
