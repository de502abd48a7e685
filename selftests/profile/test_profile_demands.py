"""What a profile demands before the first request: hosts that it allows, secrets that the scope needs."""

from pathlib import Path

import pytest

from golive.core.checklist_markdown import parse_checklist
from golive.core.outcome import Blind
from golive.plugin.collection.scope import scope_of
from golive.profile.loading import ProfileError, load_profile, refuse_hosts
from golive.profile.secrets import MissingSecretError, demanded_secrets, find_secrets

ROOT = Path(__file__).parents[2]
PROFILE = """\
schema = 1
title = "Mini"
[targets.app]
url = "https://app.test"
[targets.cdn]
absent = "assets are served by the app"
[budgets]
api_p95 = "200 ms"
recommendations_p95 = "500 ms"
realtime_delivery = "500 ms"
page_load = "3 s"
first_byte = "800 ms"
[control]
targets = ["one.one.one.one:443"]
[allow.hosts]
"App.test" = {}
"10.0.0.9:9090" = {}
"""
API = """\
[targets.api]
url = "https://app.test/v1"
dependencies = ["database"]
replicas = [{{ name = "a", url = "{}" }}]
"""


@pytest.fixture
def refusal(tmp_path):
    """What is said of a profile with more in it; nothing where it is accepted."""

    def of(more: str, base: str = PROFILE) -> str:
        path = tmp_path / "mini.toml"
        path.write_text(f"{base}{more}", encoding="utf-8")
        try:
            refuse_hosts(load_profile(path), source="mini.toml")
        except ProfileError as error:
            return str(error)
        return ""

    return of


REALTIME = '[targets.realtime]\nurl = "https://rt.test"\nprotocol = "socket.io"\n'
MONITORING = """\
[targets.monitoring]
alertmanagers = ["http://10.0.0.9:9090", "http://am.test"]
[targets.monitoring.jobs]
api = { targets = 1 }
"""
CREDENTIAL = '[credentials.x]\nkind = "http"\nurl = "https://x.test/me"\ntoken = "api.X"\n'


@pytest.mark.parametrize(
    ("more", "key", "host"),
    [
        (REALTIME, "targets.realtime.url", "rt.test"),
        (API.format("http://10.0.0.9:9091"), "targets.api.replicas.0.url", "10.0.0.9"),
        (MONITORING, "targets.monitoring.alertmanagers", "am.test"),
        ('[forge]\nrepository = "a/b"\n', "forge.api", "api.github.com"),
        (CREDENTIAL, "credentials.x.url", "x.test"),
        ('[load_balancer.trial.urls]\na = "https://ops.test/"\n', "load_balancer.trial.urls.a", "ops.test"),
    ],
)
def test_a_host_that_is_not_allowed_is_said_with_its_key(refusal, more, key, host):
    """Wherever in the profile it stands: a target, one of several, a third party, a default."""
    (line,) = refusal(more).splitlines()
    assert line.startswith(f"mini.toml: {key}: every request to {host} would be refused")
    assert f'add "{host}" = {{}} to [allow.hosts]' in line


def test_every_host_that_is_missing_is_said_at_once(refusal):
    """One line for each key."""
    more = (
        '[targets.realtime]\nurl = "https://rt.test"\nprotocol = "socket.io"\n[forge]\nrepository = "a/b"\n'
    )
    assert len(refusal(more).splitlines()) == 2


@pytest.mark.parametrize(
    "more",
    [
        "",
        API.format("http://10.0.0.9:9090"),
        '[identity_provider]\nauthorize_url = "https://id.test/authorize"\nclient_id = "x"\n'
        'redirect_uri = "https://app.test/callback"\nsession_cookie = "s"\nbrowser_cookie = "b"\n'
        + "".join(
            f'{route} = "/{route}"\n' for route in ("start", "callback", "refresh", "user", "sign_out")
        ),
        '[configuration.files.a]\npath = "a.json"\nschema_file = "s.json"\nother_origins = ["https://partner.test"]\n',
    ],
)
def test_hosts_that_are_allowed_or_only_compared_are_no_defect(refusal, more):
    """By name in any case, by host and port; an address that answers name is sent nothing."""
    assert refusal(more) == ""


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_the_shipped_profiles_allow_their_hosts(name):
    """Nobody begins with a refusal. (What a rehearsal starts says its hosts itself.)"""
    path = ROOT / f"environments/{name}.toml"
    refuse_hosts(load_profile(path), source=path.name)


CHECKLIST = parse_checklist((ROOT / "checklist.md").read_text(encoding="utf-8"), source="checklist.md")
PASSWORDS = {f"{role}_password" for role in ("listener", "friend", "newcomer", "outsider")}


def demanded(name: str, expression: str) -> set[str]:
    profile = load_profile(ROOT / f"environments/{name}.toml")
    return set(demanded_secrets(profile, CHECKLIST, scope_of(CHECKLIST, expression)))


@pytest.mark.parametrize(
    "expression", ["infra", "pre_deploy", "infra and not smoke", "rollback and not post_deploy"]
)
def test_before_the_deployment_no_password_of_a_test_account_is_demanded(expression):
    """Nobody signs in to what is not deployed."""
    assert demanded("prod", expression) == set()


@pytest.mark.parametrize("expression", ["smoke", "smoke or infra", "post_deploy", "deploy", ""])
def test_where_the_release_is_used_the_test_accounts_passwords_are_demanded(expression):
    """One line that uses them in the scope is enough."""
    assert demanded("prod", expression) == PASSWORDS


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [("smoke", False), ("infra", True), ("deploy", True), ("rollback and not deploy", False)],
)
def test_what_belongs_to_a_part_is_demanded_for_that_parts_lines(expression, wanted):
    """The key to purge the asset host is for the asset host's lines."""
    assert ("cdn_purge_token" in demanded("rehearsal", expression)) is wanted


def test_a_secret_that_no_key_names_is_demanded_always(tmp_path):
    """Some check of the project's own takes it by its name."""
    path = tmp_path / "mini.toml"
    secrets = '[secrets]\nown = { variable = "OWN" }\nother = { variable = "OTHER", optional = true }\n'
    path.write_text(PROFILE + secrets, encoding="utf-8")
    profile = load_profile(path)
    assert demanded_secrets(profile, CHECKLIST, frozenset({"infra.tls"})) == {"own"}


def test_a_secret_that_is_not_demanded_makes_its_checks_blind():
    """It is found where it is; where it is not, the remedy names the variable."""
    profile = load_profile(ROOT / "environments/prod.toml")
    secrets = find_secrets(
        profile, source="prod.toml", environ={"GOLIVE_FRIEND_PASSWORD": "x"}, demanded=set()
    )
    assert secrets.get("friend_password").reveal() == "x"
    with pytest.raises(Blind, match="set the variable GOLIVE_LISTENER_PASSWORD"):
        secrets.get("listener_password")
    with pytest.raises(MissingSecretError, match=r"secrets\.listener_password: no value"):
        find_secrets(
            profile,
            source="prod.toml",
            environ={},
            demanded=demanded_secrets(profile, CHECKLIST, scope_of(CHECKLIST, "smoke")),
        )


def test_a_secret_whose_name_has_a_dot_is_declared_as_any_other(tmp_path):
    """Only a credential may name a variable of the release instead; nobody else's name is let by."""
    text = (ROOT / "environments" / "prod.toml").read_text(encoding="utf-8")
    path = tmp_path / "prod.toml"
    path.write_text(text.replace('password = "listener_password"', 'password = "listener.password"'), "utf-8")
    with pytest.raises(
        ProfileError, match=r"accounts.listener.password names the secret 'listener.password'"
    ):
        load_profile(path)
