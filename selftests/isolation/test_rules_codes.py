"""Codes that open something: chance is told from counters, times and machines."""

import random
import secrets
import string
import uuid

import pytest

from golive.isolation.rules_codes import chance_in, expect_no_guessable_codes

HOW_MANY = 8
CHANCE = random.Random(20261130)  # noqa: S311 - the same codes each time
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def drawn(letters, length):
    return "".join(CHANCE.choice(letters) for _ in range(length))


def judge(codes, bits=40):
    expect_no_guessable_codes(codes, what="codes of sessions", bits=bits, where="POST /api/sessions")


STRONG = {
    "uuid4": [str(uuid.UUID(int=CHANCE.getrandbits(128), version=4)) for _ in range(HOW_MANY)],
    "22 url-safe letters": [drawn(string.ascii_letters + string.digits + "-_", 22) for _ in range(HOW_MANY)],
    "128 bit hex": [f"{CHANCE.getrandbits(128):032x}" for _ in range(HOW_MANY)],
    "12 letters for people": [drawn("abcdefghjkmnpqrstuvwxyz23456789", 12) for _ in range(HOW_MANY)],
    "four groups in capitals": ["-".join(drawn(CROCKFORD, 4) for _ in range(4)) for _ in range(HOW_MANY)],
    "ulid": [f"01JDYZ3K{number:02d}" + drawn(CROCKFORD, 16) for number in range(HOW_MANY)],
    "uuid7": [
        f"0193783c-9a{number:02x}-7{drawn('0123456789abcdef', 3)}-a{drawn('0123456789abcdef', 3)}"
        f"-{drawn('0123456789abcdef', 12)}"
        for number in range(HOW_MANY)
    ],
    "with a prefix": [f"ses_{drawn(string.ascii_letters + string.digits, 20)}" for _ in range(HOW_MANY)],
}

WEAK = {
    "a counter": [str(number) for number in range(995, 995 + HOW_MANY)],
    "a counter with a prefix": [f"S-{number:06d}" for number in range(4711, 4711 + HOW_MANY)],
    "two counters in turn": [f"{'AB'[number % 2]}{1000 + number // 2}" for number in range(HOW_MANY)],
    "six digits": [drawn(string.digits, 6) for _ in range(HOW_MANY)],
    "six letters": [drawn(string.ascii_uppercase, 6) for _ in range(HOW_MANY)],
    "milliseconds in base 36": [f"m4f2k{number}" + drawn(string.ascii_lowercase, 1) for number in range(8)],
    "a snowflake": [str(1861740000000000000 + number * 41943040 + number * 7) for number in range(HOW_MANY)],
    "uuid1": [
        str(uuid.UUID(f"{0x9F3A0000 + number * 71:08x}-aef1-11ef-9cd2-325096b39f47")) for number in range(8)
    ],
    "an object id": [f"674b1c{number // 3:02x}f3a2b1c4d5e6{number:04x}" for number in range(HOW_MANY)],
    "an ulid that goes up by one": [
        f"01JDYZ3K4QX7R9V2M5N8P1T3{CROCKFORD[n]}{CROCKFORD[n]}" for n in range(8)
    ],
    "a hidden zero": [f"{'0' * 20}{drawn(string.hexdigits.lower()[:16], 4)}" for _ in range(HOW_MANY)],
}


@pytest.mark.parametrize("kind", STRONG)
def test_enough_chance_is_enough(kind):
    judge(STRONG[kind])


@pytest.mark.parametrize("kind", WEAK)
def test_what_can_be_counted_up_or_guessed_is_told(kind):
    with pytest.raises(AssertionError, match="guessed or counted up"):
        judge(WEAK[kind])


def test_same_code_twice_is_told():
    codes = STRONG["uuid4"]
    with pytest.raises(AssertionError, match="the same one twice"):
        judge([*codes, codes[0]])


def test_too_few_show_nothing():
    with pytest.raises(AssertionError, match="6 or more"):
        judge(STRONG["uuid4"][:3])


@pytest.mark.parametrize(
    ("make", "bits"),
    [
        (lambda: str(uuid.uuid4()), 100),
        (lambda: secrets.token_urlsafe(16), 100),
        (lambda: secrets.token_hex(16), 100),
        (lambda: "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12)), 50),
    ],
)
def test_estimate_hardly_ever_falls_far_below_the_truth(make, bits):
    """Two hundred times eight codes: whoever runs the suite every day is not told a lie once a year."""
    assert min(chance_in([make() for _ in range(HOW_MANY)]) for _ in range(200)) >= bits
