"""Two faults at once never hide each other.

What can be promised of any pair of different areas, whatever they are:

- A line that either breaks alone is not green: red, or unknown where a check's precondition is broken now
  (nobody can be asked for recommendations while nobody can sign in). Unknown is never GO.
- No other line is red: two faults do not make somebody blame a third part.
- A check that either proves able to go red does not pass now, nor do all that caught either alone. They fail,
  or are blind; were they green, the one fault would have covered for the other. (That each one of them fails
  again is not promised: some caught a fault of one replica because they met that replica.)

Faults of one area are left out: many change the same thing, and the later would undo the earlier.
"""

import itertools
import os
import random
from datetime import UTC, datetime

import pytest

from rehearsal.faults import catalogue
from selftests.drills.drill import drill
from selftests.drills.record import read_caught, read_proofs

FAULTS = catalogue()
CAUGHT = read_caught()
VARIABLE = "GOLIVE_PAIRS_SEED"
SEED = int(os.environ.get(VARIABLE, datetime.now(UTC).date().toordinal()))
"""Every day has pairs of its own, the same in every process; the variable brings a day's pairs back."""
COUNT = 5


def drawn(seed: int, count: int) -> list[tuple[str, str]]:
    """``count`` pairs of faults whose drills are recorded, of different areas, decided by ``seed`` alone."""
    known = sorted(set(FAULTS) & set(CAUGHT))
    pairs = [pair for pair in itertools.combinations(known, 2) if _area(pair[0]) != _area(pair[1])]
    return random.Random(seed).sample(pairs, count)  # noqa: S311 - the same pairs for the same seed


def _area(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.every_fault
@pytest.mark.parametrize(
    "pair", [pytest.param(pair, id=f"{SEED}-{'+'.join(pair)}") for pair in drawn(SEED, COUNT)]
)
def test_two_faults_do_not_hide_each_other(pair, tmp_path):
    """Lines that either breaks are not green, no others are red, and the checks of either do not pass."""
    result = drill(tmp_path, *pair)
    again = f"{VARIABLE}={SEED}, {' and '.join(pair)}\n{result.story()}"
    broken = {line for name in pair for line in FAULTS[name].breaks}
    green = {line for line in broken if result.states[line] == "verified"}
    assert not green, f"hidden: {', '.join(sorted(green))}; {again}"
    assert result.red() <= broken, f"blamed too: {', '.join(sorted(result.red() - broken))}; {again}"
    proven = read_proofs()
    covered = {check for name in pair for check in proven[name]} & result.passed
    assert not covered, f"passed, though they catch either alone: {', '.join(sorted(covered))}; {again}"
    unseen = [name for name in pair if result.passed.issuperset(CAUGHT[name])]
    assert not unseen, f"seen by none that catches it alone: {', '.join(unseen)}; {again}"
    assert result.exit_code == 1, result.output


def test_pairs_are_decided_by_their_seed():
    """The seed in a failure's message brings its pairs back; another day has others."""
    assert drawn(7, COUNT) == drawn(7, COUNT) != drawn(8, COUNT)
    assert all(_area(one) != _area(other) for one, other in drawn(7, 50))
