"""Whether continuous integration passed on a commit."""

from golive.code.observation_ci import CommitChecks
from golive.code.profile_ci import ContinuousIntegration
from golive.core.outcome import Blind
from golive.net.masking import masked_name
from golive.rules.failure import fail

_NOT_ENDED = {"queued", "in_progress", "pending", "waiting", "requested", "expected"}
"""GitHub's states of what has not come to a conclusion."""
_SKIPPED = {"skipped", "neutral"}


def expect_ci_passed(seen: CommitChecks, wanted: ContinuousIntegration) -> None:
    """Each required check was run on the commit and succeeded, every time that it stands there.

    Raises:
        AssertionError: one did not succeed, or was not run.
        Blind: none failed, and one has not ended.
    """
    where = f"commit {seen.commit[:12]} at {seen.where}"
    running = []
    for name in wanted.required:
        states = {check.state for check in seen.checks if check.name == name}
        if not states:
            others = sorted({masked_name(check.name, longest=60) for check in seen.checks})[:10]
            observed = f"none of this name, of {' and '.join(others) or 'none at all'}"
            fail(f"CI check {name}", expected="success", observed=observed, where=where)
        allowed = {"success"} | (_SKIPPED if name in wanted.may_be_skipped else set())
        if wrong := sorted(states - allowed - _NOT_ENDED):
            fail(f"CI check {name}", expected="success", observed=masked_name(wrong[0]), where=where)
        running += [f"CI check {name} has not ended: {state}" for state in sorted(states & _NOT_ENDED)]
    if running:
        raise Blind(f"{running[0]} — {where}", remedy="wait for it, and run the check again")
