"""What is there after several people changed it at the same time: what they were told was done."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from golive.core.outcome import Blind
from golive.rules.failure import fail


def expect_all_acknowledged(
    kept: Mapping[str, Sequence[str]],
    *,
    acknowledged: Collection[str],
    tried: Collection[str],
    before: Collection[str] = (),
    what: str,
    where: str,
) -> None:
    """Every place shows what was acknowledged, once, and nothing that was refused.

    Args:
        kept: place to what stands there after the changes have settled.
        acknowledged: what people were told is there.
        tried: everything that was written; what was neither acknowledged nor refused may be there or not.
        before: what stood there already.
        what: the thing, such as "the list".
        where: its address.

    Raises:
        AssertionError: something is lost, doubled or made up, or places differ.
        Blind: too little was acknowledged to tell.
    """
    if len(acknowledged) < 2:
        raise Blind(
            f"only {len(acknowledged)} of {len(tried)} changes at the same time were acknowledged, so whether"
            f" they are kept was not seen — {where}",
            remedy="see why the others were refused",
        )
    for place, entries in kept.items():
        lost = [entry for entry in acknowledged if entry not in entries]
        if lost:
            fail(
                f"{what} loses changes of people who change it at the same time",
                expected=f"all {len(acknowledged)} that were acknowledged",
                observed=f"{len(acknowledged) - len(lost)}, at {place}",
                where=where,
            )
        doubled = [entry for entry, count in Counter(entries).items() if count > 1]
        if doubled:
            observed = f"{len(doubled)} of them twice, at {place}"
            fail(f"{what} after changes at the same time", expected="each once", observed=observed,
                 where=where)  # fmt: skip
        strange = [entry for entry in entries if entry not in tried and entry not in before]
        if strange:
            observed = f"{len(strange)} that nobody wrote, at {place}"
            fail(f"{what} after changes at the same time", expected="what people wrote", observed=observed,
                 where=where)  # fmt: skip
    _same_everywhere(kept, what, where)


def expect_all_gone(
    kept: Mapping[str, Sequence[str]], *, removed: Collection[str], what: str, where: str
) -> None:
    """No place shows what people were told is gone.

    Raises:
        AssertionError: something came back, or places differ.
        Blind: nothing is gone, as far as anybody was told.
    """
    if not removed:
        raise Blind(
            f"nobody was told that anything left {what}, so whether it comes back was not seen — {where}",
            remedy="see why what is removed at the same time is refused",
        )
    for place, entries in kept.items():
        back = [entry for entry in removed if entry in entries]
        if back:
            fail(
                f"{what} brings back what people removed at the same time",
                expected=f"none of {len(removed)} that are acknowledged as removed",
                observed=f"{len(back)}, at {place}",
                where=where,
            )
    _same_everywhere(kept, what, where)


def expect_one_of(kept: Mapping[str, Sequence[str]], *, written: Sequence[Sequence[str]], what: str,
                  where: str) -> None:  # fmt: skip
    """Of several whole states that were written at the same time every place has one, unmixed, the same.

    Args:
        kept: place to what stands there.
        written: the states that were acknowledged; order within one does not matter.
        what: the thing.
        where: its address.
    """
    for place, entries in kept.items():
        if not any(Counter(entries) == Counter(one) for one in written):
            fail(
                f"{what}, which several people replaced at the same time",
                expected="what one of them wrote",
                observed=f"a mixture or something else ({len(entries)} entries), at {place}",
                where=where,
            )
    _same_everywhere(kept, what, where)


def _same_everywhere(kept: Mapping[str, Sequence[str]], what: str, where: str) -> None:
    first = next(iter(kept), None)
    if first is None:
        fail(what, expected="read somewhere", observed="nowhere", where=where)
    for place, entries in kept.items():
        if Counter(entries) != Counter(kept[first]):
            fail(
                f"{what} is not the same at every replica after everybody has finished",
                expected=f"as at {first} ({len(kept[first])} entries)",
                observed=f"{len(entries)} entries at {place}",
                where=where,
            )
