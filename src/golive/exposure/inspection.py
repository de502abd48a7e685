"""Looks at every answer and message of the product, as it comes, and counts what it shows."""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from urllib.parse import unquote_plus, urlsplit

from pydantic import JsonValue

from golive.api.profile import API, OPERATIONS, ROUTES
from golive.api.profile_sign_in import ACCOUNTS, IDENTITY_PROVIDER, REGISTRATION, IdentityProvider
from golive.core.outcome import Blind
from golive.exposure.askers import ANOTHER, Asker, Askers
from golive.exposure.observation import Exposure, ExposureLog, Kind
from golive.exposure.profile import DISCLOSURES
from golive.exposure.rules_personal import addresses_in, personal_field
from golive.exposure.rules_secrets import keys_in, secrets_in
from golive.exposure.rules_technical import technical_in, text_of_page
from golive.exposure.values import values_of
from golive.net.access import HeardAnswer, HeardMessage
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.net.incidents import current_incidents
from golive.profile.base import Absent
from golive.profile.profile import Profile
from golive.profile.registry import REGISTRY
from golive.profile.secrets import Secrets

_LONGEST = 512 * 1024
_ID_LIKE = re.compile(r"\d+|[0-9a-fA-F-]{8,}|.*[%@'\"\x00].*|.{24,}|(?=.*\d)[\w-]{10,}")
_DOCUMENTATION = frozenset({
    "docs", "api-docs", "apidocs", "documentation", "redoc", "swagger", "swagger-ui", "openapi",
    "openapi.json", "openapi.yaml", "swagger.json", "help", "blog",
})  # fmt: skip
_EVEN_IN_DOCUMENTATION = frozenset({Kind.PASSWORD_HASH, Kind.PRIVATE_KEY, Kind.SECRET_KEY})
_NO_WORDS = re.compile(
    r"image/|audio/|video/|font/|javascript|text/css|wasm|octet-stream|zip|pdf|source-?map"
)
_CONTENT = frozenset({
    "title", "name", "album", "artist", "artists", "description", "bio", "lyrics", "text", "comment", "query",
    "genre", "label", "copyright", "tags",
})  # fmt: skip
"""Keys of what people write and publish: what such a text says is no word of the server's."""
_PUBLISHED = frozenset({"title", "album", "description", "bio", "lyrics", "copyright"})
"""Of these, such as hold addresses that people published themselves."""
_HEADERS_LEFT_OUT = frozenset({"set-cookie", "content-security-policy", "link", "etag", "nel", "report-to"})


class Inspection:
    """Takes no part in a check: it raises nothing, and keeps no value.

    Args:
        profile: says what the product is, and who its test accounts are.
        secrets: tokens that were issued beforehand are told by them.
        log: counts.
    """

    def __init__(self, profile: Profile, secrets: Secrets, log: ExposureLog) -> None:
        self._log = log
        self._declared = DISCLOSURES.of(profile)
        accounts = ACCOUNTS.of(profile)
        self._askers = Askers(
            (account.like or role, account.email, account.id) for role, account in accounts.items()
        )
        for account in accounts.values():
            if account.token is not None:
                with suppress(Blind):
                    token = secrets.get(account.token).reveal()
                    self._askers.learn(self._askers.of_address(account.email), token)
        self._bases, self._issuing, self._public = _reach(profile)
        self._provided = _provided(profile)
        self._templates = _templates(profile)

    def __call__(self, heard: HeardAnswer | HeardMessage) -> None:
        """Look at it."""
        with suppress(RecursionError, ValueError, LookupError):
            if isinstance(heard, HeardAnswer):
                self._answer(heard)
            else:
                self._message(heard)

    def _answer(self, heard: HeardAnswer) -> None:
        answer = heard.answer
        base = next((base for base in self._bases if answer.url.startswith(base)), None)
        is_api = base is not None
        type_ = (answer.header("content-type") or "").lower()
        if not is_api and (answer.host not in self._public or _NO_WORDS.search(type_)):
            return
        path = urlsplit(answer.url).path.removeprefix(urlsplit(base or "").path.rstrip("/"))
        route = f"{answer.method} {self._template(path)}"
        self._log.look(route, is_message=False)
        issues = is_api and path in self._issuing and answer.status < 400
        asker = self._issued_to(heard, path) if issues else self._askers.of(answer.known)
        content = _json(answer, type_)
        if issues:
            self._learn(asker, answer, content)
        found = set(
            _in_content(
                content, asker, self._askers.addresses, issues=issues, is_refusal=answer.status >= 400
            )
            if content is not None
            else self._in_text(answer, type_, is_api)
        )
        if _is_documentation(path, content):
            found = {one for one in found if one[0] in _EVEN_IN_DOCUMENTATION}
        found.update(self._in_headers(answer))
        if found:
            self._note(route, asker, found, _sent(heard))

    def _message(self, heard: HeardMessage) -> None:
        route = f"message {heard.name[:60]!r} of {urlsplit(heard.url).path or '/'}"
        self._log.look(route, is_message=True)
        asker = self._askers.of(heard.known)
        found = set(_in_content(heard.payload, asker, self._askers.addresses))
        if found:
            self._note(route, asker, found, json.dumps(heard.sent) + "\n".join(heard.known))

    def _note(self, route: str, asker: Asker, found: set[tuple[Kind, str, str]], sent: str) -> None:
        said = sent.lower()
        shown: set[Exposure] = set()
        addresses = {text for kind, _, text in found if kind is Kind.EMAIL_ADDRESS}
        # Of whom nothing is known, one address may be their own.
        is_own = addresses if asker.label == ANOTHER and len(addresses) == 1 else asker.owners
        for kind, place, text in found:
            if kind is Kind.EMAIL_ADDRESS and text in is_own:
                continue
            own_token = kind in (Kind.TOKEN, Kind.TOKEN_OF_ANOTHER) and self._askers.is_own(asker, text)
            if own_token or (text and text.lower() in said):
                continue
            shown.add(Exposure(kind, route, asker.label, place))
        heard = current_incidents.get()
        for exposure in shown:
            declared = any(one.covers(exposure) for one in self._declared)
            self._log.note(exposure, is_declared=declared)
            if heard is not None and not declared:
                heard.exposed[exposure.words] = heard.exposed.get(exposure.words, 0) + 1

    def _issued_to(self, heard: HeardAnswer, path: str) -> Asker:
        given = next(addresses_in(_sent(heard)), None)
        if given is not None:
            return self._askers.of_address(given)
        if path in self._provided:
            return self._askers.of_role(self._provided[path])
        return self._askers.of(heard.answer.known)

    def _learn(self, asker: Asker, answer: HttpObservation, content: JsonValue) -> None:
        for cookie in answer.cookies():
            self._askers.learn(asker, cookie.value.reveal())
        for value in values_of(content):
            text = value.value
            if isinstance(text, str) and 16 <= len(text) <= 8192 and not any(map(str.isspace, text)):
                self._askers.learn(asker, text)

    def _in_text(self, answer: HttpObservation, type_: str, is_api: bool) -> Iterator[tuple[Kind, str, str]]:
        if _NO_WORDS.search(type_):
            return
        text = answer.body[:_LONGEST].decode(errors="replace")
        is_page = "html" in type_ or text[:200].lstrip().lower().startswith(("<!doctype", "<html"))
        words = text_of_page(text) if is_page else text
        yield from ((kind, "", found) for kind, found in keys_in(words))
        # A page may well explain what a stack trace is; as an answer to an error it is one.
        if answer.status >= 400 or not is_page or is_api:
            yield from ((kind, "", found) for kind, found in technical_in(words))
        known = self._askers.addresses
        for address in addresses_in(words):
            if not is_page or address in known:
                yield Kind.EMAIL_ADDRESS, "", address

    def _in_headers(self, answer: HttpObservation) -> Iterator[tuple[Kind, str, str]]:
        known = self._askers.addresses
        for name, value in answer.headers:
            if name in _HEADERS_LEFT_OUT or len(value) < 8:
                continue
            text = unquote_plus(value) if "%" in value else value
            yield from (
                (kind, f"header {name}", found) for kind, found in (*keys_in(text), *technical_in(text))
            )
            for address in addresses_in(text):
                if address in known:
                    yield Kind.EMAIL_ADDRESS, f"header {name}", address

    def _template(self, path: str) -> str:
        for pattern, template in self._templates:
            if pattern.fullmatch(path):
                return template
        return "/".join("{id}" if _ID_LIKE.fullmatch(part) else part for part in path.split("/")[:8])


def _in_content(
    content: JsonValue,
    asker: Asker,
    known: Collection[str],
    *,
    issues: bool = False,
    is_refusal: bool = False,
) -> Iterator[tuple[Kind, str, str]]:
    for value in values_of(content):
        personal = personal_field(value, asker.owners)
        if personal is not None:
            yield personal, value.place, str(value.value)
        if not isinstance(value.value, str) or value.value.startswith("data:"):
            continue
        text = value.value[:_LONGEST]
        for kind, found in secrets_in(value, asker.owners, issues=issues):
            yield kind, value.place, found
        published = value.name.lower() in _CONTENT and not is_refusal
        if not published:
            for kind, found in technical_in(text):
                yield kind, value.place, found
        for address in addresses_in(text):
            if address in known or value.name.lower() not in _PUBLISHED:
                yield Kind.EMAIL_ADDRESS, value.place, address


def _json(answer: HttpObservation, type_: str) -> JsonValue:
    if "json" not in type_ and answer.body[:1] not in (b"{", b"["):
        return None
    if len(answer.body) > 4 * _LONGEST:
        return None
    try:
        return answer.json()
    except ProtocolError:
        return None


def _sent(heard: HeardAnswer) -> str:
    """What the request said, in each of the spellings in which an answer may repeat it."""
    body = heard.sent[:_LONGEST].decode(errors="replace")
    texts: list[str] = [unquote_plus(heard.answer.url), *heard.answer.known, body, unquote_plus(body)]
    with suppress(ValueError, RecursionError):
        texts += [str(value.value) for value in values_of(json.loads(body))]
    return "\n".join(texts)


def _is_documentation(path: str, content: JsonValue) -> bool:
    describes = isinstance(content, dict) and bool({"openapi", "swagger"} & content.keys())
    return describes or not _DOCUMENTATION.isdisjoint(path.lower().split("/"))


def _reach(profile: Profile) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """Return where the API is, its paths that hand out tokens, and the product's public hosts."""
    api, routes = API.get(profile), ROUTES.of(profile)
    bases = () if api is None else (api.url, *(replica.url for replica in api.replicas))
    provider, registration = IDENTITY_PROVIDER.of(profile), REGISTRATION.of(profile)
    issuing = {routes.sign_in, routes.refresh}
    if registration is not None:
        issuing.add(registration.route)
    if provider is not None:
        issuing |= set(_handing_out(provider))
    parts = (part.of(profile) for part in REGISTRY.parts.values() if part.is_public)
    urls = (part.url for part in parts if part is not None and not isinstance(part, Absent))
    return tuple(bases), frozenset(issuing), frozenset(urlsplit(url).hostname or "" for url in urls)


def _provided(profile: Profile) -> dict[str, str]:
    provider = IDENTITY_PROVIDER.of(profile)
    return {} if provider is None else dict.fromkeys(_handing_out(provider), provider.role)


def _handing_out(provider: IdentityProvider) -> list[str]:
    """Paths at which a sign-in by the provider hands out tokens; a deployment may have no refresh of it."""
    return [path for path in (provider.callback, provider.refresh) if isinstance(path, str)]


def _templates(profile: Profile) -> list[tuple["re.Pattern[str]", str]]:
    named = (value for value in ROUTES.of(profile).model_dump().values() if isinstance(value, str))
    routes = dict.fromkeys((*named, *(operation.route for operation in OPERATIONS.of(profile))))
    filled = [route for route in routes if "{" in route]
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route))), route) for route in filled]
