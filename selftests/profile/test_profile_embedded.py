"""Secrets inside secrets: what stands in a DSN, a file of credentials or a header is a secret of its own."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.profile.embedded import embedded_secrets
from golive.profile.redaction import REDACTED, Redactor
from golive.profile.secrets import Secret

PASSWORD = "Tr0ub4dor&3/x=#?"
ENCODED = quote(PASSWORD, safe="")
PLAIN = "Tr0ub4dor-three-x"
TOKEN = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
KEY_LINES = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nbG9uZ2VyIHRoYW4gYW55"
PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY_LINES}\n-----END PRIVATE KEY-----\n"

WITHIN = {
    "a URL's userinfo": (f"postgresql://app:{PLAIN}@db.internal:5432/app", PLAIN),
    "percent-encoded, decoded": (f"postgresql://app:{ENCODED}@db.internal:5432/app", PASSWORD),
    "percent-encoded, as it stands": (f"postgresql://app:{ENCODED}@db.internal:5432/app", ENCODED),
    "a user with a percent sign too": (f"amqps://a%40b:{ENCODED}@mq/%2f", PASSWORD),
    "no user": (f"redis://:{PLAIN}@cache:6379/0", PLAIN),
    "several hosts": (f"mongodb+srv://app:{PLAIN}@a.db,b.db/app?w=majority", PLAIN),
    "not encoded at all": (f"postgresql://app:{PASSWORD}@db:5432/app", PASSWORD),
    "with an at sign, not encoded": ("mysql://app:pa@ss-word-1@db/app", "pa@ss-word-1"),
    "a token for a user": (f"https://{TOKEN}@errors.example/42", TOKEN),
    "a query": (f"jdbc:postgresql://db/app?user=app&password={ENCODED}&ssl=true", PASSWORD),
    "a query's key": (f"https://maps.example/v1?api_key={TOKEN}&q=x", TOKEN),
    "a query's signature": (f"https://blob.example/b?sv=2024&sig={ENCODED}", PASSWORD),
    "a webhook's path": (f"https://hooks.example/services/T01/B02/{TOKEN}", TOKEN),
    "the second of two": (f"redis://:one-password@a/0,redis://:{PLAIN}@b/0", PLAIN),
    "keywords": (f"host=db port=5432 user=app password={PLAIN} sslmode=require", PLAIN),
    "keywords, escaped": (r"host=db password='a\'b c\\d-e' user=app", r"a'b c\d-e"),
    "keywords, spaces": (f"host = db password = {PLAIN}", PLAIN),
    "a key file's password": (f"host=db sslpassword={PLAIN}", PLAIN),
    "semicolons": (f"Server=db,1433;User Id=app;Password={PLAIN};Encrypt=true", PLAIN),
    "semicolons, short": ("Server=db;Uid=app;Pwd=p w,1-x;", "p w,1-x"),
    "an account's key": (f"AccountName=a;AccountKey={TOKEN}==;EndpointSuffix=x", f"{TOKEN}=="),
    "Go's MySQL": (f"app:{PASSWORD}@tcp(db:3306)/app?parseTime=true", PASSWORD),
    "without a scheme": (f"app:{PLAIN}@db.internal:5432/app", PLAIN),
    "a pair": (f"app:{PLAIN}", PLAIN),
    "pgpass": (f"db.internal:5432:app:app:{PLAIN}", PLAIN),
    "JSON": (json.dumps({"user": "app", "password": PASSWORD}), PASSWORD),
    "JSON, deep": (json.dumps({"db": [{"primary": {"db_password": PLAIN}}]}), PLAIN),
    "JSON, a URL in it": (json.dumps({"url": f"amqp://app:{ENCODED}@mq"}), PASSWORD),
    "JSON, a key": (json.dumps({"type": "service_account", "private_key": PEM}), "bG9uZ2VyIHRoYW4gYW55"),
    "a registry's login": (
        json.dumps({"auths": {"r.example": {"auth": base64.b64encode(f"app:{PLAIN}".encode()).decode()}}}),
        PLAIN,
    ),
    "lines": (f"# of production\nexport DB_PASSWORD='{PASSWORD}'\nOTHER=1\n", PASSWORD),
    "a key's lines": (PEM, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"),
    "basic authentication": (f"Basic {base64.b64encode(f'app:{PLAIN}'.encode()).decode()}", PLAIN),
    "a bearer's token": (f"Bearer {TOKEN}", TOKEN),
}


@pytest.mark.parametrize("form", WITHIN)
def test_what_stands_within_is_a_secret_of_its_own(form):
    """In whichever notation it was given."""
    value, within = WITHIN[form]
    assert within in embedded_secrets(value)


@pytest.mark.parametrize("form", [form for form, (_, within) in WITHIN.items() if len(within) >= 6])
def test_what_stands_within_is_scrubbed_by_itself(form):
    """As a library's message has it, which never shows the whole."""
    value, within = WITHIN[form]
    redactor = Redactor([Secret(value)])
    assert redactor.scrub(f'password "{within}" refused') == f'password "{REDACTED}" refused'
    assert within not in redactor.scrub(f"x {quote(within, safe='')} y {within.encode().hex()}")
    assert redactor.scrub(value) == REDACTED


PUBLIC = {
    "no password": ("postgresql://reader@db.internal:5432/app", ["reader", "db.internal", "app"]),
    "a host and a port": ("db.internal:5432", ["db.internal", "5432"]),
    "keywords": ("host=db port=5432 user=reader sslmode=require", ["reader", "require"]),
    "what a key says of itself": (
        json.dumps({"token_uri": "https://oauth.example/token", "token_type": "Bearer", "user": "reader"}),
        ["https://oauth.example/token", "Bearer", "reader"],
    ),
    "an ordinary path": ("https://audotics.test/recommendations-for-me", ["recommendations-for-me"]),
    "a password alone": ("correct horse battery staple", ["correct", "horse", "staple"]),
    "a random value": (TOKEN, [TOKEN[:16]]),
}


@pytest.mark.parametrize("form", PUBLIC)
def test_what_anybody_may_know_stays_readable(form):
    """User, host, database and mode are what a reader of a report needs."""
    value, public = PUBLIC[form]
    redactor = Redactor([Secret(value)])
    for word in public:
        assert redactor.scrub(f"at {word}, or so") == f"at {word}, or so"


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(max_size=80))
def test_any_value_is_taken_apart_without_an_error(value):
    """Whatever a secret looks like, and nothing empty comes of it."""
    assert all(embedded_secrets(value))


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=0x17F, exclude_categories=["Cc", "Cs"]), min_size=6
    ),
    st.sampled_from(["postgresql", "redis", "amqps", "https", "smtp+ssl", "mssql+pyodbc"]),
)
def test_any_password_in_any_url_is_found_decoded_and_as_it_stands(password, scheme):
    """Encoded as RFC 3986 demands."""
    raw = quote(password, safe="")
    found = embedded_secrets(f"{scheme}://app:{raw}@host.example:1/x?y=z")
    assert password in found
    assert raw in found
