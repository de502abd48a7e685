"""What pages of a list must be: parts of one list, each entry on one of them."""

from collections.abc import Sequence

from golive.rules.failure import fail


def expect_same_list(one: Sequence[str], other: Sequence[str], *, what: str, where: str) -> None:
    """Two lists hold the same entries in the same order, and at least one."""
    if not one or not other:
        fail(what, expected="entries", observed="none", where=where)
    if len(one) != len(other):
        fail(what, expected=f"{len(one)} entries", observed=len(other), where=where)
    differing = [
        rank for rank, pair in enumerate(zip(one, other, strict=True), start=1) if pair[0] != pair[1]
    ]
    if differing:
        fail(
            what,
            expected="the same entries in the same order",
            observed=f"{len(differing)} of {len(one)} differ, first at rank {differing[0]}",
            where=where,
        )


def expect_pages(pages: Sequence[Sequence[str]], whole: Sequence[str], *, where: str) -> None:
    """Pages are disjoint, and one after the other they are the whole: nothing twice, nothing left out.

    Args:
        pages: ids of each page, in order.
        whole: ids of the same range, asked for at once.
        where: which list.
    """
    if len(pages) < 2:
        fail("pages", expected="two or more", observed=len(pages), where=where)
    seen: dict[str, int] = {}
    for number, page in enumerate(pages, start=1):
        if not page:
            fail(f"page {number}", expected="entries", observed="none", where=where)
        for entry in page:
            if entry in seen:
                again = f"an entry of page {seen[entry]} again on page {number}"
                fail("pages", expected="every entry on one page", observed=again, where=where)
            seen[entry] = number
    expect_same_list(whole, list(seen), what="pages one after the other, against the whole", where=where)
