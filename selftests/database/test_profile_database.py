"""What a profile says of the database: complete, without credentials, and absent only with a reason."""

from datetime import timedelta
from pathlib import Path

import pytest

from golive.core.outcome import Blind
from golive.database.profile import Database
from golive.database.programs import Programs
from golive.profile.loading import ProfileError, load_profile
from golive.profile.profile import present

ROOT = Path(__file__).parents[2]
SHIPPED = ("prod", "rehearsal", "rehearsal-v2", "staging")


def loaded(name: str, **database: object) -> Database:
    overlay = {"targets": {"database": database}} if database else {}
    return present(
        load_profile(ROOT / f"environments/{name}.toml", overlay=overlay).targets.database, "database"
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_profile_promises_what_is_checked(name):
    """Backups with a cadence and a retention, migrations, capacity; connection strings by name alone."""
    database = loaded(name)
    assert database.migrations
    assert database.capacity
    assert database.backups
    assert database.backups.every < database.backups.recovery_point < database.backups.kept
    assert database.backups.recovery_time <= database.backups.restore_deadline


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_scratch_databases_do_not_burden_people(name):
    """Where people are, they do not lie on the live server."""
    assert loaded(name).scratch_on_live_server is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"dsn": "nowhere"},
            "targets.database.dsn names the secret 'nowhere', and there is no [secrets.nowhere]",
        ),
        ({"scratch": "nowhere"}, "targets.database.scratch names the secret 'nowhere'"),
        ({"dns": "x"}, "targets.database.dns: unknown key — did you mean 'dsn'?"),
        ({"statement_timeout": 5}, "targets.database.statement_timeout: 5 has no unit"),
        ({"migrations": {"tool": "hand"}}, "targets.database.migrations.tool: Input should be 'prisma'"),
        ({"backups": {"evry": "1 d"}}, "targets.database.backups.evry: unknown key — did you mean 'every'?"),
        ({"capacity": {"pool": 0}}, "targets.database.capacity.pool: "),
    ],
)
def test_what_is_wrong_is_said_with_its_key(changes, words):
    """As everywhere in a profile."""
    with pytest.raises(ProfileError) as caught:
        loaded("rehearsal", **changes)
    assert words in str(caught.value)


def test_a_deployment_without_a_database_says_why(tmp_path):
    """Its lines are then not applicable."""
    text = (ROOT / "environments/prod.toml").read_text(encoding="utf-8")
    before, _, rest = text.partition("[targets.database]")
    after = rest[rest.index("[features]") :]
    path = tmp_path / "without.toml"
    path.write_text(
        f'{before}[targets.database]\nabsent = "all state is in the browser"\n{after}', encoding="utf-8"
    )
    assert load_profile(path).absent_parts() == {"database": "all state is in the browser"}


def test_programs_that_are_missing_are_named_with_the_remedy(tmp_path):
    """The suite could not see; the database is not at fault."""
    with pytest.raises(Blind, match=r"pg_restore is not in .* — install PostgreSQL's client programs"):
        Programs(tmp_path).find("pg_restore")


def test_limits_have_units():
    """Durations, all of them."""
    assert loaded("prod").statement_timeout == timedelta(seconds=20)
