"""Proving checks able to go red: faults, a warm lane that runs chosen checks under them, proofs.

For suites that verify an environment which the run starts and which can switch faults on and off while it
runs (``plugin/start.py`` says by what protocol). Nothing here knows what the environment is::

    with Lane("rehearsal", root=ROOT, reports=tmp_path, expression="smoke") as lane:
        proving = Proving(lane, Checks.of(lane.ready.checks))
        for fault in faults:  # whatever has the attributes of `Fault`
            proving.prove(fault)
"""

from golive.testing.checks import Checks
from golive.testing.errors import (
    AnotherLineFailedError,
    CaseNotNamedError,
    DidNotFailError,
    EnvironmentDiedError,
    LaneError,
    NamesNoCheckError,
    NoSuchCheckError,
    NotRestoredError,
    OrderFailedError,
    OverdueError,
    ProvingError,
    SwitchRefusedError,
    UnprovenChecksError,
)
from golive.testing.fault import Fault
from golive.testing.lane import Lane
from golive.testing.proving import Attempt, Proving
from golive.testing.result import Result

__all__ = [
    "AnotherLineFailedError",
    "Attempt",
    "CaseNotNamedError",
    "Checks",
    "DidNotFailError",
    "EnvironmentDiedError",
    "Fault",
    "Lane",
    "LaneError",
    "NamesNoCheckError",
    "NoSuchCheckError",
    "NotRestoredError",
    "OrderFailedError",
    "OverdueError",
    "Proving",
    "ProvingError",
    "Result",
    "SwitchRefusedError",
    "UnprovenChecksError",
]
