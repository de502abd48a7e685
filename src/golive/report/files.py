"""The report's files in a run's folder: each is there whole, or as it was before."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from golive.core.accepted import AcceptedDecision
from golive.core.checklist import Checklist
from golive.core.run import Run
from golive.core.verdict import Verdict
from golive.report.images import MAX_BYTES, ReadAttachment

# ruff: noqa: PLC0415 - a run renders at its end, and one without a report for people nothing but the summary

HTML, MARKDOWN, SUMMARY, JUNIT = "checklist.html", "checklist.md", "summary.json", "junit.xml"
SIGNED_HTML, SIGNED_MARKDOWN = "checklist-signed.html", "checklist-signed.md"


def render_all(
    folder: Path,
    checklist: Checklist,
    run: Run,
    verdict: Verdict,
    decisions: Sequence[AcceptedDecision] = (),
    *,
    anew: bool = False,
) -> tuple[Path, ...]:
    """Write every rendering of ``run`` into its ``folder``; return their paths, the HTML report first.

    Rendered ``anew``, not by the run itself, they say so.
    """
    from golive.report.html import render_html
    from golive.report.junit import render_junit
    from golive.report.markdown import render_markdown
    from golive.report.summary import render_summary

    read = attachments_of(folder)
    texts = {
        HTML: render_html(checklist, run, verdict, decisions, read_attachment=read, anew=anew),
        MARKDOWN: render_markdown(checklist, run, verdict, decisions, anew=anew),
        SUMMARY: render_summary(checklist, run, verdict, anew=anew),
        JUNIT: render_junit(checklist, run, verdict),
    }
    return tuple(write_whole(folder / name, text) for name, text in texts.items())


def render_for_machines(
    folder: Path,
    checklist: Checklist,
    run: Run,
    verdict: Verdict,
    _decisions: Sequence[AcceptedDecision] = (),
) -> tuple[Path, ...]:
    """Write the summary alone; from the record beside it all the others can be rendered later."""
    from golive.report.summary import render_summary

    return (write_whole(folder / SUMMARY, render_summary(checklist, run, verdict)),)


def render_signed(
    folder: Path,
    checklist: Checklist,
    run: Run,
    verdict: Verdict,
    decisions: Sequence[AcceptedDecision],
) -> tuple[Path, ...]:
    """Write the report with the decisions on it beside the one that was decided on, which stays as it is."""
    from golive.report.html import render_html
    from golive.report.markdown import render_markdown

    texts = {
        SIGNED_HTML: render_html(
            checklist, run, verdict, decisions, read_attachment=attachments_of(folder), anew=True
        ),
        SIGNED_MARKDOWN: render_markdown(checklist, run, verdict, decisions, anew=True),
    }
    return tuple(write_whole(folder / name, text) for name, text in texts.items())


def attachments_of(folder: Path) -> ReadAttachment:
    """Return a reader of the files of ``folder`` itself: bare names only, no links, nothing outside."""

    def read(name: str) -> bytes | None:
        if not name or name in (".", "..") or any(character in name for character in "/\\:\0"):
            return None
        path = folder / name
        try:
            if path.is_symlink() or not path.is_file():
                return None
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except (OSError, ValueError):
            return None

    return read


def write_whole(path: Path, text: str) -> Path:
    """Write a file beside ``path`` and put it in its place."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
