"""What a profile says of the API: how many replicas there are, and which dependencies its health names."""

from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from golive.api.profile import ONLY_REPLICA, Api
from golive.api.rules_health import expect_all_healthy, expect_health_form
from golive.profile.profile import profile_model
from selftests.examples.rules_examples import answer

URL = "https://api.mini.test/v1"
LISTED = [{"name": "a", "url": "http://10.0.0.1:3000"}, {"name": "b", "url": "http://10.0.0.2:3000"}]


def api(**declared: Any) -> Api:
    return Api.model_validate({"url": URL, "dependencies": ["database"]} | declared)


def implied(**declared: Any) -> dict[str, str]:
    part = {"url": URL, "dependencies": ["database"]} | declared
    document = {
        "schema": 1,
        "title": "mini",
        "targets": {"api": part},
        "control": {"targets": ["control.mini.test:443"]},
        "allow": {"hosts": {"api.mini.test": {}}},
    }
    return profile_model().model_validate(document).absent_features()


def test_one_replica_is_a_fact_that_can_be_declared() -> None:
    one = api(replicas=1)
    assert one.has_one_replica
    assert [(replica.name, replica.url) for replica in one.replicas] == [(ONLY_REPLICA, URL)]
    assert one.bases == (URL,)
    assert implied(replicas=1)["several_replicas"] == "there is one replica (targets.api.replicas)"


def test_only_replica_may_have_an_address_of_its_own() -> None:
    """It is asked there too, and its limits can be tried there."""
    one = api(replicas=[LISTED[0] | {"only": True}])
    assert one.has_one_replica
    assert one.bases == (LISTED[0]["url"], URL)
    assert "several_replicas" in implied(replicas=[LISTED[0] | {"only": True}])
    with pytest.raises(ValidationError, match="stands alone"):
        api(replicas=[LISTED[0] | {"only": True}, LISTED[1]])


@pytest.mark.parametrize("declared", [{}, {"replicas": LISTED}, {"replicas": LISTED[:1]}])
def test_what_is_listed_or_left_out_says_nothing_of_how_many_there_are(declared: dict[str, Any]) -> None:
    """One of a list may be the first of two: only a number says that there is no other."""
    assert not api(**declared).has_one_replica
    assert "several_replicas" not in implied(**declared)
    assert api(**declared).bases[-1] == URL


@pytest.mark.parametrize("wrong", [0, 2, "1", -1, 1.5, True])
def test_other_numbers_are_refused(wrong: Any) -> None:
    """Two must be listed, for each is asked."""
    with pytest.raises(ValidationError, match="replicas"):
        api(replicas=wrong)


HEALTHY: dict[str, JsonValue] = {
    "alone": {"status": "ok"},
    "spring": {"status": "UP", "components": {"db": {"status": "UP", "details": {"database": "x"}}}},
    "terminus": {
        "status": "ok",
        "info": {"database": {"status": "up"}},
        "error": {},
        "details": {"database": {"status": "up"}},
    },
    "words": {"status": "healthy", "services": {"database": "connected", "items": "available"}},
    "flag": {"healthy": True, "uptime": 12.5},
}
ILL: dict[str, JsonValue] = {
    "down": {"status": "down"},
    "degraded": {"status": "degraded"},
    "silent": {"uptime": 12.5},
    "one-is-down": {"status": "ok", "details": {"database": {"status": "down"}}},
    "flag": {"healthy": False},
}


@pytest.mark.parametrize("body", HEALTHY.values(), ids=HEALTHY)
def test_health_may_name_no_dependency_where_that_is_declared(body: JsonValue) -> None:
    declared = api(dependencies={"absent": "the health route says nothing of them"})
    seen = answer(body, headers=(("content-type", "application/json; charset=utf-8"),))
    expect_all_healthy(seen, declared.named_dependencies)
    expect_health_form(seen, declared.named_dependencies)


@pytest.mark.parametrize("body", ILL.values(), ids=ILL)
def test_health_must_be_well_all_the_same(body: JsonValue) -> None:
    """Whatever it names of its own accord counts."""
    with pytest.raises(AssertionError):
        expect_all_healthy(answer(body), None)


def test_status_and_form_count_without_dependencies_too() -> None:
    for seen in (answer({"status": "ok"}, status=503), answer(b"OK"), answer([])):
        with pytest.raises(AssertionError):
            expect_all_healthy(seen, None)


def test_dependency_that_is_declared_must_be_named() -> None:
    with pytest.raises(AssertionError, match="database: not named"):
        expect_all_healthy(answer({"status": "ok"}), api().named_dependencies)
