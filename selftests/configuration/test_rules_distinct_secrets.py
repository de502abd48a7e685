"""No two secrets are alike; what is one secret under several names is one."""

import pytest

from golive.configuration.observation import VariablesObservation
from golive.configuration.rules_variables import judge_distinct
from golive.configuration.variables import VariableManifest
from golive.profile.secrets import Secret

ONE = "q7Vw2LzR9mXc4TnB8sKd1FhJ6pYg3ZaE"
OTHER = "Kd1FhJ6pYg3ZaE5uWoCxMvNbQq7Vw2Lz"
POSTGRES = {"type": "dsn", "schemes": ["postgresql", "postgres"], "required": False}
MANIFEST = VariableManifest.model_validate(
    {
        "parts": {
            "api": {
                "SIGNING": {"type": "secret"},
                "CLIENT": {"type": "secret", "required": False},
                "DATABASE_URL": POSTGRES,
                "DIRECT_URL": POSTGRES,
                "REDIS_URL": {"type": "dsn", "schemes": ["redis"], "required": False},
                "MODE": {"type": "text", "required": False},
            },
            "worker": {"SIGNING": {"type": "secret"}, "CALLBACK": {"type": "secret", "required": False}},
        },
        "rules": [{"variable": "worker.CALLBACK", "same_as": "api.CLIENT"}],
    }
)


def part(name="api", **values):
    secrets = {key: Secret(value) for key, value in values.items()}
    return VariablesObservation(name, ("x.env",), secrets, dict.fromkeys(values, "x.env"))


def postgres(password, user="app", host="db.internal", scheme="postgresql"):
    return f"{scheme}://{user}:{password}@{host}/x"


@pytest.mark.parametrize(
    "parts",
    [
        [part(SIGNING=ONE, CLIENT=ONE)],
        [part(SIGNING=ONE, DATABASE_URL=postgres(ONE))],
        [part(SIGNING="p@ss/word-of-all", DATABASE_URL=postgres("p%40ss%2Fword-of-all"))],
        [part(DATABASE_URL=postgres(ONE), REDIS_URL=f"redis://:{ONE}@cache.internal/0")],
        [part(DATABASE_URL=postgres(ONE), DIRECT_URL=postgres(ONE, user="owner"))],
        [part(SIGNING=ONE), part("worker", SIGNING=OTHER, CALLBACK=ONE)],
    ],
    ids=["two secrets", "in a DSN", "escaped", "two servers", "two roles", "two parts"],
)
def test_secret_that_serves_twice_is_found(parts):
    """By both names, and without its value."""
    found = judge_distinct(MANIFEST, parts).found
    assert len(found) == 1
    assert "expected a secret of its own, observed that of " in str(found[0])
    assert ONE not in str(found)


@pytest.mark.parametrize(
    "parts",
    [
        [part(SIGNING=ONE, CLIENT=OTHER, DATABASE_URL=postgres("a" + ONE))],
        [part(SIGNING=ONE, CLIENT=ONE.lower())],
        [part(SIGNING="", CLIENT="", DATABASE_URL=postgres(""), REDIS_URL="redis://cache.internal")],
        [part(SIGNING=ONE), part("worker", SIGNING=ONE)],
        [part(CLIENT=ONE), part("worker", CALLBACK=ONE)],
        [part(DATABASE_URL=postgres(ONE), DIRECT_URL=postgres(ONE, host="pool.internal", scheme="postgres"))],
        [part(SIGNING=ONE, MODE=ONE)],
    ],
    ids=["others", "case", "empty", "one for two parts", "declared", "one role twice", "no secret"],
)
def test_secret_of_its_own_is_fine(parts):
    """The same name in two parts, a rule that says so, and one role at two addresses are one secret."""
    assert judge_distinct(MANIFEST, parts).found == ()
