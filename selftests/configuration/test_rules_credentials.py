"""Which credentials are refused, and that a secret is found wherever a browser would get it."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.configuration.key_formats import PRIVATE, TESTS, key_formats_in, name_of_test_key
from golive.configuration.observation import CredentialObservation, FrontendObservation, Served
from golive.configuration.profile_credentials import OauthClient
from golive.configuration.rules_credentials import (
    expect_searched,
    judge_acceptance,
    judge_served_texts,
    judge_test_keys,
)
from golive.core.outcome import Blind
from golive.profile.secrets import Secret
from golive.rules.findings import expect_none

SECRET = "q7Vw2LzR9mXc4TnB"
URL = "https://cdn.audotics.test/main-0123456789ab.js"


def frontend(*texts, unread=()):
    return FrontendObservation("https://audotics.test", tuple(Served(URL, text) for text in texts), unread)


def found(text, value=SECRET, **public):
    findings = judge_served_texts(frontend(text), {"api.KEY": Secret(value)}, public=public)
    return [str(finding) for finding in findings.found]


def test_refused_credential_is_named_with_its_call():
    """The accepted ones are not."""
    seen = [
        CredentialObservation("cache", "AUTH at 10.0.0.3:6379", False, "invalid password"),
        CredentialObservation("database", "login at x", True, "as reader"),
    ]
    findings = judge_acceptance(seen)
    assert [str(finding) for finding in findings.found] == [
        "credential cache: expected to be accepted, observed refused: invalid password"
        " — AUTH at 10.0.0.3:6379"
    ]
    with pytest.raises(AssertionError, match="something to look at"):
        expect_none(judge_acceptance([]))


def test_key_of_a_test_is_found_by_its_format_and_by_what_is_declared():
    """Without showing it."""
    client = OauthClient(
        kind="oauth client",
        token_url="https://x.test",
        client_id="a.ID",
        client_secret="a.S",
        test_keys=("sb-",),
    )
    values = {"a.ID": Secret("sb-" + SECRET), "a.S": Secret("sk_test_" + SECRET), "a.T": Secret(SECRET)}
    found = [str(finding) for finding in judge_test_keys(values, {"spotify": client}).found]
    assert found == [
        "a.S: expected a key for production, observed a Stripe test key — its format",
        "a.ID: expected a key for production, observed one of tests or a sandbox"
        " — credentials.spotify.test_keys",
    ]
    with pytest.raises(AssertionError, match="something to look at"):
        expect_none(judge_test_keys({}, {}))


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (f'const key = "{SECRET}";', "plain"),
        (f"https://x/?key={quote(SECRET)}".replace("V", "%56"), "percent-encoded"),
        (SECRET.encode().hex(), "in hexadecimal"),
        (base64.b64encode(f"a:{SECRET}".encode()).decode(), "in base64"),
    ],
)
def test_secret_is_found_however_it_is_written(text, how):
    """With the address of the text, and not with the secret."""
    (only,) = found(text)
    assert f"secret api.KEY: expected nowhere in what browsers get, observed it is there, {how}" in only
    assert URL in only
    assert SECRET not in only


NOISE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=40)


@settings(max_examples=60, deadline=None)
@given(before=NOISE, value=VALUES, after=NOISE, url_safe=st.booleans())
def test_secret_is_found_in_every_encoding_and_at_every_alignment(before, value, after, url_safe):
    """Whatever stands around it; and none of what is said shows it."""
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    forms = [
        value,
        quote(value, safe=""),
        quote(value),
        json.dumps(value),
        encode(f"{before}{value}{after}".encode()).decode(),
    ]
    for form in forms:
        served = f"x {form} y"
        findings = judge_served_texts(frontend(served), {"api.KEY": Secret(value)}, public={})
        secret = [entry for entry in findings.found if entry.what == "secret api.KEY"]
        assert secret, form
        shown = "".join(map(str, findings.found)) + json.dumps(findings.facts())
        # What is always said may hold a short value by chance; a secret of this length does not.
        assert value not in shown.replace(URL, "")


def test_what_is_no_secret_is_not_found():
    """Not its beginning, not a value that is too short to tell, not another one."""
    assert found(SECRET[:-1]) == []
    assert found("a short one: abc", "abc") == []
    assert found("") == []


EXAMPLES = {
    "private key": "-----BEGIN RSA PRIVATE KEY-----\\nMIIEowIBAAKCAQEA7",
    "AWS access key": "AKIA" + "ABCDEFGHIJ234567",
    "GitHub token": "ghp_" + "a1" * 18,
    "GitLab token": "glpat-" + "a1" * 10,
    "Slack token": "xoxb-" + "1" * 12 + "-abc",
    "Slack webhook": "https://hooks.slack.com/services/T00000000/B00000000/" + "x" * 24,
    "Stripe key": "sk_live_" + "a1" * 12,
    "Stripe webhook secret": "whsec_" + "a1" * 16,
    "Google OAuth secret": "GOCSPX-" + "a1" * 14,
    "Google API key": "AIza" + "a1" * 17 + "b",
    "npm token": "npm_" + "a1" * 18,
    "PyPI token": "pypi-AgEIcHlwaS5vcmc" + "a1" * 30,
    "SendGrid key": "SG." + "a1" * 11 + "." + "a" * 43,
    "Twilio key": "SK" + "a1" * 16,
    "OpenAI or Anthropic key": "sk-ant-" + "a1" * 12,
    "Sentry token": "sntrys_" + "a1" * 24,
    "Vault token": "hvs." + "a1" * 14,
    "DSN with a password": "postgresql://audotics:hunter22@db.internal:5432/audotics",
}


@pytest.mark.parametrize("name", [entry.name for entry in PRIVATE])
def test_key_of_a_known_format_is_found(name):
    """In a script, with its place; unless the profile says why it may be public."""
    text = f'const x="{EXAMPLES[name]}";'
    assert [key for key, _ in key_formats_in(text)] == [name]
    (only,) = found(text)
    assert f"{name}: expected none in what browsers get, observed one, at character" in only
    assert EXAMPLES[name] not in only
    assert found(text, **{name: "it is bound to this site"}) == []


def test_every_format_names_its_source():
    """So that a pattern can be looked up."""
    assert all(entry.source and entry.name for entry in (*PRIVATE, *TESTS))
    assert len({entry.name for entry in (*PRIVATE, *TESTS)}) == len(PRIVATE) + len(TESTS)


@pytest.mark.parametrize(
    "text",
    [
        "pk_live_" + "a1" * 12,
        "eyJhbGciOiJIUzI1NiJ9",
        "redis://localhost:6379",
        "SKILLS",
        "-----BEGIN PRIVATE KEY",
        "",
    ],
)
def test_what_may_be_public_is_let_pass(text):
    """Keys that are made for browsers, and words that only look alike."""
    assert list(key_formats_in(text)) == []


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("pk_test_a1a1a1a1", "Stripe test key"),
        ("rzp_test_a1a1a1a1", "Razorpay test key"),
        ("AKIAIOSFODNN7EXAMPLE", "AWS example key"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS example key"),
        ("1x0000000000000000000000000000000AA", "Turnstile test key"),
        ("sk_live_a1a1a1a1", None),
        ("attestation", None),
        ("", None),
    ],
)
def test_keys_of_tests_are_known(value, name):
    """And keys for production are not mistaken for them."""
    assert name_of_test_key(value) == name


def test_frontend_that_was_not_seen_whole_is_no_pass():
    """An empty one fails; one that could not be read says nothing."""
    script = "const a = 1;"
    expect_searched(frontend(script), scripts=1)
    for empty in (frontend(), frontend(" "), frontend("")):
        with pytest.raises(
            AssertionError, match="expected a page with at least 1 script, observed 0 scripts"
        ):
            expect_searched(empty, scripts=1)
    with pytest.raises(AssertionError, match="at least 2 scripts"):
        expect_searched(frontend(script), scripts=2)
    with pytest.raises(Blind, match=r"could not be searched: main\.js: status 404"):
        expect_searched(frontend(script, unread=("main.js: status 404",)), scripts=1)
    with pytest.raises(AssertionError, match="something to look at"):
        expect_none(judge_served_texts(frontend(script), {}, public={}))
