"""Tokens and lifetimes are found where the profile says, in whichever form they are told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from golive.api.profile_sign_in import Password
from golive.api.rules_privacy import expect_nothing_private
from golive.api.wire.serialization import Wire
from golive.api.wire.session_answer import expect_said_lifetime, handed_out, sign_in_body
from golive.net.http_observation import HttpObservation
from golive.profile.profile import profile_model
from golive.profile.secrets import Secret
from selftests.examples.rules_examples import answer

ACCESS, REFRESH = "access-0123456789abcdef", "refresh-0123456789abcdef"
ISSUED = datetime(2026, 11, 30, 12, tzinfo=UTC)
ENDS = ISSUED + timedelta(hours=1)
AT_PATHS = {"access_field": "data.access_token", "refresh_field": "data.refresh.token"}
COOKIES = Wire(token_cookie="sid", refresh_cookie="rt")


def strategy(**declared: Any) -> Password:
    return Password(strategy="password", **declared)


def setting(*cookies: str) -> HttpObservation:
    return answer({"ok": True}, headers=tuple(("set-cookie", cookie) for cookie in cookies))


@pytest.mark.parametrize(
    ("seen", "declared", "wire"),
    [
        (answer({"accessToken": ACCESS, "refreshToken": REFRESH}), {}, Wire()),
        (
            answer({"data": {"access_token": ACCESS, "refresh": {"token": REFRESH}}}, status=201),
            AT_PATHS,
            Wire(),
        ),
        (setting(f"sid={ACCESS}; Path=/", f"rt={REFRESH}; Path=/auth/refresh", "XSRF=x"), {}, COOKIES),
        (
            answer({"accessToken": ACCESS}, headers=(("set-cookie", f"rt={REFRESH}"),)),
            {},
            Wire(refresh_cookie="rt"),
        ),
    ],
    ids=["fields", "paths", "cookies", "refresh-in-a-cookie"],
)
def test_tokens_are_found_in_fields_paths_and_cookies(
    seen: HttpObservation, declared: Any, wire: Wire
) -> None:
    found = handed_out(seen, strategy(**declared), wire, refreshes=True)
    assert found.access.reveal() == ACCESS
    assert found.refresh is not None
    assert found.refresh.reveal() == REFRESH
    assert handed_out(seen, strategy(**declared), wire, refreshes=False).refresh is None


@pytest.mark.parametrize(
    ("seen", "declared", "wire", "said"),
    [
        (answer({"token": ACCESS}), {}, Wire(), "access token .* in accessToken, observed none"),
        (answer({"accessToken": 12345678901234567}), {}, Wire(), "observed no text"),
        (answer({"accessToken": "short"}), {}, Wire(), "observed a short text"),
        (answer({"accessToken": ACCESS}), {}, Wire(), "refresh token .* observed none"),
        (answer({"data": ACCESS}), AT_PATHS, Wire(), "in data.access_token, observed none"),
        (setting("rt=x"), {}, COOKIES, "one cookie sid with it, observed none"),
        (setting(f"sid={ACCESS}", f"sid={ACCESS}"), {}, COOKIES, "observed 2 of them"),
        (setting(f"sid={ACCESS}", "rt="), {}, COOKIES, "one cookie rt"),
    ],
)
def test_missing_token_is_named_and_never_shown(
    seen: HttpObservation, declared: Any, wire: Wire, said: str
) -> None:
    with pytest.raises(AssertionError, match=said) as caught:
        handed_out(seen, strategy(**declared), wire, refreshes=True)
    assert ACCESS not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        (3600, "seconds"),
        ("3600", "seconds"),
        (3601.2, "seconds"),
        (3_600_000, "milliseconds"),
        ("2026-11-30T13:00:00Z", "instant"),
        ("2026-11-30T14:00:00.000+01:00", "seconds"),
        (int(ENDS.timestamp()), "instant"),
        (int(ENDS.timestamp()) * 1000, "instant"),
        (None, "seconds"),
    ],
)
def test_lifetime_is_read_in_each_form(said: JsonValue, unit: Any) -> None:
    expect_said_lifetime(answer({"in": {"e": said}}), "in.e", unit, issued=ISSUED, ends=ENDS)


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        (3_600_000, "seconds"),
        (3600, "milliseconds"),
        (7200, "seconds"),
        ("2026-11-30T13:00:00", "instant"),
        ("2026-11-30T12:00:00Z", "instant"),
        ("1h", "seconds"),
        (True, "seconds"),
        (-3600, "seconds"),
        (10**20, "seconds"),
        (10**30, "instant"),
        (["3600"], "seconds"),
    ],
)
def test_wrong_lifetime_is_none(said: JsonValue, unit: Any) -> None:
    """Of another unit, without an offset, ended at once, or no time at all."""
    with pytest.raises(AssertionError, match="expected 60 min"):
        expect_said_lifetime(answer({"e": said}), "e", unit, issued=ISSUED, ends=ENDS)


def test_sign_in_names_its_fields_as_the_deployment_does() -> None:
    declared = strategy(
        email_field="username", password_field="pass", other_fields={"grant_type": "password"}
    )
    password = Secret("x")
    assert sign_in_body(declared, "a@b.c", password) == {
        "username": "a@b.c",
        "pass": password,
        "grant_type": "password",
    }


def test_token_is_private_but_where_it_is_handed_out() -> None:
    """At the path that the profile names, and nowhere else."""
    body: JsonValue = {"data": {"access_token": ACCESS, "email": "a@b.c"}}
    expect_nothing_private(answer(body), own="a@b.c", tokens=("data.access_token", None))
    with pytest.raises(AssertionError, match=r"\$\.data\.access_token"):
        expect_nothing_private(answer(body), own="a@b.c", tokens=("access_token",))


def profile_with(authentication: Any, **fields: str) -> Any:
    return profile_model().model_validate(
        {
            "schema": 1,
            "title": "mini",
            "control": {"targets": ["control.mini.test:443"]},
            "allow": {"hosts": {}},
            "authentication": {"strategy": "password", **authentication},
            "wire": {"fields": fields},
        }
    )


def test_token_is_named_once_in_a_profile() -> None:
    """What the wire renames is found under the product's name, and an own name would find nothing."""
    with pytest.raises(ValidationError, match=r"access_field: wire\.fields has 'jwt' read as 'accessToken'"):
        profile_with({"access_field": "data.jwt"}, accessToken="jwt")
    profile_with({"access_field": "data.jwt"}, limit="count")
    profile_with({}, accessToken="jwt")
