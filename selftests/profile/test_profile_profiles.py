"""Profiles: the shipped ones load, and what is wrong in one is said with file, key and remedy."""

from pathlib import Path

import pytest

from golive.browser.profile import App
from golive.core.outcome import Blind, Effect
from golive.profile.loading import ProfileError, available_environments, load_profile
from golive.profile.profile import present
from golive.profile.secrets import MissingSecretError, find_secrets

ROOT = Path(__file__).parents[2]
SHIPPED = ("prod", "rehearsal", "rehearsal-nest", "rehearsal-v2", "staging")
PROFILE = """
schema = 1
title = "Mini"
[release]
version = "1.0.0"
[targets.app]
url = "https://app.test"
[targets.cdn]
absent = "assets are served by the app"
[authentication]
strategy = "password"
[accounts]
listener = { email = "a@app.test", password = "listener_password" }
[secrets]
listener_password = { variable = "MINI_PASSWORD" }
signing_key = { file = "no/such/file", optional = true }
[budgets]
api_p95 = "200 ms"
recommendations_p95 = "500 ms"
realtime_delivery = "500 ms"
page_load = "3 s"
first_byte = "800 ms"
[control]
targets = ["127.0.0.1:1"]
[allow]
effects = ["read"]
[allow.hosts]
"app.test" = {}
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "mini.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_profiles_load(name):
    """Each is complete as it stands, and none carries a secret's value."""
    profile = load_profile(ROOT / "environments" / f"{name}.toml")
    parts = {"app", "api", "cdn", "realtime"} - ({"cdn"} if name == "rehearsal-nest" else set())
    assert profile.public_urls().keys() >= parts
    assert profile.secrets
    assert all(source.variable or source.file for source in profile.secrets.values())


def test_the_shipped_environments_are_listed():
    """What --env accepts."""
    assert available_environments(ROOT / "environments") == SHIPPED


def test_nothing_destructive_is_allowed_where_people_are():
    """Staging and the rehearsal allow it."""
    prod = load_profile(ROOT / "environments" / "prod.toml")
    assert Effect.DESTRUCTIVE not in prod.allow.effects
    assert "replica_trial" in prod.absent_features(), "what is not allowed is declared, not left undone"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("first_byte =", "first_bite =", "budgets.first_bite: unknown key — did you mean 'first_byte'?"),
        ('title = "Mini"', "", "title: missing — add it"),
        ("[control]", "[controls]", "controls: unknown key — did you mean 'control'?"),
        (
            "[control]",
            '[cases.c07]\nseverity = "advisory"\nreason = "small assets"\n[control]',
            "cases.c07: no such case — did you mean C07",
        ),
        (
            "[control]",
            '[cases.XYZ]\nseverity = "advisory"\nreason = "small assets"\n[control]',
            "cases.XYZ: no such case — C01 to C20",
        ),
        (
            'url = "https://app.test"',
            'urll = "https://app.test"',
            "targets.app.urll: unknown key — did you mean 'url'?",
        ),
        ('"3 s"', '"3 sec"', "budgets.page_load: '3 sec' is not a duration: write a number and a unit"),
        ('"3 s"', "3", "budgets.page_load: 3 has no unit: write a duration such as '500 ms'"),
        (
            "https://app.test",
            "http://app.test",
            "targets.app.url: 'http://app.test' is not a URL of scheme https",
        ),
        ("https://app.test", "app.test", "targets.app.url: 'app.test' is not a URL of scheme https"),
        (
            "//app.test",
            "//me:pw@app.test",
            "targets.app.url: a URL in a profile carries no credentials: name a secret",
        ),
        (
            "127.0.0.1:1",
            "127.0.0.1",
            "control.targets.0: '127.0.0.1' is not host:port, such as '127.0.0.1:8443'",
        ),
        ("127.0.0.1:1", "127.0.0.1:70000", "control.targets.0: '127.0.0.1:70000' is not host:port"),
        (
            'password = "l',
            'password = "no_',
            "names the secret 'no_istener_password', and there is no [secrets.no_",
        ),
        (
            'MINI_PASSWORD"',
            'A", file = "b"',
            "secrets.listener_password: name exactly one of 'variable' and 'file'",
        ),
        (
            'absent = "a',
            'url = "https://c"\nabsent = "a',
            "targets.cdn.url: unknown key — known here: absent",
        ),
        (
            '"assets are served by the app"',
            '"no"',
            "targets.cdn.absent: String should have at least 8 characters",
        ),
        ('strategy = "password"', 'strategy = "magic"', "authentication: "),
        ('strategy = "password"', 'strategy = "password"\nacess_field = "x"', "did you mean 'access_field'?"),
        (
            'effects = ["read"]',
            'effects = ["read", "wreck"]',
            "allow.effects.1: Input should be 'read', 'write'",
        ),
        ("schema = 1", "schema = 2", "schema: Input should be 1"),
        (
            'api_p95 = "200 ms"',
            'api_routes = ["version"]',
            "budgets: api_routes are measured against api_p95",
        ),
        ("api_p95 =", "api_routes = []\napi_p95 =", "budgets: api_p95 is for none of the API's routes"),
        (
            "api_p95 =",
            'api_routes = ["search"]\napi_p95 =',
            "budgets.api_routes: search: no route that is only read; known: health, ",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_remedy(path, old, new, words):
    """One line for each defect; it begins with the file."""
    assert old in PROFILE
    path.write_text(PROFILE.replace(old, new), encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    assert any(words in line for line in lines), lines


def test_several_defects_are_all_said_at_once(path):
    """Who fixes a profile need not run it once per defect."""
    path.write_text(
        PROFILE.replace("page_load", "pageload").replace("[release]", "[realease]"), encoding="utf-8"
    )
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("content", [None, b"title = ", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(path, content):
    """Not there, no TOML, or no text."""
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ProfileError, match=f"{path}: cannot be read: "):
        load_profile(path)


def test_a_profile_does_not_change_while_a_run_goes_on(path):
    """It is frozen, down to its parts."""
    profile = load_profile(path)
    with pytest.raises(ValueError, match="frozen"):
        profile.budgets.latency_samples = 1


def test_a_started_environment_completes_its_profile(path):
    """An overlay is merged key by key, and judged as strictly."""
    profile = load_profile(path, overlay={"targets": {"app": {"url": "https://app.test:8443"}}})
    assert profile.public_urls()["app"] == "https://app.test:8443"
    assert profile.title == "Mini"
    with pytest.raises(ProfileError, match=r"targets\.app\.ulr: unknown key"):
        load_profile(path, overlay={"targets": {"app": {"ulr": "https://app.test"}}})


@pytest.mark.parametrize("order", [("cdn", "app", "api"), ("api", "cdn", "app"), ("app", "api", "cdn")])
def test_targets_are_in_the_order_of_the_profile(path, order):
    """Whatever was imported first; the report lists them so."""
    tables = {
        "app": '[targets.app]\nurl = "https://app.test"',
        "api": '[targets.api]\nurl = "https://app.test/v1"\ndependencies = ["database"]',
        "cdn": '[targets.cdn]\nurl = "https://cdn.test"',
    }
    head, _, rest = PROFILE.partition("[targets.app]")
    parts = "\n".join(tables[name] for name in order)
    text = f"{head}{parts}\n[authentication]{rest.partition('[authentication]')[2]}"
    path.write_text(text.replace('"app.test" = {}', '"app.test" = {}\n"cdn.test" = {}'), encoding="utf-8")
    assert tuple(load_profile(path).public_urls()) == order


def test_an_absent_part_is_told_from_one_left_out(path):
    """Absent has a reason; left out is blind, with the remedy."""
    profile = load_profile(path)
    assert profile.absent_parts() == {"cdn": "assets are served by the app"}
    assert isinstance(present(profile.targets.app, "app"), App)
    with pytest.raises(Blind, match="this deployment has no cdn: assets are served by the app"):
        present(profile.targets.cdn, "cdn")
    with pytest.raises(Blind, match=r"does not say where api is — add \[targets.api\] to the profile"):
        present(profile.targets.api, "api")


def test_a_budget_for_the_api_is_needed_only_where_its_routes_are_measured(path):
    """Without one the check is left out by name, as for every feature that a deployment lacks."""
    measured = load_profile(path)
    assert (measured.budgets.api_routes, "api_budget" in measured.absent_features()) == (("version",), False)
    path.write_text(PROFILE.replace('api_p95 = "200 ms"\n', ""), encoding="utf-8")
    assert load_profile(path).absent_features()["api_budget"] == "no budget is set for the API's routes"
    path.write_text(PROFILE.replace('api_p95 = "200 ms"', "api_routes = []"), encoding="utf-8")
    assert "api_budget" in load_profile(path).absent_features()


def test_a_missing_secret_is_said_with_where_to_put_it(path):
    """Before any request; an empty variable is a missing one."""
    profile = load_profile(path)
    with pytest.raises(MissingSecretError) as caught:
        find_secrets(profile, source="mini.toml", environ={"MINI_PASSWORD": ""})
    assert str(caught.value) == (
        "mini.toml: secrets.listener_password: no value — set the environment variable MINI_PASSWORD"
    )


def test_a_missing_optional_secret_is_blind_where_it_is_used(path):
    """The run goes on; only the check that needs it cannot see."""
    found = find_secrets(load_profile(path), source="mini.toml", environ={"MINI_PASSWORD": "hunter2hunter2"})
    assert found.get("listener_password").reveal() == "hunter2hunter2"
    with pytest.raises(Blind, match="the secret 'signing_key' has no value — set the file no/such/file"):
        found.get("signing_key")


def test_a_secret_is_read_from_its_file(path, tmp_path):
    """Without the newline that editors put at its end."""
    (tmp_path / "key").write_text("s3cret-s3cret\n", encoding="utf-8")
    path.write_text(PROFILE.replace("no/such/file", str(tmp_path / "key")), encoding="utf-8")
    found = find_secrets(load_profile(path), source="mini.toml", environ={"MINI_PASSWORD": "hunter2hunter2"})
    assert found.get("signing_key").reveal() == "s3cret-s3cret"
