"""``python -m golive.testing``: pytest that takes orders, the process of a lane."""

import sys

import pytest

from golive.testing.serving import LanePlugin

_QUIET = ("-p", "no:html", "-p", "no:allure_pytest", "--capture=sys", "--disable-warnings")
"""Nobody reads reports of a lane, and its last words are to say why it ended."""


def main() -> int:
    """Run pytest; a fork of it ends here, without what the first process has to tidy up."""
    lane = LanePlugin()
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        code = int(pytest.main([*_QUIET, *sys.argv[1:]], [lane]))
    finally:
        lane.leave(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
