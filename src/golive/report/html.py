"""The checklist as one self-contained HTML file: the document that people sign."""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from golive.core.accepted import AcceptedDecision
from golive.core.checklist import Checklist
from golive.core.duration import format_duration
from golive.core.run import Run
from golive.core.verdict import Cause, Decision, ItemState, Verdict
from golive.report.compiled import compiled_templates
from golive.report.headline import extent, headline
from golive.report.images import Gallery, ReadAttachment
from golive.report.lines import owners_named, tally, todos
from golive.report.page import build_page, line_anchor
from golive.report.signoff import filled
from golive.report.text import excerpt, one_line, visible
from golive.report.timeline import timeline
from golive.report.vocabulary import (
    CAUSES,
    DECISIONS,
    OUTCOMES,
    RENDERED_ANEW,
    Look,
    counted,
    role,
    watermark_text,
)

_LONGEST = 120_000
"""No text on the page is longer, whatever shortens it on the way here; excerpts are far shorter."""


def render_html(
    checklist: Checklist,
    run: Run,
    verdict: Verdict,
    decisions: Sequence[AcceptedDecision] = (),
    *,
    read_attachment: ReadAttachment,
    anew: bool = False,
) -> str:
    """Return the report as one file that needs no network and no script.

    Args:
        checklist: the document.
        run: what was seen.
        verdict: what the gate made of it; every state on the page is its word.
        decisions: what the roles of the sign-off table decided, as far as it is accepted.
        read_attachment: returns the content of a screenshot by its file name, None when there is none.
        anew: not by the run itself but later, from its record alone: the report says so.
    """
    page = build_page(checklist, run, verdict, Gallery(read_attachment))
    environment = _environment()
    style = environment.get_template("style.css.j2").render(
        run_id=_css_safe(run.header.run_id), headline=_css_safe(headline(checklist, run, verdict))
    )
    in_scope = [line for line in page.lines.values() if line.in_scope]
    return environment.get_template("report.html.j2").render(
        checklist=checklist,
        run=run,
        header=run.header,
        footer=run.footer,
        verdict=verdict,
        decision=DECISIONS[verdict.decision],
        extent=extent(checklist, run, verdict),
        anew=RENDERED_ANEW if anew else "",
        page=page,
        signed=[filled(table, decisions) for table in page.sign_off.tables],
        decided=bool(decisions),
        in_scope=in_scope,
        tally=tally(in_scope),
        causes=_told(verdict),
        todos=todos(page.lines),
        gaps=[line for line in in_scope if line.is_gap],
        waived=[line for line in in_scope if line.state is ItemState.WAIVED],
        roles=owners_named(page.lines.values()),
        timeline=timeline(run),
        watermark=watermark_text(run.header.watermark) if run.header.watermark else "",
        style=Markup(style),  # noqa: S704 - the package's own style sheet
        style_hash=_csp_hash(style),
    )


def _told(verdict: Verdict) -> list[tuple[str, Look, list[Cause]]]:
    """What is wrong, then what could not be seen, each under its heading."""
    by_outcome = {
        outcome: [cause for cause in verdict.causes if cause.outcome is outcome] for outcome in CAUSES
    }
    return [(CAUSES[outcome], OUTCOMES[outcome], found) for outcome, found in by_outcome.items() if found]


def decision_shown(page: bytes) -> Decision | None:
    """Return the verdict that a rendered page shows in its title; None where it is no report."""
    words = {decision.value: decision for decision in Decision}
    either = "|".join(sorted(words, key=len, reverse=True))
    found = re.search(rf"<title>({either})(?::| for) ".encode(), page[:200_000])
    return words[found[1].decode()] if found else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("golive.report"),
        bytecode_cache=compiled_templates(Path(__file__)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_readable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "anchor": line_anchor,
        "brief": one_line,
        "clock": _clock,
        "counted": counted,
        "duration": format_duration,
        "grouped": _grouped,
        "instant": _instant,
        "role": role,
        "seconds": _seconds,
    }
    return environment


def _readable(value: object) -> object:
    """Whatever a template prints as text is visible and ends; what is markup already stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    shown = excerpt(value, _LONGEST)
    return f"{shown.text} … ({shown.omitted})" if shown.omitted else visible(value)


def _csp_hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")


def _css_safe(text: str) -> str:
    return "".join(
        character if character.isalnum() or character in "-_.:," else " " for character in text[:120]
    )


def _instant(moment: datetime) -> Markup:
    """``22 November 2026, 14:03:27 UTC``."""
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{} {}</time>').format(
        f"{utc:%Y-%m-%dT%H:%M:%SZ}", utc.day, f"{utc:%B %Y, %H:%M:%S} UTC"
    )


def _clock(moment: datetime) -> Markup:
    """``14:03:27.120``."""
    utc = moment.astimezone(UTC)
    shown = f"{utc:%H:%M:%S}.{utc.microsecond // 1000:03d}"
    return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%M:%S}.{utc:%f}Z", shown)


def _seconds(value: float) -> str:
    return format_duration(timedelta(seconds=value))


def _grouped(digest: str) -> str:
    """A digest in groups of eight, so that it can be compared by eye."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
