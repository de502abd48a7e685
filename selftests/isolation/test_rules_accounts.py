"""What became of an account: taken over, locked out, doubled, changed or privileged is told."""

import pytest

from golive.core.outcome import Blind
from golive.isolation.rules_accounts import (
    Trial,
    expect_answered,
    expect_fields_not_taken,
    expect_no_second_account,
    expect_not_taken_over,
    expect_unchanged,
    expect_wrong_password_refused,
    identities,
    named_by,
)
from selftests.examples.rules_examples import answer

SIGNED_IN = answer({"accessToken": "x" * 40})
REFUSED = answer({"statusCode": 401, "message": "Wrong e-mail or password"}, status=401)
OWNER = answer({"id": "u-1", "email": "a@audotics.test", "role": "user", "displayName": "golive"})


def trial(status=409, *, same=True):
    return Trial("in capitals", "A@AUDOTICS.TEST", answer({"message": "x"}, status=status), same)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 400, 403, 409, 422])
def test_registration_of_an_address_that_exists_may_be_answered_in_several_ways(status):
    """Refused, or answered as any other, so that nobody learns who has an account."""
    expect_answered([trial(status)])
    expect_not_taken_over([trial(status)], own=SIGNED_IN, attackers=REFUSED)


def test_accident_is_told_and_a_limit_is_blind():
    with pytest.raises(AssertionError, match="500, an accident"):
        expect_answered([trial(500)])
    with pytest.raises(Blind, match="429"):
        expect_answered([trial(429)])


def test_takeover_is_told_with_the_writing_that_did_it():
    with pytest.raises(AssertionError, match=r"gets into the account.*registering the address in capitals"):
        expect_not_taken_over([trial(201)], own=REFUSED, attackers=SIGNED_IN)


def test_two_passwords_of_one_account_are_a_takeover():
    with pytest.raises(AssertionError, match="gets into the account"):
        expect_not_taken_over([trial(201)], own=SIGNED_IN, attackers=SIGNED_IN)


def test_owner_who_is_locked_out_is_told():
    with pytest.raises(AssertionError, match=r"locks its owner out.*401"):
        expect_not_taken_over([trial(201)], own=REFUSED, attackers=REFUSED)


def test_sign_in_that_met_a_limit_is_blind():
    limited = answer({"message": "later"}, status=429)
    with pytest.raises(Blind):
        expect_not_taken_over([trial(409)], own=limited, attackers=REFUSED)
    with pytest.raises(Blind):
        expect_wrong_password_refused(limited, what="its first 72 bytes")


def test_second_account_of_one_address_is_told_and_a_look_alikes_is_not():
    other = answer({"id": "u-2", "email": "A@AUDOTICS.TEST"})
    expect_no_second_account(trial(409), owner="u-1", found=None)
    expect_no_second_account(trial(201, same=False), owner="u-1", found=other)
    with pytest.raises(AssertionError, match="one address has two accounts"):
        expect_no_second_account(trial(201), owner="u-1", found=other)
    with pytest.raises(AssertionError, match="the owner's account"):
        expect_no_second_account(trial(201, same=False), owner="u-1", found=OWNER)


def test_profile_that_changed_is_told_but_for_times_and_counters():
    later = answer({**OWNER.json(), "lastLoginAt": "2026-11-30T12:00:00Z", "loginCount": 3})
    expect_unchanged(OWNER, later, what="registering again")
    for changed in ({"role": "admin"}, {"displayName": "attacker"}, {"id": "u-9"}, {"isAdmin": True}):
        with pytest.raises(AssertionError, match=f"another {next(iter(changed))}"):
            expect_unchanged(OWNER, answer({**OWNER.json(), **changed}), what="registering again")


OFFERED = {"role": "admin", "isAdmin": True, "roles": ["admin"], "emailVerified": True, "id": "u-chosen"}


@pytest.mark.parametrize(
    "profile",
    [
        {"id": "u-2", "role": "user"},
        {"id": "u-2", "role": "user", "isAdmin": False, "emailVerified": False},
        {"id": "u-2", "roles": ["user"], "email_verified": True},
    ],
)
def test_field_that_everybody_has_is_nobodys_gain(profile):
    """Also where every new address counts as confirmed."""
    usual = {**profile, "id": "u-1"}
    expect_fields_not_taken(OFFERED, profile=answer(profile), ordinary=answer(usual))


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        ({"id": "u-2", "role": "admin"}, "role"),
        ({"id": "u-2", "role": "user", "is_admin": True}, "isAdmin"),
        ({"id": "u-2", "user": {"role": "user", "emailVerified": True}}, "emailVerified"),
        ({"id": "u-chosen", "role": "user"}, "id"),
        ({"id": "u-2", "roles": ["admin"]}, "roles"),
    ],
)
def test_field_that_was_taken_is_named(profile, says):
    with pytest.raises(AssertionError, match=f"may choose what only the product may give.*{says}"):
        expect_fields_not_taken(
            OFFERED,
            profile=answer(profile),
            ordinary=answer({"id": "u-1", "role": "user", "roles": ["user"]}),
        )


def test_profile_that_says_nothing_is_blind():
    with pytest.raises(Blind, match="was not seen"):
        expect_fields_not_taken(OFFERED, profile=REFUSED, ordinary=OWNER)


def test_password_that_is_not_the_accounts_is_told_when_it_opens():
    expect_wrong_password_refused(REFUSED, what="its first 72 bytes")
    with pytest.raises(AssertionError, match=r"not the account's signs in.*its first 72 bytes"):
        expect_wrong_password_refused(SIGNED_IN, what="its first 72 bytes")
    with pytest.raises(AssertionError, match="an accident"):
        expect_wrong_password_refused(answer({}, status=500), what="its first 72 bytes")


def test_profile_is_known_by_its_id_or_else_by_its_address():
    assert identities(OWNER) == {"u-1"}
    assert identities(answer({"id": 17})) == {"17"}
    assert identities(answer({"email": "A@audotics.test"})) == {"a@audotics.test"}
    assert identities(answer(b"<html>")) == frozenset()


@pytest.mark.parametrize("profile", [{}, {"displayName": "Ada"}, b"<html>"])
def test_account_that_nothing_names_cannot_be_told_from_another(profile):
    with pytest.raises(Blind, match="whose account it is was not seen"):
        named_by(answer(profile))


def test_account_is_named_by_its_id():
    assert named_by(OWNER) == {"u-1"}
