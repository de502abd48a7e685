"""Codes and ids that open something: nobody guesses them, and nobody counts them up."""

import math
import string
from collections.abc import Sequence

from golive.rules.failure import fail

_ENOUGH = 6
_NO_CHANCE = 2
"""So few different characters at one place of six codes or more are its time, its counter or its machine."""
_ALPHABETS = (
    string.digits,
    string.hexdigits.lower(),
    string.digits + string.ascii_lowercase,
    string.digits + string.ascii_letters,
)
_LOOK_ALIKE = 6
"""Letters that codes for people leave out, such as 0, O, 1, l and I."""
_DASHES = str.maketrans("", "", "-_ .:")


def expect_no_guessable_codes(codes: Sequence[str], *, what: str, bits: int, where: str) -> None:
    """Codes that were made one after the other are different, and enough of each is chance.

    Time, a counter and a machine's number in a code do no harm where enough of the rest is chance.

    Args:
        codes: six or more, in the order in which they were made; they are never shown.
        what: their name, such as "codes of sessions".
        bits: how much of each must be chance.
        where: what handed them out.
    """
    if len(codes) < _ENOUGH:
        fail(what, expected=f"{_ENOUGH} or more to compare", observed=len(codes), where=where)
    if len(set(codes)) != len(codes):
        fail(what, expected="a fresh one each time", observed="the same one twice", where=where)
    differ, room = _differing(codes), chance_in(codes)
    if room < bits:
        fail(
            f"{what} can be guessed or counted up, and whoever has one gets in",
            expected=f"at least {bits} bits of chance in each",
            observed=f"{room:.0f}: {differ} of {max(map(len, codes))} characters differ as chance would",
            where=where,
        )


def chance_in(codes: Sequence[str]) -> float:
    """Return how many bits of each code are chance, at most, going by the places at which they differ."""
    plain = _of_one_length(codes)
    letters = _alphabet("".join(plain))
    counts = [len({code[place] for code in plain}) for place in range(len(plain[0]))]
    return sum(math.log2(count if count <= _NO_CHANCE else letters) for count in counts)


def _differing(codes: Sequence[str]) -> int:
    plain = _of_one_length(codes)
    return sum(len({code[place] for code in plain}) > _NO_CHANCE for place in range(len(plain[0])))


def _of_one_length(codes: Sequence[str]) -> list[str]:
    """Without dashes; of several lengths, as numbers are, the last places are the ones that differ."""
    plain = [code.translate(_DASHES) for code in codes]
    width = max(map(len, plain))
    return [code.rjust(width, "0") for code in plain]


def _alphabet(text: str) -> int:
    """How many characters there are to choose from, going by the ones in use."""
    used = set(text)
    for letters in _ALPHABETS:
        if used <= set(letters) or used <= set(letters.upper()):
            all_of_them = len(letters)
            return max(len(used), all_of_them - _LOOK_ALIKE) if all_of_them > 16 else all_of_them
    return max(len(used), 62)
