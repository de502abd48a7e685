"""What is imported before anything is verified: modules are counted, for a busy machine counts the same."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONLY_WHERE_NEEDED = frozenset(
    {
        "aiohttp", "apprise", "dotenv", "engineio", "google_re2", "ical", "jsonschema", "jwt", "playwright",
        "prometheus_client", "promql_parser", "psycopg", "re2", "redis", "socketio", "sqlglot", "websockets",
        "yaml", "zxcvbn",
    }
)  # fmt: skip
"""Packages that some check or report needs, and no run without it."""
REPORTING = frozenset({"golive.report.html", "golive.report.markdown", "golive.report.junit", "junitparser"})
"""What renders reports, at the end of a run."""
MODEL = frozenset({"cryptography", "dns", "httpcore", "httpx", "jinja2", "markdown_it", "pydantic"})
"""What golive itself is made of, and nobody needs who only asks for help."""
_PLUGINS = ("-p", "no:cacheprovider", "-p", "no:anyio", "-p", "no:hypothesispytest", "-p", "no:valkey")
_AFTERWARDS = """
import json, sys
sys.argv = json.loads(sys.argv[1])
try:
    {run}
except SystemExit:
    pass
sys.stderr.write("\\n" + json.dumps(sorted(sys.modules)))
"""
_PYTEST, _GOLIVE = "import pytest; pytest.console_main()", "from golive.cli import main; main()"
_PROFILE = """\
schema = 1
title = "Shop"
[release]
version = "1.0.0"
[targets.app]
url = "https://shop.test"
[targets.cdn]
absent = "assets are served by the app"
[budgets]
api_p95 = "200 ms"
realtime_delivery = "500 ms"
page_load = "3 s"
first_byte = "800 ms"
[control]
targets = ["{host}"]
[allow.hosts]
"shop.test" = {{}}
"127.0.0.1" = {{}}
"""
_CHECKLIST = """\
# Shop

<!-- golive: max-age="1 h" owner=QA phase=smoke -->

- [ ] The shop answers `shop.answers`
"""
_CHECK = """\
import pytest

@pytest.mark.checklist("shop.answers")
async def test_answers(http, profile, evidence):
    \"\"\"It answers.\"\"\"
    answer = await http.get(f"http://{profile.control.targets[0]}/")
    evidence.note("answered", status=answer.status)
    assert answer.status == 200
"""


def modules_after(run: str, arguments: Sequence[str], folder: Path) -> frozenset[str]:
    """What a new interpreter has imported when ``run`` has ended."""
    done = subprocess.run(
        [sys.executable, "-c", _AFTERWARDS.format(run=run), json.dumps(["it", *arguments])],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return frozenset(json.loads(done.stderr.rpartition("\n")[2]))


def packages(modules: frozenset[str]) -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in modules)


def of_golive(modules: frozenset[str]) -> list[str]:
    return sorted(name for name in modules if name.partition(".")[0] == "golive")


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def shop() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def generic(tmp_path: Path, shop: str) -> Path:
    """The smallest project: a checklist, a profile, and a check that makes one request."""
    texts = {
        "checklist.md": _CHECKLIST,
        "environments/shop.toml": _PROFILE.format(host=shop),
        "tests/test_shop.py": _CHECK,
        "pytest.ini": f"[pytest]\ntestpaths = tests\ngolive_checks = tests\naddopts = {' '.join(_PLUGINS)}\n",
        "checklist.lock": json.dumps({"checks": {"shop.answers": ["tests/test_shop.py::test_answers"]}}),
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("arguments", [("--help",), (), ("reprot",), ("provide", "-h")], ids=" ".join)
def test_help_needs_nothing_that_golive_is_made_of(arguments, tmp_path):
    """`golive --help` reads words; profiles, records and reports are for the command that is run."""
    found = modules_after(_GOLIVE, arguments, tmp_path)
    assert not packages(found) & (MODEL | ONLY_WHERE_NEEDED)
    assert len(of_golive(found)) <= 16, of_golive(found)


@pytest.mark.parametrize("arguments", [("-q",), ("--help",), ("--version", "--version")], ids=" ".join)
def test_who_has_golive_installed_and_does_not_use_it_imports_next_to_nothing_of_it(arguments, tmp_path):
    """It is a plugin of every pytest of its environment, whatever that tests."""
    (tmp_path / "test_else.py").write_text("def test_else():\n    pass\n", encoding="utf-8")
    without = modules_after(_PYTEST, ("-p", "no:golive", *_PLUGINS, *arguments), tmp_path)
    found = modules_after(_PYTEST, (*_PLUGINS, *arguments), tmp_path) - without
    assert not packages(found) & (MODEL | ONLY_WHERE_NEEDED)
    assert len(of_golive(found)) <= 6, of_golive(found)
    assert len(found) <= 12, sorted(found)


def test_who_only_looks_at_checks_imports_no_client_but_that_of_http():
    """`pytest --collect-only` of Audotics' own suite, in which every subject has checks."""
    found = modules_after(_PYTEST, ("--collect-only", "-q", "-m", "smoke", "--env=rehearsal"), ROOT)
    assert "golive.browser.fixtures" in found
    assert not packages(found) & ONLY_WHERE_NEEDED
    assert not found & REPORTING


def test_a_generic_profile_imports_only_what_its_checks_need(generic):
    """Up to the first request: what is imported by then stands in the check's own evidence."""
    check = generic / "tests" / "test_shop.py"
    answered = '    evidence.note("answered", status=answer.status)\n'
    seen = '    import sys, pathlib\n    pathlib.Path("seen").write_text("\\n".join(sys.modules))\n'
    check.write_text(_CHECK.replace(answered, seen + answered), encoding="utf-8")
    modules_after(_PYTEST, ("-q", "--env=shop"), generic)
    found = frozenset((generic / "seen").read_text(encoding="utf-8").splitlines())
    assert not packages(found) & ONLY_WHERE_NEEDED
    assert not found & REPORTING
    assert "cryptography.x509" not in found, "a target of plain HTTP has no certificate"
