"""The verdict in one line, with what it is about: nobody reads GO without the scope that was asked for."""

from golive.core.checklist import Checklist
from golive.core.run import Run
from golive.core.verdict import Verdict
from golive.report.text import one_line
from golive.report.vocabulary import DECISIONS

_LONGEST = 120


def headline(checklist: Checklist, run: Run, verdict: Verdict) -> str:
    """``GO for smoke, 9 of 82 lines``."""
    return f"{DECISIONS[verdict.decision].word} {extent(checklist, run, verdict)}"


def extent(checklist: Checklist, run: Run, verdict: Verdict) -> str:
    """What the verdict is about: ``for smoke, 9 of 82 lines``; ``for everything, 82 lines``."""
    judged = {entry.item for entry in verdict.items}.union(run.header.scope).intersection(checklist.items)
    count, total = len(judged), len(checklist.items)
    what = one_line(run.header.marker_expression, _LONGEST) or "everything"
    noun = "line" if total == 1 else "lines"
    return f"for {what}, {total:,} {noun}" if count == total else f"for {what}, {count:,} of {total:,} {noun}"
