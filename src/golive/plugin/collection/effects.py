"""Checks whose effect the profile does not allow do not run: nothing of them, not even their fixtures."""

import pytest

from golive.plugin.collection.binding import BINDING
from golive.plugin.pytest_internals import Skipped
from golive.plugin.verification import VERIFICATION


class NotAllowedHere(Skipped):
    """The check's effect is none of ``allow.effects``."""

    def __init__(self, reason: str, *, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


class Effects:
    """Stops a check before its setup; one that is started early is asked about before."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Leave the check not run, with the reason, where its effect is not allowed."""
        if BINDING not in item.stash:
            return
        effect = item.stash[BINDING].effect
        verification = item.config.stash[VERIFICATION]
        if not is_allowed(item):
            raise NotAllowedHere(
                f"a check of effect {effect.value!r} is not allowed in {verification.environment}",
                remedy=f'run it elsewhere, or add "{effect.value}" to allow.effects in the profile',
            )


def is_allowed(item: pytest.Item) -> bool:
    """Whether the profile allows the check's effect."""
    allowed = item.config.stash[VERIFICATION].profile.allow.effects
    return BINDING not in item.stash or item.stash[BINDING].effect in allowed
