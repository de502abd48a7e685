"""A canary secret that a check lets slip everywhere appears in no file of the run, in no usual form."""

import base64
from urllib.parse import quote

import pytest

from selftests.plugin.mini_project import check

CANARY = "canary/Pa$$w+rd=äöü&7f3a"
SLIPS = """
canary = secrets.get("canary").reveal()
logging.getLogger("mini").warning("sent %s", canary)
basic = b64encode(f"me:{canary}".encode()).decode()
evidence.note(f"title {canary}", value=canary, url=quote(canary, safe=""), basic=basic)
evidence.transcript("said", f"> Authorization: {canary}")
"""
CHECKS = (
    "from base64 import b64encode\nfrom urllib.parse import quote\n",
    "\n@pytest.fixture(scope='session')\ndef spoiled(secrets):\n    canary = secrets.get('canary').reveal()\n"
    "    yield\n    raise RuntimeError(f'teardown {canary}')\n",
    "\n@pytest.fixture\ndef unready(secrets):\n    canary = secrets.get('canary').reveal()\n"
    "    print(canary)\n    assert False, f'setup {canary}'\n",
    check("a", SLIPS + "assert canary == 'x', f'expected another than {canary}'", uses="evidence, secrets"),
    check("b", SLIPS + "{}[canary]", uses="evidence, secrets"),
    check("c", SLIPS + "print(canary)", uses="evidence, secrets", sync=True),
    check("d", SLIPS, uses="evidence, secrets, unready"),
    check("e", SLIPS + "pytest.skip(canary)", uses="evidence, secrets"),
    check("f", SLIPS + "assert False, 'x' * 590 + canary", uses="evidence, secrets", name="test_cut"),
    check("g", SLIPS, uses="evidence, secrets, spoiled"),
)


@pytest.fixture(scope="module", params=[(), ("-n", "1")], ids=["one process", "xdist"])
def slipped(request, new_project):
    project = new_project().lines(*"abcdefg").checks(*CHECKS)
    return project.run("--showlocals", *request.param, MINI_CANARY=CANARY)


def forms() -> dict[str, bytes]:
    """The canary as it would be found: whole, in a URL, and in base64 behind ``me:``."""
    return {
        "plain": CANARY.encode(),
        "JSON": CANARY.encode("unicode_escape").replace(b"\\x", b"\\u00"),
        "HTML": CANARY.replace("&", "&amp;").encode(),
        "URL": quote(CANARY, safe="").encode(),
        "base64": base64.b64encode(f"me:{CANARY}".encode())[4:-4],
        "its beginning": CANARY[:9].encode(),
    }


@pytest.mark.parametrize("form", forms())
def test_no_file_of_the_run_holds_it(slipped, form):
    """Record, reports for people, reports for tools, attachments."""
    files = [path for path in slipped.folder.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert names >= {"events.jsonl", "checklist.html", "junit.xml", "pytest.html"}
    assert any(name.endswith("-result.json") for name in names)
    assert [path.relative_to(slipped.folder) for path in files if forms()[form] in path.read_bytes()] == []


def test_the_terminal_does_not_show_it(slipped):
    """What CI keeps as its log."""
    assert CANARY[:9] not in slipped.output


def test_the_slips_were_made(slipped):
    """The asterisks stand where the canary stood."""
    assert slipped.states == dict(
        zip(
            "abcdefg",
            ["failed", "unknown", "verified", "unknown", "not run", "failed", "unknown"],
            strict=True,
        )
    )
    assert "expected another than ***" in slipped.reasons["a"]
    assert "WARNING mini: sent ***" in slipped.of("test_c").output
    assert slipped.of("test_c").evidence[0].facts["url"] == "***"
    assert "***" in slipped.of("test_c").evidence[0].facts["basic"]


PASSWORD = "within/Pa$$w+rd=7f3a"
DSN = f"postgresql://app:{quote(PASSWORD, safe='')}@db.internal:5432/app"
WITHIN = """
password = unquote(urlsplit(secrets.get("canary").reveal()).password)
logging.getLogger("mini").warning("signing in with %s", password)
evidence.note(f"title {password}", value=password, url=quote(password, safe=""), where="app@db.internal")
print(password)
assert password == "x", f"password authentication failed: {password}"
"""


@pytest.fixture(scope="module")
def slipped_within(new_project):
    """A run whose check lets the password of a DSN slip, as a driver does, and never the DSN."""
    head = "from urllib.parse import quote, unquote, urlsplit\n"
    project = new_project().lines("a").checks(head, check("a", WITHIN, uses="evidence, secrets"))
    return project.run("--showlocals", MINI_CANARY=DSN)


@pytest.mark.parametrize("form", [PASSWORD, quote(PASSWORD, safe=""), PASSWORD.encode().hex()])
def test_no_file_of_the_run_holds_the_password_within_a_dsn(slipped_within, form):
    """The password is a secret of its own; who signs in where stays readable."""
    files = [path for path in slipped_within.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if form.encode() in path.read_bytes()] == []
    assert form not in slipped_within.output
    assert "password authentication failed: ***" in slipped_within.reasons["a"]
    assert slipped_within.of("test_a").evidence[0].facts["where"] == "app@db.internal"
