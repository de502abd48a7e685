"""What `python -m rehearsal` says where it cannot even begin."""

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import runpy, sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

absent, facts = sys.argv[1:]
sys.meta_path.insert(0, NotInstalled())
sys.argv = ["rehearsal", "serve", "--facts", facts]
runpy.run_module("rehearsal", run_name="__main__")
"""


@pytest.mark.parametrize("package", ["starlette", "asyncpg"])
def test_a_package_that_was_not_installed_is_named_with_its_remedy(tmp_path: Path, package: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, package, str(tmp_path / "facts")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"the rehearsal needs the package {package}, which is not installed" in done.stderr
    assert "requirements/rehearsal.lock" in done.stderr
    assert "Traceback" not in done.stderr
