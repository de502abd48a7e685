"""Rules about tokens, cookies, origins, private data, limits and times; an empty answer meets none."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api.profile import RateLimits
from golive.api.profile_sign_in import AccessToken
from golive.api.rules_cookies import expect_cookie, expect_no_cookie
from golive.api.rules_health import expect_health_form, expect_probe, expect_probes_agree
from golive.api.rules_limits import expect_limit_headers
from golive.api.rules_origins import expect_origin_allowed, expect_origin_not_allowed
from golive.api.rules_privacy import expect_nothing_internal, expect_nothing_private, walk
from golive.api.rules_tokens import expect_sane_token, expect_unguessable
from golive.api.wire.token import TokenObservation
from golive.rules.http import expect_refusal
from golive.rules.same import expect_same_answer
from golive.rules.timing import distinguishable, rank_test
from selftests.examples.rules_examples import NOW, answer

OWN = "golive-listener@audotics.test"
COOKIE = "sid=abcdefgh; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=None"
ORIGIN = "https://audotics.test"
LIMITS = RateLimits(anonymous=100, sign_in=60)
HANDLES = ("kY3wZb1dQmV7xTnE5rLs8A", "0JpGfHc2UoIyWq9XaRtB6M")
JSON = (("content-type", "application/json"),)
HEALTH = {"status": "ok", "dependencies": {"database": {"status": "up", "latencyMs": 1.5}}}


def token(algorithm: str = "HS256", signature: int = 32, **claims: object) -> TokenObservation:
    at = int(NOW.timestamp())
    usual = {"id": "u1", "email": OWN, "iat": at, "exp": at + 900}
    return TokenObservation("sign-in", {"alg": algorithm}, {**usual, **claims}, signature)  # type: ignore[arg-type]


def test_sane_token() -> None:
    expect_sane_token(token(), AccessToken(), now=NOW)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (token("none", 0), "no signature"),
        (token("RS256"), "algorithm"),
        (token(id=""), "id missing"),
        (token(passwordHash="x"), "passwordHash"),
        (token(exp=int(NOW.timestamp()) + 365 * 86400), "lifetime"),
        (token(exp=int(NOW.timestamp()) - 60), "lifetime"),
        (token(iat=int(NOW.timestamp()) - 7200), "iat"),
        (token(exp="tomorrow"), "times"),
        (token(iat=1e300), "times"),
    ],
)
def test_token_that_is_not_sane(seen: TokenObservation, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        expect_sane_token(seen, AccessToken(), now=NOW)


def test_unguessable() -> None:
    expect_unguessable(HANDLES, what="state", where="here")


@pytest.mark.parametrize(
    "values",
    [
        (),
        HANDLES[:1],
        (HANDLES[0], HANDLES[0]),
        ("", ""),
        ("1", "2"),
        ("api-1-state-00000000000000000001", "api-1-state-00000000000000000002"),
        ("api-1-state-00000000000000000001", "api-2-state-00000000000000000002"),
        ("1-00000000000000000000000000-abcdefgh", "2-00000000000000000000000000-abcdefgh"),
    ],
)
def test_guessable(values: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError):
        expect_unguessable(values, what="state", where="here")


def test_cookie() -> None:
    seen = answer(headers=(("set-cookie", COOKIE),))
    assert expect_cookie(seen, "sid", same_site=("none",)).value.reveal() == "abcdefgh"
    with pytest.raises(AssertionError, match="handed out"):
        expect_no_cookie(seen, "sid")
    expect_no_cookie(answer(headers=(("set-cookie", 'sid=""; Max-Age=0'),)), "sid")


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("set-cookie", COOKIE),) * 2,
        (("set-cookie", COOKIE.replace("; HttpOnly", "")),),
        (("set-cookie", COOKIE.replace("; Secure", "")),),
        (("set-cookie", COOKIE.replace("None", "Lax")),),
        (("set-cookie", COOKIE.replace("; SameSite=None", "")),),
        (("set-cookie", COOKIE + "; Domain=audotics.test"),),
        (("set-cookie", COOKIE.replace("; Max-Age=600", "")),),
        (("set-cookie", COOKIE.replace("abcdefgh", "")),),
    ],
)
def test_cookie_that_is_not_safe(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(AssertionError, match="cookie sid"):
        expect_cookie(answer(headers=headers), "sid", same_site=("none",))


def test_origins() -> None:
    allow = (("access-control-allow-origin", ORIGIN), ("access-control-allow-credentials", "true"))
    expect_origin_allowed(answer(headers=(*allow, ("vary", "Origin"))), ORIGIN)
    for headers in ((), allow, (("access-control-allow-origin", "*"), *allow[1:], ("vary", "Origin"))):
        with pytest.raises(AssertionError):
            expect_origin_allowed(answer(headers=headers), ORIGIN)
    expect_origin_not_allowed(answer(headers=allow), "https://golive.invalid")
    for seen in (
        answer(headers=allow),
        answer(headers=(("access-control-allow-origin", "*"),)),
        answer(status=502),
    ):
        with pytest.raises(AssertionError):
            expect_origin_not_allowed(seen, ORIGIN)


def test_nothing_private() -> None:
    body = {"user": {"email": OWN, "displayName": "Lena"}, "tracks": [{"artists": [{"name": "The $2 Band"}]}]}
    assert expect_nothing_private(answer(body), own=OWN) == 3
    assert expect_nothing_private(answer({"accessToken": "x"}), own=OWN, tokens=("accessToken",)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"a": {"b": [{"passwordHash": "x"}]}},
        {"a": [[{"stored": "$argon2id$v=19$m=8192"}]]},
        {"a": "$2b$10$abcdefghijklmnopqrstuv"},
        {"grant": {"spotifyAccessToken": "x"}},
        {"deep": {"accessToken": "x"}},
        {"members": [{"contact": "Write to friend@audotics.test"}]},
    ],
)
def test_private(body: object) -> None:
    with pytest.raises(AssertionError, match="private data"):
        expect_nothing_private(answer(body), own=OWN, tokens=("accessToken",))  # type: ignore[arg-type]


@given(
    st.recursive(
        st.text(max_size=3) | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_hash_is_found_at_any_depth(around: object) -> None:
    body = {"one": around, "two": [around, {"three": "$argon2id$v=19$"}]}
    assert any(value == "$argon2id$v=19$" for _, _, value in walk(body))  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        expect_nothing_private(answer(body), own=OWN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        {"details": 'Traceback (most recent call last):\n  File "/srv/a.py", line 4'},
        {"stack": "Error\n    at Query.run (/app/node_modules/pg/query.js:83:19)"},
        {"url": "postgresql://app:secret@10.0.0.5/app"},
        {"cache": "redis://10.0.0.6:6379"},
        {"message": "TypeError: undefined is not a function"},
        {"message": 'SELECT id, email FROM "User"'},
        {"debug": "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEyMyJ9.c2ln"},
    ],
)
def test_internals(body: object) -> None:
    with pytest.raises(AssertionError, match="internals"):
        expect_nothing_internal(answer(body))  # type: ignore[arg-type]


def test_no_internals() -> None:
    expect_nothing_internal(
        answer({"statusCode": 400, "message": "limit must be a whole number", "error": "Bad"})
    )


def test_limit_headers() -> None:
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    assert (
        expect_limit_headers(answer(headers=tuple(zip(names, ("60", "7", "900"), strict=True))), LIMITS) == 7
    )
    for values in (
        ("60", "61", "900"),
        ("0", "0", "9"),
        ("60", "-1", "9"),
        ("60", "soon", "9"),
        ("60", "", "9"),
    ):
        with pytest.raises(AssertionError):
            expect_limit_headers(answer(headers=tuple(zip(names, values, strict=True))), LIMITS)
    with pytest.raises(AssertionError, match="no such header"):
        expect_limit_headers(answer(), LIMITS)


def test_same_answer() -> None:
    one = answer({"statusCode": 401, "message": "No", "timestamp": "a"}, status=401, headers=(("date", "x"),))
    other = answer({"statusCode": 401, "message": "No", "timestamp": "b"}, status=401)
    expect_same_answer(one, other, what="refusals")
    for different in (
        answer({"statusCode": 401, "message": "Who?"}, status=401),
        answer({"statusCode": 404, "message": "No"}, status=404),
        answer(one.body, status=401, headers=(("x-known", "1"),)),
    ):
        with pytest.raises(AssertionError):
            expect_same_answer(one, different, what="refusals")
    with pytest.raises(AssertionError, match="no body"):
        expect_same_answer(answer(), answer(), what="refusals")


def test_times_that_tell() -> None:
    floor = timedelta(milliseconds=2)
    slow, fast = [10.0 + step for step in range(8)], [2.0 + step / 10 for step in range(8)]
    assert distinguishable(slow, fast, floor=floor)
    assert not distinguishable(slow, slow, floor=floor)
    assert not distinguishable(slow, [value - 1 for value in slow], floor=floor)
    assert not distinguishable([*slow[:7], 900.0], slow, floor=floor)
    with pytest.raises(ValueError, match="say nothing"):
        distinguishable([], [], floor=floor)


@given(st.lists(st.floats(0, 1e4), min_size=6, max_size=12))
def test_equal_series_are_not_told_apart(series: list[float]) -> None:
    assert rank_test(series, series) == 1.0
    assert not distinguishable(series, series, floor=timedelta(0))


def test_health_form_and_probe() -> None:
    expect_health_form(answer(HEALTH, headers=JSON), ["database"])
    for seen in (
        answer(headers=JSON),
        answer(HEALTH),
        answer({**HEALTH, "dependencies": {"database": {"status": "fine?"}}}, headers=JSON),
        answer({**HEALTH, "dependencies": {"database": {"status": "up", "latencyMs": "1"}}}, headers=JSON),
        answer({**HEALTH, "dependencies": {"cache": {"status": "up"}}}, headers=JSON),
    ):
        with pytest.raises(AssertionError):
            expect_health_form(seen, ["database"])
    expect_probe(answer({"status": "ready"}))
    expect_probe(answer(b"OK"))
    for seen in (answer(), answer({"status": "starting"}), answer({"status": "ok"}, status=503), answer({})):
        with pytest.raises(AssertionError):
            expect_probe(seen)


def test_refusal() -> None:
    refused = {"statusCode": 401, "message": "Unauthorized"}
    expect_refusal(answer(refused, status=401), "a forged token", 401)
    for seen, says in (
        (answer({"id": 1}), "it is let in"),
        (answer(status=302), "sent elsewhere, and not refused"),
        (answer(status=502), "an accident .* not refused as expected"),
        (answer(status=401), "body"),
        (answer(refused, status=401, headers=()), "a status to be named"),
    ):
        statuses = () if says == "a status to be named" else (401,)
        with pytest.raises(AssertionError, match=says):
            expect_refusal(seen, "a forged token", *statuses)


@pytest.mark.parametrize(
    ("health", "live", "ready", "wrong"),
    [
        (200, 200, 200, None),
        (503, 200, 503, None),
        (200, 200, 503, "readiness"),
        (503, 200, 200, "readiness"),
        (503, 503, 503, "liveness"),
        (200, 404, 200, "liveness"),
    ],
)
def test_liveness_and_readiness_are_two_things(health, live, ready, wrong):
    """Alive whatever is lost, and ready only with what is needed."""
    answers = [answer(status=status) for status in (health, live, ready)]
    if wrong is None:
        expect_probes_agree(*answers)
    else:
        with pytest.raises(AssertionError, match=wrong):
            expect_probes_agree(*answers)


@pytest.mark.parametrize("name", ["at_hash", "c_hash", "s_hash"])
def test_a_hash_that_ties_tokens_together_is_no_secret(name: str) -> None:
    """OpenID Connect Core 3.1.3.6 and FAPI put them into tokens."""
    expect_sane_token(token(**{name: "77QmUPtjPfzWtF2AnpK9RQ"}), AccessToken(), now=NOW)
    with pytest.raises(AssertionError, match="nothing secret"):
        expect_sane_token(token(password_hash="x"), AccessToken(), now=NOW)
