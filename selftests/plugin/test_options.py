"""The command line: every option with a value is known as one."""

from golive.plugin.options import OPTIONS_WITH_VALUES


def test_every_option_with_a_value_is_listed(pytestconfig):
    """So that a path after any of them is not taken for one of tests."""
    options = pytestconfig._parser.getgroup("golive").options
    assert {name for option in options if option._action.nargs != 0 for name in option.names()} == (
        OPTIONS_WITH_VALUES
    )
