"""How a deployment words what it says: envelope, field names, and where a token travels.

Checks know one wording, the product's; a deployment with another says so in ``[wire]``, and its answers
are read as if it spoke the product's.
"""

from collections.abc import Callable, Mapping

from pydantic import Field, JsonValue, model_validator

from golive.profile.base import Frozen


class NotInEnvelopeError(ValueError):
    """An answer is not wrapped as the profile says."""


class Envelope(Frozen):
    """What wraps every JSON answer; ``data`` holds an answer's content, ``error`` a refusal's."""

    data: str = "data"
    """The key that holds a good answer's content."""
    error: str | None = None
    """None: a refusal is not wrapped."""


class Wire(Frozen):
    """The wording of the API."""

    envelope: Envelope | None = None
    """What wraps answers; None: they are not wrapped."""
    fields: dict[str, str] = Field(default_factory=dict)
    """The product's name of a field or parameter, to the deployment's name; at any depth."""
    token_cookie: str | None = None
    """The cookie that carries the access token; None: a bearer token in the Authorization header."""

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

    def sent(self, value: JsonValue) -> JsonValue:
        """Return a request's content in the deployment's words; values may be of any type."""
        return _renamed(value, lambda name: self.fields.get(name, name))

    def params(self, params: Mapping[str, str | int]) -> dict[str, str | int]:
        """Return query parameters in the deployment's words."""
        return {self.fields.get(name, name): value for name, value in params.items()}

    def received(self, value: JsonValue, *, is_error: bool) -> JsonValue:
        """Return an answer's content in the product's words.

        Raises:
            NotInEnvelopeError: a good answer lacks the envelope that the profile declares. A refusal without
                it may come from in front of the API, and stays as it is.
        """
        back = {theirs: ours for ours, theirs in self.fields.items()}
        return _renamed(self._opened(value, is_error), lambda name: back.get(name, name))

    def _opened(self, value: JsonValue, is_error: bool) -> JsonValue:
        if self.envelope is None:
            return value
        key = self.envelope.error if is_error else self.envelope.data
        if key is None:
            return value
        if isinstance(value, dict) and key in value:
            return value[key]
        if is_error:
            return value
        found = ", ".join(sorted(value)[:5]) if isinstance(value, dict) else type(value).__name__
        raise NotInEnvelopeError(f"expected the content in {key!r}, observed {found or 'an empty object'}")


def _renamed(value: JsonValue, rename: Callable[[str], str]) -> JsonValue:
    if isinstance(value, dict):
        return {rename(name): _renamed(inner, rename) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(inner, rename) for inner in value]
    return value
