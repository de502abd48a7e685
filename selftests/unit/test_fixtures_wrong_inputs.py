"""Wrong inputs are made from an operation's right ones."""

from fixtures.operations import wrong_inputs
from golive.environment.promises import Operation


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
