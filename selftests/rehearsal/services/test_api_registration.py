"""Registration as somebody would try it who wants another person's account."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from rehearsal.services.api.accounts.addresses import normal_address
from selftests.rehearsal.guests import PASSWORD, Guest, register


@pytest.fixture
def victim(running):
    """Somebody whose account others want."""
    guest = Guest(running)
    yield guest
    guest.do("DELETE", "/users/me")


def wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in text)


@pytest.mark.parametrize(
    "written",
    [
        str.upper,
        str.title,
        lambda a: f"  {a} ",
        lambda a: f"\u2003{a}",
        wide,
        lambda a: a.replace("s", "\u017f"),
    ],
    ids=["capitals", "title", "blanks", "em-space", "full-width", "long-s"],
)
def test_an_address_that_is_written_otherwise_is_the_same_account(running, victim, written: Any) -> None:
    again = register(running, written(victim.email), "another long password")
    assert again.status_code == 409
    assert victim.sign_in(victim.email, "another long password").status_code == 401
    assert victim.sign_in(written(victim.email), PASSWORD).status_code == 200


@pytest.mark.parametrize("letter", ["\u0435", "\u03b5", "\u00e9", "e\u200b", "\u212e"])
def test_letters_that_only_look_alike_are_refused(running, victim, letter: str) -> None:
    look_alike = victim.email.replace("e", letter, 1)
    assert look_alike != victim.email
    assert register(running, look_alike, "another long password").status_code == 400


def test_fields_that_nobody_offered_change_nothing(running) -> None:
    email = f"guest-{secrets.token_hex(6)}@audotics.test"
    wanted = {
        "role": "admin",
        "isAdmin": True,
        "id": "1",
        "spotifyId": "golive-admin",
        "createdAt": "2001-01-01",
    }
    assert register(running, email, PASSWORD, **wanted).status_code == 201
    guest = Guest(running, email)
    profile = guest.do("GET", "/users/me").json()
    assert profile["role"] == "user"
    assert profile["id"] != "1"
    assert guest.do("GET", "/analytics/users").status_code == 403
    assert guest.do("DELETE", "/users/me").status_code == 204


@pytest.mark.parametrize("length", [8, 71, 72, 73, 120, 200])
def test_every_letter_of_a_password_counts(running, length: int) -> None:
    email, password = f"guest-{secrets.token_hex(6)}@audotics.test", ("long " * 40)[:length]
    assert register(running, email, password).status_code == 201
    guest = Guest(running, email, password)
    assert guest.sign_in(email, password[:-1] + "#").status_code == 401
    assert guest.sign_in(email, password[:-1] or "#").status_code == 401
    assert guest.do("DELETE", "/users/me").status_code == 204


def test_an_accent_in_a_password_may_come_in_two_forms(running) -> None:
    email = f"guest-{secrets.token_hex(6)}@audotics.test"
    assert register(running, email, "caf\u00e9 au lait").status_code == 201
    guest = Guest(running, email, "cafe\u0301 au lait")
    assert guest.do("DELETE", "/users/me").status_code == 204


def test_a_removed_account_is_gone_and_its_address_is_free(running) -> None:
    guest = Guest(running)
    answer = guest.do("DELETE", "/users/me", 1)
    assert answer.status_code == 204
    assert "audotics_session=" in answer.headers["set-cookie"]
    assert guest.sign_in(guest.email, PASSWORD).status_code == 401
    again = Guest(running, guest.email, register_first=True)
    assert again.id != guest.id
    assert again.do("DELETE", "/users/me").status_code == 204


@pytest.mark.parametrize(
    ("written", "known_as"),
    [
        ("Lena@Audotics.test", "lena@audotics.test"),
        (" lena@audotics.test\n", "lena@audotics.test"),
        ("\uff4cena@audotics.test", "lena@audotics.test"),
        ("lena@b\u00fccher.example", "lena@xn--bcher-kva.example"),
        ("lena+tag@audotics.test", "lena+tag@audotics.test"),
    ],
)
def test_an_address_has_one_form(written: str, known_as: str) -> None:
    assert normal_address(written) == known_as
    assert normal_address(known_as) == known_as


@pytest.mark.parametrize(
    "wrong", ["", "lena", "@audotics.test", "l\u00e9na@audotics.test", "a@b", "a b@c.de", "a@-\u2028.de"]
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        normal_address(wrong)


TEXTS = [
    "Zo\u00eb & Bj\u00f6rn",
    "\U0001f469\u200d\U0001f3a4 \U0001f1e9\U0001f1ea",
    "<b onclick='x()'>\"O'Neil\"</b>",
    "&amp; \\n %20 {{7*7}}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_as_it_was_given(running, text: str) -> None:
    guest = Guest(running, display_name=text)
    try:
        for replica in (0, 1):
            assert guest.do("GET", "/users/me", replica).json()["displayName"] == text
        session = guest.do("POST", "/api/sessions", json={"name": text}).json()
        view = guest.do("GET", f"/api/sessions/{session['id']}", 1).json()
        assert view["name"] == session["name"] == text
        assert view["members"] == [{"id": guest.id, "displayName": text}]
    finally:
        guest.do("DELETE", "/users/me")


def test_what_is_disliked_is_nowhere(running) -> None:
    guest = Guest(running)
    try:
        ranking = guest.do("GET", "/recommendations?limit=2").json()["recommendations"]
        disliked, other = ranking[0]["id"], ranking[1]["id"]
        query = {"query": ranking[0]["genre"], "limit": 100}
        seen = {
            track["id"]
            for track in guest.do("POST", "/nlp-recommendations/query", json=query).json()["recommendations"]
        }
        assert disliked in seen
        assert guest.do("POST", f"/feedback/songs/{disliked}", json={"rating": 1}).status_code == 201
        for replica in (0, 1):
            lists = [
                guest.do("GET", "/recommendations?limit=100", replica).json()["recommendations"],
                guest.do("POST", "/nlp-recommendations/query", replica, json=query).json()["recommendations"],
                guest.do("GET", f"/songs/{other}/similar?limit=100", replica).json()["similar"],
            ]
            assert all(found for found in lists)
            assert not [found for found in lists if disliked in {track["id"] for track in found}]
    finally:
        guest.do("DELETE", "/users/me")
