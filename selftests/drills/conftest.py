"""One warm lane for each process of the tests."""

from collections.abc import Iterator

import pytest

from selftests.drills.lanes import WarmLane


@pytest.fixture(scope="session")
def warm_lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmLane]:
    """A lane that has imported, collected and started its rehearsal once."""
    lane = WarmLane(tmp_path_factory.mktemp("lane"))
    yield lane
    lane.close()
