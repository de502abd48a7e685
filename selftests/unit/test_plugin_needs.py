"""Checks that a deployment cannot have are left out by its profile's word alone."""

import pytest
from pydantic import ValidationError

from fixtures.operations import wrong_inputs
from golive.environment.profile import Profile
from golive.environment.promises import Operation
from golive.plugin.needs import expected, remarks

CHECKS = {"step.smoke.auth": ("t::sign_in", "t::refresh", "t::register")}
NEEDS = {"t::refresh": ("refresh",), "t::register": ("registration",)}


def test_only_what_is_missing_is_left_out() -> None:
    assert expected(CHECKS, NEEDS, {}) == CHECKS
    without = {"refresh": "tokens live for a day"}
    assert expected(CHECKS, NEEDS, without) == {"step.smoke.auth": ("t::sign_in", "t::register")}
    assert remarks(NEEDS, without) == (
        "1 check left out, this deployment has no refresh: tokens live for a day",
    )
    assert remarks(NEEDS, {"liveness": "one route serves both"}) == ()


@pytest.mark.parametrize("without", [{"sign-in": "a typing error"}, {"refresh": "no"}])
def test_only_known_parts_can_be_missing_and_only_with_a_reason(without: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="without"):
        Profile.model_validate({"without": without})


def test_wrong_inputs_are_of_every_kind_and_bounded() -> None:
    operation = Operation(
        method="PUT", route="/s/{id}", numbers=("limit",), body={"name": "x"}, cases_at_most=8
    )
    cases = wrong_inputs(operation)
    assert len(cases) == 8
    assert any(case.content is not None for case in cases)
    assert any(case.params for case in cases)
    assert any(case.json == {} for case in cases)
    assert all("{id}" not in case.path for case in cases)
    assert wrong_inputs(Operation(route="/users/me")) == ()
