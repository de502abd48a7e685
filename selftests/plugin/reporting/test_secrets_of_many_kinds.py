"""What teams put into one variable holds more than one secret; none of its parts is shown anywhere."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest

from selftests.plugin.mini_project import check

# Each value as it stands in a team's secret store, and what nobody may read of it.
HELD = {
    "postgres_url": (
        "postgresql://app:Tr0ub4dor%263%2Fpg@db.internal:5432/shop?sslmode=require",
        "Tr0ub4dor&3/pg",
    ),
    "redis_without_user": ("redis://:r3disOnlyPass@cache.internal:6379/0", "r3disOnlyPass"),
    "several_hosts": (
        "mongodb+srv://svc:m0ngoSecretWord@a.internal,b.internal/?authSource=admin",
        "m0ngoSecretWord",
    ),
    "jdbc": ("jdbc:postgresql://db.internal/shop?user=app&password=jdbcPassw0rd", "jdbcPassw0rd"),
    "libpq": ("host=db.internal user=app password='libpq pass word' dbname=shop", "libpq pass word"),
    "ado_net": (
        "Server=tcp:db.internal,1433;User Id=app;Password=AdoN3tSecret;Encrypt=True;",
        "AdoN3tSecret",
    ),
    "azure_storage": (
        "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=QXp1cmVLZXlPZlRoZVNob3A9PQ==;EndpointSuffix=core.windows.net",
        "QXp1cmVLZXlPZlRoZVNob3A9PQ==",
    ),
    "service_account": (
        json.dumps(
            {
                "type": "service_account",
                "private_key_id": "9f8e7d6c5b4a39281706",
                "private_key": "\n".join(
                    (
                        "-----BEGIN PRIVATE KEY-----",
                        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
                        "-----END PRIVATE KEY-----",
                    )
                ),
            }
        ),
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    ),
    "nested_json": (
        json.dumps({"db": {"users": [{"name": "app", "password": "nestedJsonPass"}]}}),
        "nestedJsonPass",
    ),
    "docker_config": (
        json.dumps(
            {"auths": {"registry.internal": {"auth": base64.b64encode(b"ci:d0ckerHubPass").decode()}}}
        ),
        "d0ckerHubPass",
    ),
    "webhook": (
        "https://hooks.chat.test/services/T0AAA/B0BBB/w3bhookPathTokenOf24chars",
        "w3bhookPathTokenOf24chars",
    ),
    "private_calendar": (
        "https://calendar.test/ical/on-call/private-0c4lendarT0ken/basic.ics",
        "private-0c4lendarT0ken",
    ),
    "tracker_dsn": ("https://s3ntryPublicKeyOfTheProject@errors.test/42", "s3ntryPublicKeyOfTheProject"),
    "netrc": ("machine db.internal login app password netrcPassW0rd", "netrcPassW0rd"),
    "npmrc": ("//registry.internal/:_authToken=npmAuthT0ken", "npmAuthT0ken"),
    "dotenv": ('USER=app\nexport PASSWORD="dotenv Pass"\n', "dotenv Pass"),
    "yaml": ("user: app\npassword: yamlPassW0rd\n", "yamlPassW0rd"),
    "basic_header": (
        "Authorization: Basic " + base64.b64encode(b"app:basicHeaderPass").decode(),
        "basicHeaderPass",
    ),
    "cookie": ("theme=dark; session=c00kieSessionValue; Path=/", "c00kieSessionValue"),
    "basic_pair": ("app:colonPairPass", "colonPairPass"),
    "mail_url": ("mailtos://user:m4ilPass%21word@mail.internal?to=a@b.test", "m4ilPass!word"),
    "query_token": ("https://api.test/feed?format=json&api_key=qu3ryKeyValue", "qu3ryKeyValue"),
    "aws_file": (
        "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = awsS3cretAcc3ssKey/x+y\n",
        "awsS3cretAcc3ssKey/x+y",
    ),
    "username_with_at": ("postgresql://app%40shop:at%40signPass@db.internal/shop", "at@signPass"),
    "unescaped": ("postgresql://app:un/esc#aped@pass@db.internal/shop", "un/esc#aped@pass"),
    "ipv6_host": ("redis://default:ipv6HostPass@[::1]:6379/0", "ipv6HostPass"),
    "brokers": ("amqp://a:br0kerOnePass@mq1.internal,amqp://b:br0kerTwoPass@mq2.internal", "br0kerTwoPass"),
    "trailing_newline": ("postgresql://app:newlineAtEnd1@db.internal/shop\n", "newlineAtEnd1"),
    "toml": ('user = "app"\npassword = "t0mlPassWord"\n', "t0mlPassWord"),
    "odbc": ("Driver={PostgreSQL};Server=db.internal;Uid=app;Pwd={odbcBr4cePass};", "odbcBr4cePass"),
}


def forms(secret: str) -> dict[str, str]:
    """How a secret looks after it went through what programs do to strings."""
    raw = secret.encode()
    return {
        "plain": secret,
        "in a URL": quote(secret, safe=""),
        "in a form": quote_plus(secret),
        "in a URL, lower": re.sub(r"%..", lambda m: m[0].lower(), quote(secret, safe="")),
        "twice in a URL": quote(quote(secret, safe=""), safe=""),
        "JSON": json.dumps(secret)[1:-1],
        "JSON of PHP": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "JSON of Go": json.dumps(secret)[1:-1].replace("&", "\\u0026"),
        "HTML": html.escape(secret),
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "basic": base64.b64encode(b"app:" + raw).decode(),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "repr": repr(raw),
    }


READABLE = (
    "db.internal",
    "cache.internal",
    "registry.internal",
    "sslmode=require",
    "AccountName=shop",
    "private_key_id",
)
SHOWS = """
import json
from pathlib import Path
for kind, texts in json.loads(Path("said.json").read_text()).items():
    for form, text in texts.items():
        evidence.note(f"{kind}, {form}", value=f"<{text}>")
        logging.getLogger("target").warning("it echoed %s", text)
        print(kind, text)
evidence.note("readable", words=READABLE)
raise AssertionError(Path("said.json").read_text())
"""


@pytest.fixture(scope="module")
def shown(new_project):
    """A run that has one secret of each kind, and whose check says every part of them in every form."""
    project = new_project().lines("a")
    declared = "".join(f'{kind} = {{ variable = "HELD_{kind.upper()}" }}\n' for kind in HELD)
    profile = project.folder / "environments/mini.toml"
    profile.write_text(profile.read_text().replace("[network]", f"{declared}[network]"))
    project.write("said.json", json.dumps({kind: forms(part) for kind, (_, part) in HELD.items()}))
    project.checks(check("a", SHOWS.replace("READABLE", repr(READABLE))))
    assert project.run("--checklist-lock", env=None).exit_code == 0
    return project.run(**{f"HELD_{kind.upper()}": value for kind, (value, _) in HELD.items()})


@pytest.mark.parametrize("kind", sorted(HELD))
def test_no_part_of_a_secret_is_shown_in_any_form(shown, kind):
    """Neither in an artefact nor at the terminal."""
    texts = {
        path.name: path.read_text(errors="replace") for path in shown.folder.rglob("*") if path.is_file()
    }
    texts["terminal"] = shown.output
    parts = forms(HELD[kind][1])
    found = [
        (name, form)
        for name, text in texts.items()
        for form, part in parts.items()
        if part in text or html.escape(part) in text
    ]
    assert found == []


@pytest.mark.parametrize("word", READABLE)
def test_what_is_no_secret_stays_readable(shown, word):
    """Hosts, names and options are what an error is understood by."""
    assert word in (shown.folder / "events.jsonl").read_text()
