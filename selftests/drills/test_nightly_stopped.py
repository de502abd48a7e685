"""A night that is stopped ends its lanes, keeps what it has drilled, and says so."""

import signal
import subprocess
import sys
from textwrap import dedent

import psutil
import pytest

from selftests.drills.drill import ROOT
from selftests.drills.kept import Kept

PROGRAM = """
    import subprocess, sys
    from pathlib import Path
    from golive.testing import LaneError
    from selftests.drills import lanes, nightly
    from selftests.drills.kept import Drilled

    class Sleeping:
        has_ended = False

        def __init__(self, reports):
            self.process = subprocess.Popen(["sleep", "300"], start_new_session=True)

        def terminate(self):
            self.process.terminate()

        def close(self):
            self.process.kill()
            self.process.wait()

    def drill(lane, names):
        lane.lane
        if names == ("one",):
            return Drilled(names, (), (), 0.1)
        print("waiting", lane.lane.process.pid, flush=True)
        code = lane.lane.process.wait()
        return Drilled(names, (f"the lane has ended: {code}",), (), 0.1)

    lanes.open_lane = Sleeping
    nightly._drill = drill
    nightly.KEPT = Path(sys.argv[1])
    nightly.digest = lambda _: "today"
    nightly.wanted = lambda *_: [("one",), ("two",), ("three",), ("four",)]
    sys.exit(nightly.main([]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_stopped_night_ends_its_lanes_and_keeps_its_results(tmp_path, number, code):
    """What was broken off is no result; the exit code is the signal's."""
    command = [sys.executable, "-c", dedent(PROGRAM), str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1) as night:
        pids = []
        for line in night.stdout:
            if line.startswith("waiting"):
                pids.append(int(line.split()[1]))
            if len(pids) == 2:
                break
        night.send_signal(number)
        said, _ = night.communicate(timeout=60)
    assert night.returncode == code
    name = signal.Signals(number).name
    assert f"stopped by {name}: 1 of 4 drills are done and kept, and the same command goes on there" in said
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    kept = Kept(tmp_path, "today")
    assert [names for names in ("one", "two", "three", "four") if kept.is_well((names,))] == ["one"]
    assert len(list(tmp_path.iterdir())) == 1
