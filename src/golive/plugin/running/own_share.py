"""What this process has been given to run: everything, or a worker's share of it."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

_SHARE_SECONDS = 2.0
"""How long a worker waits for the end of its share, which is sent in one go."""
_GLANCE_SECONDS = 0.01


def own_share(session: pytest.Session, item: pytest.Item) -> list[pytest.Item]:
    """Return what this process runs, ``item`` being the first; all that there is outside xdist."""
    config = session.config
    if not hasattr(config, "workerinput"):
        return session.items
    plugins = config.pluginmanager.get_plugins()
    worker = next((plugin for plugin in plugins if hasattr(plugin, "torun")), None)
    if worker is None:
        return [item]
    until = time.monotonic() + _SHARE_SECONDS
    while True:
        with worker.torun.lock() as queue:
            left = [worker.nextitem_index, *queue]
        if not all(isinstance(index, int) for index in left) or time.monotonic() > until:
            return [item, *(session.items[index] for index in left if isinstance(index, int))]
        time.sleep(_GLANCE_SECONDS)


def is_replacement(workerinput: Mapping[str, Any]) -> bool:
    """Whether this worker of xdist took the place of one that crashed."""
    number = str(workerinput.get("workerid", "")).removeprefix("gw")
    return number.isdigit() and int(number) >= int(workerinput.get("workercount", 0))
