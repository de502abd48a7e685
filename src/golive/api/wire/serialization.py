"""How a deployment words what it says: envelope, field names, and where a token travels.

Checks know one wording, the product's; a deployment with another says so in ``[wire]``, and its answers
are read as if it spoke the product's.
"""

from collections.abc import Callable, Mapping

from pydantic import Field, JsonValue, model_validator

from golive.net.http_observation import BodyForm, RefusalForm
from golive.profile.base import Frozen
from golive.profile.fields import ComparedHttpsUrl, HttpsUrl


class NotInEnvelopeError(ValueError):
    """An answer is not wrapped as the profile says."""


class Envelope(Frozen):
    """What wraps every JSON answer; ``data`` holds an answer's content, ``error`` a refusal's."""

    data: str = "data"
    """The key that holds a good answer's content; dots lead into objects."""
    error: str | None = None
    """The key that holds a refusal's error; None: a refusal is not wrapped."""
    everywhere: bool = True
    """Whether every good answer has it; false: one without it stands for itself."""


class Refusals(Frozen):
    """How the deployment refuses, where it is not by the field's usual statuses and a JSON error."""

    body: BodyForm = "json"
    """The one form of an error's body; ``json`` is any that clients can read, ``any`` needs no JSON."""
    strangers: tuple[int, ...] = ()
    """Statuses beside 401 that refuse who shows no token or a wrong one, such as 403."""
    users: tuple[int, ...] = ()
    """Statuses beside 403 that refuse who is known and may not, such as 404."""
    unknown: tuple[int, ...] = ()
    """Statuses beside 404 for what is not there, such as 400 for an id of another form."""
    pages: tuple[ComparedHttpsUrl, ...] = ()
    """Pages to which a refused browser is sent instead."""
    cookies: tuple[str, ...] = ()
    """Cookies that sign somebody in, none of which may come along then."""


class Csrf(Frozen):
    """A value that scripts of the deployment read from a cookie, and send as a header (double submit)."""

    url: HttpsUrl
    """Where a GET hands it out."""
    cookie: str
    """The cookie that carries it, which scripts may read."""
    header: str
    """The header that repeats it."""


class Wire(Frozen):
    """The wording of the API."""

    envelope: Envelope | None = None
    """What wraps answers; None: they are not wrapped."""
    fields: dict[str, str] = Field(default_factory=dict)
    """The product's name of a field or parameter, to the deployment's name; at any depth."""
    token_cookie: str | None = None
    """The cookie that carries the access token; None: a bearer token in the Authorization header."""
    refresh_cookie: str | None = None
    """The cookie that carries the refresh token, where that is none of the body's."""
    csrf: Csrf | None = None
    """What a request must show that changes something, beside the cookie; None: nothing."""
    refusals: Refusals | None = None
    """How it refuses; left out, by 401, 403 or 404 with a JSON error."""

    @model_validator(mode="after")
    def _names_are_unambiguous(self) -> "Wire":
        names = list(self.fields.values())
        if len(set(names)) != len(names):
            raise ValueError("two fields have the same name in this deployment")
        return self

    @property
    def is_plain(self) -> bool:
        """Whether bodies need no translation at all."""
        return self.envelope is None and not self.fields

    @property
    def refusal_form(self) -> RefusalForm:
        """How refusals are read."""
        declared = self.refusals or Refusals()
        own = tuple(name for name in (self.token_cookie, self.refresh_cookie) if name)
        return RefusalForm(
            declared.body,
            declared.strangers,
            declared.users,
            declared.unknown,
            declared.pages,
            (*own, *declared.cookies),
        )

    def with_fields(self, fields: Mapping[str, str]) -> "Wire":
        """Return the wording of a route that has names of its own for some fields."""
        return self.model_copy(update={"fields": {**self.fields, **fields}}) if fields else self

    def sent(self, value: JsonValue) -> JsonValue:
        """Return a request's content in the deployment's words; values may be of any type."""
        return _renamed(value, lambda name: self.fields.get(name, name))

    def params(self, params: Mapping[str, str | int]) -> dict[str, str | int]:
        """Return query parameters in the deployment's words."""
        return {self.fields.get(name, name): value for name, value in params.items()}

    def received(self, value: JsonValue, *, is_error: bool, place: str | None = None) -> JsonValue:
        """Return an answer's content in the product's words.

        Args:
            value: the answer's JSON.
            is_error: whether it refuses something.
            place: where a good answer of this route has its content, within the envelope.

        Raises:
            NotInEnvelopeError: a good answer lacks the envelope or the place that the profile declares. A
                refusal without it may come from in front of the API, and stays as it is.
        """
        back = {theirs: ours for ours, theirs in self.fields.items()}
        content = self._opened(value, is_error)
        if place is not None and not is_error:
            content = _at(content, place)
        return _renamed(content, lambda name: back.get(name, name))

    def _opened(self, value: JsonValue, is_error: bool) -> JsonValue:
        if self.envelope is None:
            return value
        key = self.envelope.error if is_error else self.envelope.data
        if key is None:
            return value
        if not is_error and self.envelope.everywhere:
            return _at(value, key)
        try:
            return _at(value, key)
        except NotInEnvelopeError:
            return value


def _at(value: JsonValue, place: str) -> JsonValue:
    found = value
    for key in place.split("."):
        if not isinstance(found, dict) or key not in found:
            seen = ", ".join(sorted(found)[:5]) if isinstance(found, dict) else type(found).__name__
            raise NotInEnvelopeError(
                f"expected the content in {place!r}, observed {seen or 'an empty object'}"
            )
        found = found[key]
    return found


def _renamed(value: JsonValue, rename: Callable[[str], str]) -> JsonValue:
    if isinstance(value, dict):
        return {rename(name): _renamed(inner, rename) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(inner, rename) for inner in value]
    return value
