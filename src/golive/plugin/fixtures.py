"""Fixtures that the engine itself provides; all session-scoped."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from golive.core.run import ReleaseIdentity
from golive.net.suite_clock import SuiteClock
from golive.plugin.recorder import EvidenceRecorder
from golive.plugin.verification import VERIFICATION
from golive.profile.profile import Profile
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secrets
from golive.report.journal import FILE_NAME, Journal


@pytest.fixture(scope="session")
def profile(pytestconfig: pytest.Config) -> Profile:
    """The environment profile, complete."""
    return pytestconfig.stash[VERIFICATION].profile


@pytest.fixture(scope="session")
def secrets(pytestconfig: pytest.Config) -> Secrets:
    """The secrets that the profile names."""
    return pytestconfig.stash[VERIFICATION].secrets


@pytest.fixture(scope="session")
def redactor(pytestconfig: pytest.Config) -> Redactor:
    """Takes secrets out of texts; a token that a check is given belongs here at once."""
    return pytestconfig.stash[VERIFICATION].redactor


@pytest.fixture(scope="session")
def release(pytestconfig: pytest.Config) -> ReleaseIdentity:
    """The release under verification."""
    return pytestconfig.stash[VERIFICATION].release


@pytest.fixture(scope="session")
def run_id(pytestconfig: pytest.Config) -> str:
    """The run's id, which everything that a check creates is named after."""
    return pytestconfig.stash[VERIFICATION].run_id


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """Where screenshots go."""
    return pytestconfig.stash[VERIFICATION].folder


@pytest.fixture(scope="session")
async def now(pytestconfig: pytest.Config, evidence: EvidenceRecorder) -> SuiteClock:
    """The clock: the instant in UTC. Asking is blind where this machine's clock is not known to be right."""
    verification = pytestconfig.stash[VERIFICATION]
    return SuiteClock(verification.clock, await verification.compared_clock(), evidence)


@pytest.fixture(scope="session")
def evidence(pytestconfig: pytest.Config) -> EvidenceRecorder:
    """Records what a check saw; nothing passes without it."""
    verification = pytestconfig.stash[VERIFICATION]
    return EvidenceRecorder(verification.redactor, verification.clock)


@pytest.fixture(scope="session")
def journal(run_folder: Path, run_id: str, redactor: Redactor, now: Callable[[], datetime]) -> Journal:
    """What the run creates, in its folder."""
    return Journal(run_folder / FILE_NAME, run_id, redactor.scrub, now)


@pytest.fixture(scope="session")
def is_first_process(pytestconfig: pytest.Config) -> bool:
    """Whether what is done once in a run is this process's to do, of several workers of xdist."""
    return str(getattr(pytestconfig, "workerinput", {}).get("workerid", "gw0")) == "gw0"
