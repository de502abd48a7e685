"""The edge of the rehearsal, and the services behind it."""

from __future__ import annotations

from rehearsal.services.serving import KEEP_ALIVE_SECONDS
from rehearsal.stack.network.edge_config import IDLE_SECONDS


def test_the_edge_gives_up_an_idle_connection_well_before_its_service() -> None:
    assert KEEP_ALIVE_SECONDS >= 2 * IDLE_SECONDS, (
        "or a request that is not repeated may meet a closed connection"
    )
