"""Faults that are drilled together: each seen for itself, and a new one moves none."""

from selftests.drills.record import proofs
from selftests.drills.together import LARGEST, WIDE, regroup

LINES = dict.fromkeys(("a.one", "a.two", "b.one", "b.two", "c.one"), ("line",))
CAUGHT = {name: (f"test_{name}",) for name in LINES}


def test_faults_of_different_checks_share_a_drill_area_by_area():
    """Neighbours come from different areas, as far as there are any."""
    assert regroup([], LINES, CAUGHT, [], {}) == (("a.one", "b.one", "c.one", "a.two", "b.two"),)


def test_faults_that_one_check_catches_never_share_a_drill():
    """Or the check's failure would show only one of them."""
    caught = CAUGHT | {"a.two": ("test_a.two", "test_b.one")}
    groups = regroup([], LINES, caught, [], {})
    assert groups == (("a.one", "b.one", "c.one", "b.two"), ("a.two",))


def test_a_fault_that_blinds_a_check_shares_no_drill_with_what_it_catches():
    """Or the fault beside it would not be seen."""
    blinded = {"b.one": ("test_a.one",)}
    assert regroup([], LINES, CAUGHT, [], blinded) == (("a.one", "c.one", "a.two", "b.two"), ("b.one",))


def test_a_new_fault_moves_no_other():
    """What was shown to go together stays together."""
    kept = [("c.one", "a.two"), ("b.one",)]
    assert regroup(kept, LINES, CAUGHT, [], {}) == (("c.one", "a.two", "a.one", "b.two"), ("b.one",))


def test_what_is_gone_alone_or_wide_is_in_no_group():
    """A fault that hides others, or turns too many lines red, is drilled by itself."""
    lines = LINES | {"b.two": ("line",) * (WIDE + 1)}
    kept = [("gone.fault", "a.one", "b.two")]
    assert regroup(kept, lines, CAUGHT, ["c.one"], {}) == (("a.one", "b.one", "a.two"),)


def test_a_group_has_a_largest_size():
    """A failure that names ten faults is read; one that names fifty is not."""
    lines = {f"a.{number:02}": ("line",) for number in range(LARGEST + 3)}
    groups = regroup([], lines, {name: (name,) for name in lines}, [], {})
    assert [len(group) for group in groups] == [LARGEST, 3]


def test_a_check_is_proven_by_the_fault_that_was_made_for_it():
    """An outage that many checks catch, some by chance, proves only what nothing narrower does."""
    caught = {
        "outage.cache": ("refresh", "limit", "room"),
        "auth.no-refresh": ("refresh",),
        "b.limit": ("limit",),
    }
    assert proofs(caught) == {
        "outage.cache": frozenset({"room"}),
        "auth.no-refresh": frozenset({"refresh"}),
        "b.limit": frozenset({"limit"}),
    }


def test_a_fault_that_only_some_requests_meet_proves_only_what_nothing_else_does():
    """The list of the one old replica may differ from the other's in any check: that is chance."""
    caught = {"b.limit": ("limit", "count", "order"), "b.old-replica": ("limit", "replicas-agree")}
    assert proofs(caught, {"b.old-replica"}) == {
        "b.limit": frozenset({"limit", "count", "order"}),
        "b.old-replica": frozenset({"replicas-agree"}),
    }
