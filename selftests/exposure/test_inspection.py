"""What an answer shows that is nobody else's business, and what looks like it and is not."""

import json
import textwrap
from pathlib import Path
from typing import Any

import jwt
import pytest

from golive.exposure.inspection import Inspection
from golive.exposure.observation import ExposureLog, Kind
from golive.net.access import HeardAnswer, HeardMessage
from golive.net.http_observation import HttpObservation, Timings
from golive.profile.loading import load_profile
from golive.profile.profile import Profile
from golive.profile.secrets import Secret, Secrets

API = "https://api.shop.test/v1"
JSON = "application/json; charset=utf-8"
OWN = "lena@shop.test"
FRIEND = "ben@shop.test"
BCRYPT = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
ARGON = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$J6gGkV0sD6yZ9n1L2mPqRw"
TRACE = 'Traceback (most recent call last):\n  File "/srv/app/views.py", line 41, in get\nKeyError: 4'
NODE = "TypeError: x is undefined\n    at Sessions.view (/app/dist/sessions.js:88:17)"
OPAQUE = "AQD4kQ2b8TzXw1vN7yRj5cLhPf0aGmEuSiKo3dBt6HnJqVxZ9rYpWsCg"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE"

PROFILE = """
schema = 1
title = "Shop"
[release]
version = "1.0.0"
[targets.app]
url = "https://www.shop.test"
[targets.api]
url = "https://api.shop.test/v1"
dependencies = ["database"]
[authentication]
strategy = "password"
[registration]
[accounts]
listener = { email = "lena@shop.test", password = "p" }
friend = { email = "ben@shop.test", password = "p" }
[secrets]
p = { variable = "P" }
[[operations]]
route = "/sessions/{id}"
[control]
targets = ["127.0.0.1:1"]
[allow.hosts]
"api.shop.test" = {}
"""


def token(address: str = OWN, **claims: Any) -> str:
    return jwt.encode({"id": f"id-of-{address}", "email": address, **claims}, "k" * 32, algorithm="HS256")


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    file = tmp_path / "shop.toml"
    file.write_text(textwrap.dedent(PROFILE), encoding="utf-8")
    return load_profile(file)


class Client:
    """Hears answers as the client of a run does."""

    def __init__(self, profile: Profile) -> None:
        self.log = ExposureLog()
        self.hear = Inspection(profile, Secrets({}, {}), self.log)

    def get(
        self,
        body: Any,
        path: str = "/sessions/s1",
        *,
        method: str = "GET",
        status: int = 200,
        type_: str = JSON,
        as_: str | None = OWN,
        sent: Any = None,
        headers: tuple[tuple[str, str], ...] = (),
        base: str = API,
    ) -> list[str]:
        raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
        raw = json.dumps(body).encode() if raw is None else raw
        known = () if as_ is None else (f"Bearer {token(as_)}", token(as_))
        host = base.split("/")[2]
        answer = HttpObservation(
            method, base + path, None, status, "HTTP/2", (("content-type", type_), *headers), raw,
            Timings(1, 1, 1, 1), host=host, known=known,
        )  # fmt: skip
        self.hear(HeardAnswer(answer, b"" if sent is None else json.dumps(sent).encode()))
        return self.found

    @property
    def found(self) -> list[str]:
        return [one.words for one in self.log.exposures]


@pytest.fixture
def client(profile: Profile) -> Client:
    return Client(profile)


def members(**fields: Any) -> dict[str, Any]:
    return {"id": "s1", "members": [{"id": "u2", "displayName": "Ben", **fields}]}


WRONG: dict[str, tuple[Any, Kind, dict[str, Any]]] = {
    "create": (members(password_hash=BCRYPT), Kind.PASSWORD_HASH, {"method": "POST", "status": 201}),
    "join": (
        members(spotify={"refreshToken": OPAQUE}),
        Kind.TOKEN_OF_THIRD_PARTY,
        {"method": "POST", "path": "/sessions/s1/join"},
    ),
    "search": ({"tracks": [{"addedBy": {"email": FRIEND}}]}, Kind.EMAIL_ADDRESS, {"path": "/search?q=x"}),
    "Python": ({"detail": TRACE}, Kind.STACK_TRACE, {"status": 500}),
    "Node.js": ({"statusCode": 404, "stack": NODE}, Kind.STACK_TRACE, {"status": 404}),
    "unique": (
        {"message": 'duplicate key value violates unique constraint "User_email_key"'},
        Kind.DATABASE_ERROR,
        {"status": 409},
    ),
    "own hash": ({"email": OWN, "account": {"stored": ARGON}}, Kind.PASSWORD_HASH, {"path": "/users/me"}),
    "Django": (members(password="pbkdf2_sha256$600000$abc$" + "Zm9v" * 11), Kind.PASSWORD_HASH, {}),
    "Werkzeug": (members(pw="scrypt:32768:8:1$saltsalt$" + "0f" * 64), Kind.PASSWORD_HASH, {}),
    "SHA-crypt": (members(secret1="$6$rounds=5000$saltsalt$" + "a." * 43), Kind.PASSWORD_HASH, {}),
    "leave": ({"host": {"session": token(FRIEND)}}, Kind.TOKEN_OF_ANOTHER, {"method": "DELETE"}),
    "hex": (members(passwordHash="5f4dcc3b5aa765d61d8327deb882cf99"), Kind.PASSWORD_HASH, {}),
    "plain password": (members(password="Tr0ub4dor&3xyz"), Kind.PASSWORD, {}),
    "Express": (
        "<!DOCTYPE html><pre>TypeError: x<br> &nbsp; &nbsp;at view (/app/a.js:8:1)</pre>",
        Kind.STACK_TRACE,
        {"status": 500, "type_": "text/html"},
    ),
    "page of the app": (
        "<html><pre>  File &quot;/srv/a.py&quot;, line 3</pre>",
        Kind.STACK_TRACE,
        {"status": 500, "type_": "text/html", "base": "https://www.shop.test", "path": "/x"},
    ),
    "MySQL": ({"error": "You have an error in your SQL syntax; check"}, Kind.DATABASE_ERROR, {"status": 500}),
    "Prisma": (
        {"message": "\nInvalid `prisma.user.create()` invocation"},
        Kind.DATABASE_ERROR,
        {"status": 500},
    ),
    "query": (
        {"message": 'SELECT "id" FROM "User" WHERE "email" = $1 LIMIT 1'},
        Kind.DATABASE_ERROR,
        {"status": 500},
    ),
    "AWS": ({"s3": "AKIAQ3EGRIOXK2HJ7LZ5"}, Kind.SECRET_KEY, {"path": "/config", "as_": None}),
    "Stripe": ({"pay": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"}, Kind.SECRET_KEY, {"path": "/config"}),
    "GitHub": ({"ci": "ghp_" + "aB3" * 12}, Kind.SECRET_KEY, {"path": "/config"}),
    "PEM": ({"signing": PEM}, Kind.PRIVATE_KEY, {"path": "/config"}),
    "connection string": (
        {"database": "postgresql://app:s3cr3t@db:5432/app"},
        Kind.ADDRESS_WITH_PASSWORD,
        {"as_": None},
    ),
    "client secret": ({"spotify": {"client_secret": "f03a" * 8 + "Q"}}, Kind.SECRET_KEY, {"as_": None}),
    "address as a key": ({"online": {FRIEND: True}}, Kind.EMAIL_ADDRESS, {}),
    "address in words": ({"event": f"added by {FRIEND}."}, Kind.EMAIL_ADDRESS, {}),
    "address in JSON in a text": ({"payload": json.dumps({"by": FRIEND})}, Kind.EMAIL_ADDRESS, {}),
    "encoded address": ({"avatar": "https://a.test/who?is=ben%40shop.test"}, Kind.EMAIL_ADDRESS, {}),
    "address as a name": (members(name=FRIEND), Kind.EMAIL_ADDRESS, {}),
    "known address in a text": ({"bio": f"Mail {FRIEND}"}, Kind.EMAIL_ADDRESS, {"path": "/search"}),
    "phone": (members(phone="+49 30 1234567"), Kind.PERSONAL_DATA, {}),
    "last address": (members(last_login_ip="203.0.113.9"), Kind.PERSONAL_DATA, {}),
    "Java": ({"trace": "x\n\tat org.app.Web.get(Web.java:31)"}, Kind.STACK_TRACE, {"status": 500}),
    "Go": ({"error": "panic\n\ngoroutine 7 [running]:\nmain.f()"}, Kind.STACK_TRACE, {"status": 500}),
    "PHP": (
        "<br /><b>Warning</b>: x() failed in /var/www/a.php on line 7",
        Kind.STACK_TRACE,
        {"type_": "text/html"},
    ),
    ".NET": (
        {"detail": "   at App.Get(Int32 id) in C:\\src\\A.cs:line 12"},
        Kind.STACK_TRACE,
        {"status": 500},
    ),
}

RIGHT: dict[str, tuple[Any, dict[str, Any]]] = {
    "own address": ({"email": "Lena@Shop.test"}, {"path": "/users/me"}),
    "own address with a tag": ({"email": "lena+spam@shop.test"}, {"path": "/users/me"}),
    "public names": (members(avatarUrl="https://cdn.shop.test/u2/ben@2x.png", joinedAt=1), {}),
    "ids": (
        {
            "ids": [
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "507f1f77bcf86cd799439011",
                "4uLU6hMCjMI75M1A2tKUQC",
                "x" * 40,
            ]
        },
        {},
    ),
    "an id like a key": ({"id": "XAKIAQ3EGRIOXK2HJ7LZ5", "cursor": OPAQUE, "next_page_token": OPAQUE}, {}),
    "picture": ({"cover": "data:image/png;base64,iVBORw0KGgoAKIA" + "Ab3" * 40}, {}),
    "digests": (
        {"integrity": "sha512-" + "Ab3+" * 20, "contentHash": "9f" * 32, "blurhash": "LEHV6nWB2yk8"},
        {},
    ),
    "documentation": (
        {"openapi": "3.1.0", "paths": {}, "x": TRACE, "contact": "ada@people.test", "e": token(FRIEND)},
        {"path": "/openapi.json"},
    ),
    "page that explains": (
        "<html><h1>Traceback</h1>Write to hello@shop.test or ada@people.test",
        {"type_": "text/html", "base": "https://www.shop.test", "path": "/about"},
    ),
    "mailbox of the service": ({"message": "Ask support@shop.test"}, {"status": 500}),
    "titles": (
        {"tracks": [{"title": "SELECT * FROM love WHERE id = ?", "artist": 'File "a", line 3'}]},
        {"path": "/search?q=love"},
    ),
    "no hash": (members(passwordHash=None, has_password=True, password="*" * 20, email="b***@shop.test"), {}),
    "labels": ({"login": {"password": "Passwort", "client_secret": "required"}}, {}),
    "validation": (
        {"errors": {"password": "must be at least 8 characters"}},
        {"status": 422, "method": "POST"},
    ),
    "echo": (
        {"message": f"no account {FRIEND}", "input": "x' OR id = $1", "value": "SELECT 1 FROM t WHERE a=$1"},
        {
            "status": 422,
            "method": "POST",
            "sent": {"email": FRIEND, "name": "x' OR id = $1", "more": "SELECT 1 FROM t WHERE a=$1"},
        },
    ),
    "search for an address": ({"query": FRIEND, "results": []}, {"path": f"/search?q={FRIEND}"}),
    "cursor": ({"csrfToken": OPAQUE, "next": "eyJpZCI6MTIzNDU2Nzg5MH0", "joinCode": "K3J-99X"}, {}),
    "public keys": (
        {
            "keys": [{"kty": "RSA", "n": "sXch" * 40}],
            "pem": "-----BEGIN PUBLIC KEY-----\nMIIB",
            "pay": "pk_live_" + "a1" * 12,
        },
        {"as_": None},
    ),
    "address of an error tracker": ({"dsn": "https://abc123@o1.ingest.sentry.test/4"}, {"as_": None}),
    "package": ({"built with": "@scope/kit@1.2.3", "by": "@ada@mastodon.social"}, {"as_": None}),
    "signed addresses": (
        {
            "preview": f"https://cdn.shop.test/p.mp3?token={token('', sub='preview-1')}",
            "cover": "https://s3.test/c.jpg?X-Amz-Credential=AKIAQ3EGRIOXK2HJ7LZ5%2F2026%2Fs3",
        },
        {},
    ),
    "a capability that names nobody": ({"invite": jwt.encode({"session": "s1"}, "k" * 32)}, {}),
    "own token again": ({"accessToken": token(), "user": {"email": OWN}}, {"path": "/session"}),
    "dollars": (
        {"text": "The $2 Band for $6$ or $1$ a song", "stack": ["a", "b"], "trace_id": "4bf92f35"},
        {},
    ),
    "second factor": ({"secret": "JBSWY3DPEHPK3PXP", "otpauth": "otpauth://totp/x"}, {"method": "POST"}),
    "a published address": ({"artists": [{"bio": "Booking: mail ann@agency.test"}]}, {"path": "/search"}),
    "a token that is valid": ({"validToken": OPAQUE, "uploadToken": OPAQUE}, {}),
    "own phone": ({"id": f"id-of-{OWN}", "phone": "+49 30 1"}, {"path": "/users/me"}),
    "a place": ({"venues": [{"id": "v1", "name": "Club", "phone": "+49 30 2"}]}, {}),
    "another host": ({"stack": NODE, "by": FRIEND}, {"base": "https://sentry.partners.test", "path": "/x"}),
    "a bundle": (
        f'var a="{BCRYPT}";/* (c) Ada <ada@people.test> */',
        {"base": "https://www.shop.test", "path": "/a.js", "type_": "text/javascript"},
    ),
    "nothing": (b"", {"status": 204}),
    "a deep answer": (b"[" * 5000, {"status": 400}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_nobody_elses_business_is_found(name: str, client: Client) -> None:
    body, kind, asked = WRONG[name]
    found = client.get(body, **asked)
    assert [one for one in found if one.startswith(f"{kind} at ")], found
    assert client.log.answers == 1


@pytest.mark.parametrize("name", RIGHT)
def test_what_only_looks_like_it_is_left_alone(name: str, client: Client) -> None:
    body, asked = RIGHT[name]
    assert client.get(body, **asked) == []


def test_no_value_is_kept_and_places_are_drawn_together(client: Client) -> None:
    session = {
        "members": [{"email": FRIEND}, {"email": "cara@shop.test"}],
        "by": {"550e8400-e29b-41d4-a716-446655440000": FRIEND},
    }
    client.get(session, "/sessions/abc123")
    client.get(session, "/sessions/xyz789")
    assert sorted(client.found) == [
        "e-mail address of somebody else at by.{key}, to listener — GET /sessions/{id}",
        "e-mail address of somebody else at members[].email, to listener — GET /sessions/{id}",
    ]
    assert FRIEND not in json.dumps(client.log.as_json())
    assert set(client.log.exposures.values()) == {2}


def test_tokens_are_own_where_they_are_handed_out_and_stay_own_afterwards(client: Client) -> None:
    given = {"accessToken": token(), "refreshToken": OPAQUE, "user": {"email": OWN}}
    sign_in = {"method": "POST", "as_": None, "sent": {"email": OWN, "password": "x"}}
    assert client.get(given, "/auth/login", **sign_in) == []
    assert client.get({"refreshToken": OPAQUE}, "/session") == []
    assert client.get({"refreshToken": OPAQUE}, "/session", as_=FRIEND) != []


def test_a_sign_in_that_hands_out_more_than_its_own_tokens_is_found(client: Client) -> None:
    given = {"accessToken": token(), "user": {"spotifyRefreshToken": OPAQUE, "friends": [{"email": FRIEND}]}}
    found = client.get(given, "/auth/login", method="POST", as_=None, sent={"email": OWN, "password": "x"})
    assert [one.partition(",")[0] for one in sorted(found)] == [
        "e-mail address of somebody else at user.friends[].email",
        "token of a third party at user.spotifyRefreshToken",
    ]


def test_an_opaque_token_tells_who_asked_once_it_was_handed_out(client: Client) -> None:
    client.get({"accessToken": OPAQUE}, "/auth/login", method="POST", as_=None, sent={"email": FRIEND})
    answer = HttpObservation(
        "GET", f"{API}/users/me", None, 200, "HTTP/2", (("content-type", JSON),),
        json.dumps({"email": FRIEND}).encode(), Timings(1, 1, 1, 1), known=(f"Bearer {OPAQUE}", OPAQUE),
    )  # fmt: skip
    client.hear(HeardAnswer(answer, b""))
    assert client.found == []


def test_of_an_unknown_bearer_one_address_may_be_their_own_but_two_are_not(client: Client) -> None:
    for count, addresses in ((0, [FRIEND]), (1, [FRIEND, OWN])):
        answer = HttpObservation(
            "GET", f"{API}/me", None, 200, "HTTP/2", (("content-type", JSON),),
            json.dumps({"some": [{"email": one} for one in addresses]}).encode(), Timings(1, 1, 1, 1),
            known=("sid=abcdefgh", "abcdefgh"),
        )  # fmt: skip
        client.hear(HeardAnswer(answer, b""))
        assert sum(client.log.exposures.values()) == count


def test_messages_are_looked_at_too(client: Client) -> None:
    known = (token(),)
    client.hear(HeardMessage(API, "session_event", {"type": "joined", "user": {"email": FRIEND}}, known))
    client.hear(HeardMessage(API, "session_event", {"type": "joined", "user": {"name": "Ben"}}, known))
    assert client.found == [
        "e-mail address of somebody else at user.email, to listener — message 'session_event' of /v1"
    ]
    assert client.log.messages == 2


def test_headers_are_looked_at_but_a_cookie_that_is_set_is_the_askers(client: Client) -> None:
    assert client.get({}, headers=(("set-cookie", f"sid={token(FRIEND)}"), ("etag", '"x"'))) == []
    found = client.get({}, headers=(("x-debug", "psycopg2.errors.UndefinedColumn"),))
    assert found == ["error text of the database at header x-debug, to listener — GET /sessions/{id}"]


def test_what_is_declared_with_a_reason_is_no_finding(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    declared = """
    [[disclosures]]
    kind = "e-mail address of somebody else"
    route = "GET /sessions/{id}"
    place = "members[].email"
    to = ["listener"]
    reason = "the host sees whom they invited"
    """
    file.write_text(textwrap.dedent(PROFILE) + textwrap.dedent(declared), encoding="utf-8")
    client = Client(load_profile(file))
    assert client.get(members(email=FRIEND)) == []
    assert sum(client.log.declared.values()) == 1
    assert client.get(members(email=OWN), as_=FRIEND) != []


def test_a_token_issued_beforehand_tells_its_account(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    text = textwrap.dedent(PROFILE).replace('"password"\n', '"token"\n').replace("password = ", "token = ")
    file.write_text(text, encoding="utf-8")
    log = ExposureLog()
    hear = Inspection(load_profile(file), Secrets({"p": Secret(OPAQUE)}, {}), log)
    answer = HttpObservation(
        "GET", f"{API}/me", None, 200, "HTTP/2", (), json.dumps({"email": FRIEND}).encode(),
        Timings(1, 1, 1, 1), known=(OPAQUE,),
    )  # fmt: skip
    hear(HeardAnswer(answer, b""))
    assert log.answers == 1
