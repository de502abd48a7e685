"""Faults that are on at once never hide each other."""

import itertools

import pytest

from rehearsal.faults import catalogue
from selftests.drills.combined import SIZE, VARIABLE, drawn, seed
from selftests.drills.lanes import checks

SEED = seed()
GROUPS = drawn(SEED, catalogue().values(), checks(), groups=2)


@pytest.mark.parametrize("group", GROUPS, ids=[f"{SEED}-{number}" for number in range(len(GROUPS))])
def test_combined_faults_are_each_proven(group, warm_lane):
    """The dedicated checks of each fail and name its case; no other line fails than they expect."""
    names = ", ".join(fault.name for fault in group)
    print(f"{VARIABLE}={SEED} draws {names}")  # noqa: T201 - shown where the test fails
    warm_lane.proving.prove(*group, beside=warm_lane.nearby(*group))


def test_groups_are_decided_by_the_commit():
    """The name in a failed test brings its groups back; another commit has others."""
    faults = catalogue().values()
    assert drawn("one", faults, checks(), groups=2) == drawn("one", faults, checks(), groups=2)
    assert drawn("one", faults, checks(), groups=2) != drawn("other", faults, checks(), groups=2)


@pytest.mark.parametrize("commit", ["a", "b", "c"])
def test_groups_are_full_and_nobody_masks_another_there(commit):
    """Different parts, different checks, and nothing that is known to darken what others need."""
    groups = drawn(commit, catalogue().values(), checks(), groups=2)
    assert [len(group) for group in groups] == [SIZE, SIZE]
    for group in groups:
        assert not [fault.name for fault in group if fault.masks or fault.intermittent]
        for one, other in itertools.combinations(group, 2):
            assert not set(checks().dedicated(one)) & set(checks().dedicated(other))
