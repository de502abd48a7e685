"""Tokens are read without their key, and never shown."""

import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api.wire.token import read_token
from golive.net.errors import ProtocolError
from golive.profile.secrets import Secret

KEY = "a-key-of-sufficient-length-for-the-test"


def test_claims_are_read_and_only_their_names_are_shown() -> None:
    secret = Secret(jwt.encode({"id": "user-4711", "iat": 1700000000, "exp": 1700000900}, KEY, "HS256"))
    seen = read_token(secret, target="POST /auth/login")
    assert (seen.algorithm, seen.signature_bytes, seen.claims["id"]) == ("HS256", 32, "user-4711")
    shown = json.dumps(seen.facts()) + repr(seen)
    assert "user-4711" not in shown
    assert "2023-11-14T22:28:20+00:00" in shown


@given(st.text())
def test_anything_else_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        read_token(Secret(text), target="here")
    assert len(text) < 12 or text not in str(refused.value)
