"""Formats of keys that are told apart at sight, and which of them are for tests only.

Each pattern comes from its vendor's documentation or from the list of GitHub's secret scanning partners
(docs.github.com/code-security/secret-scanning, "supported secret scanning patterns").
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class KeyFormat(NamedTuple):
    """A kind of key: nobody but its owner may see it."""

    name: str
    pattern: re.Pattern[str]
    source: str


def _format(name: str, pattern: str, source: str) -> KeyFormat:
    return KeyFormat(name, re.compile(pattern, re.ASCII), source)


PRIVATE = (
    _format(
        "private key",
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s)*[A-Za-z0-9+/]{16}",
        "RFC 7468, 10 and 11",
    ),
    _format(
        "AWS access key",
        r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])",
        "AWS IAM, unique identifiers",
    ),
    _format(
        "GitHub token",
        r"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{82})",
        "GitHub, about authentication: token formats",
    ),
    _format(
        "GitLab token",
        r"(?<![A-Za-z0-9_-])gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-[A-Za-z0-9_.=-]{20,}",
        "GitLab, token overview: prefixes",
    ),
    _format(
        "Slack token",
        r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}",
        "Slack, token types",
    ),
    _format(
        "Slack webhook",
        r"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}",
        "Slack, incoming webhooks",
    ),
    _format(
        "Stripe key",
        r"(?<![A-Za-z0-9_])[sr]k_(?:live|test)_[A-Za-z0-9]{20,}",
        "Stripe, API keys",
    ),
    _format(
        "Stripe webhook secret",
        r"(?<![A-Za-z0-9_])whsec_[A-Za-z0-9+/=]{24,}",
        "Stripe, webhooks",
    ),
    _format(
        "Google OAuth secret",
        r"(?<![A-Za-z0-9_-])GOCSPX-[A-Za-z0-9_-]{28}",
        "GitHub's list: google_oauth_client_secret",
    ),
    _format(
        "Google API key",
        r"(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
        "GitHub's list: google_api_key",
    ),
    _format(
        "npm token",
        r"(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])",
        "npm, about access tokens",
    ),
    _format(
        "PyPI token",
        r"(?<![A-Za-z0-9_-])pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
        "PyPI, API tokens",
    ),
    _format(
        "SendGrid key",
        r"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
        "GitHub's list: sendgrid_api_key",
    ),
    _format(
        "Twilio key",
        r"(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])",
        "Twilio, API keys: the SID that goes with a secret",
    ),
    _format(
        "OpenAI or Anthropic key",
        r"(?<![A-Za-z0-9_-])sk-(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{20,}",
        "GitHub's list: openai_api_key, anthropic_api_key",
    ),
    _format(
        "Sentry token",
        r"(?<![A-Za-z0-9_])sntry[su]_[A-Za-z0-9+/=_-]{40,}",
        "Sentry, auth tokens",
    ),
    _format(
        "Vault token",
        r"(?<![A-Za-z0-9_.])hv[sbr]\.[A-Za-z0-9_-]{24,}",
        "HashiCorp Vault, tokens: prefixes",
    ),
    _format(
        "DSN with a password",
        r"(?<![a-z])(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?)://[^\s:@/\"'`<>$]{0,64}"
        r":[^\s:@/\"'`<>$]{3,128}@[A-Za-z0-9.-]+",
        "RFC 3986, 3.2.1",
    ),
)
"""Keys that a browser must never get. Stripe's `pk_` and Google's client ids are public, and not here."""

TESTS = (
    _format("Stripe test key", r"[psr]k_test_[A-Za-z0-9]{8,}", "Stripe, API keys: test mode"),
    _format("Razorpay test key", r"rzp_test_[A-Za-z0-9]{8,}", "Razorpay, API keys: test mode"),
    _format("Mollie test key", r"test_[A-Za-z0-9]{30}", "Mollie, authentication"),
    _format("Square sandbox key", r"sandbox-sq0[a-z]{3}-[A-Za-z0-9_-]{20,}", "Square, access tokens"),
    _format("Braintree sandbox token", r"access_token\$sandbox\$", "Braintree, access tokens"),
    _format("Plaid sandbox token", r"(?:access|public|link)-sandbox-", "Plaid, sandbox"),
    _format("AWS example key", r"(?:AKIA|ASIA)[A-Z0-9]{9}EXAMPLE|.*/bPxRfiCYEXAMPLEKEY", "AWS, examples"),
    _format("reCAPTCHA test key", r"6LeIxAcTAAAAA[A-Za-z0-9_-]{27}", "Google reCAPTCHA, FAQ"),
    _format("Turnstile test key", r"[123]x0{20}A{2}|[123]x0{31}A{2}", "Cloudflare Turnstile, testing"),
)
"""Keys of tests and sandboxes, matched from a value's beginning."""


def key_formats_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield the name of each private format that occurs in ``text``, with the first one's offset."""
    for entry in PRIVATE:
        match = entry.pattern.search(text)
        if match is not None:
            yield entry.name, match.start()


def name_of_test_key(value: str) -> str | None:
    """Return the name of the test format that ``value`` has; None where it has none."""
    return next((entry.name for entry in TESTS if entry.pattern.match(value)), None)
