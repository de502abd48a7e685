"""The terminal: a live checklist by section, then the verdict and what to do about it."""

import textwrap
from collections import defaultdict
from typing import Any

import pytest

from golive.core.checklist import AnsweredBy, Item, Section
from golive.core.outcome import WORST_FIRST, Outcome
from golive.core.run import CheckRecord
from golive.core.verdict import Decision, ItemState, ItemVerdict, Verdict
from golive.gate.state import is_gap
from golive.plugin.collection.collected import read_collected
from golive.plugin.options import runs_nothing
from golive.plugin.pytest_internals import width_of
from golive.plugin.reporting.conclusion import HEADLINE, NO_VERDICT, NOTES, VERDICT
from golive.plugin.reporting.shield import BREAKING
from golive.plugin.settings import SETTINGS, Settings
from golive.report.vocabulary import CAUSES, counted

_SIGNS = {
    Outcome.PASSED: "ok",
    Outcome.FAILED: "FAILED",
    Outcome.BLIND: "blind",
    Outcome.ERROR: "error",
    None: "not run",
}
_COLOURS = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.BLIND: "yellow",
    Outcome.ERROR: "yellow",
    None: "yellow",
}
_VERDICT_COLOURS = {
    Decision.GO: "green",
    Decision.CONDITIONAL_GO: "yellow",
    Decision.NO_GO: "red",
    Decision.ROLL_BACK: "red",
    Decision.INCONCLUSIVE: "yellow",
}
_SIGN_WIDTH = 8


class ChecklistProgress:
    """Prints a line of the checklist as soon as its last check is in."""

    def __init__(self, config: pytest.Config, reporter: pytest.TerminalReporter) -> None:
        self._config = config
        self._reporter = reporter
        self._waiting: dict[str, set[str]] | None = None
        self._records: dict[str, list[CheckRecord]] = defaultdict(list)
        self._section = ""
        if config.get_verbosity() <= 0:
            reporter.showfspath = False
        self._quiet = config.get_verbosity() < 0
        self._verbose = config.get_verbosity() > 0

    def pytest_report_header(self) -> list[str]:
        """Say what is verified, where, and for which lines."""
        settings = self._config.stash[SETTINGS]
        lines = [
            f"golive: {settings.profile.title}, release {settings.release}",
            f"checklist: {settings.checklist.source}, {len(settings.scope)} of "
            f"{len(settings.checklist.items)} lines in scope"
            + (f" (-m '{settings.expression}')" if settings.expression else ""),
        ]
        absent = settings.profile.absent_features()
        if absent:
            lines.append(f"declared absent, not checked: {', '.join(absent)}")
        if settings.faults:
            lines.append(f"injected faults: {', '.join(settings.faults)}")
        return lines

    def pytest_runtest_logstart(self) -> None:
        """Show what is said so far: into a file or pipe it would be kept back until there is more of it."""
        self._reporter.flush()

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, object] | None:
        """Count blind apart; leave the letters out, the checklist is the progress."""
        if report.when == "teardown" and report.passed:
            return "", "", ""
        if isinstance(report.longrepr, str) and report.longrepr.startswith(f"{Outcome.BLIND}:"):
            return "blind", "", ("BLIND", {"yellow": True}) if self._verbose else ""
        if self._verbose:
            return None
        if report.when == "call" or not report.passed:
            category = "error" if report.when != "call" and report.failed else report.outcome
            return category, "", ""
        return "", "", ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print every line that this report completes."""
        text = getattr(report, "golive_record", None)
        if text is None or self._quiet:
            return
        record = CheckRecord.model_validate_json(text)
        waiting = self._expected()
        for name in record.items:
            self._records[name].append(record)
            left = waiting.get(name)
            if left is None:
                continue
            left.discard(record.check)
            if not left:
                self._print(self._config.stash[SETTINGS].checklist.items[name])
                self._reporter.flush()

    def _expected(self) -> dict[str, set[str]]:
        if self._waiting is None:
            self._waiting = defaultdict(set)
            for check, entry in read_collected(self._config.stash[SETTINGS].folder).items():
                for name in entry["items"]:
                    if not entry["deselected"] and name in self._config.stash[SETTINGS].scope:
                        self._waiting[name].add(check)
        return self._waiting

    def _print(self, item: Item) -> None:
        section = self._section_of(item)
        self._reporter.ensure_newline()
        if section.title != self._section:
            self._section = section.title
            self._reporter.write_line(section.title, bold=True)
        records = self._records[item.id]
        outcome = min((record.outcome for record in records), key=WORST_FIRST.index)
        seconds = sum(record.duration_seconds for record in records)
        count = f"{len(records)} check{'' if len(records) == 1 else 's'}, {seconds:.1f} s"
        self._reporter.write(f"  {_SIGNS[outcome]:<{_SIGN_WIDTH}}", **{_COLOURS[outcome]: True})
        self._reporter.write_line(f"{item.id:<26} {item.text}  ({count})")
        for record in records:
            if record.outcome is not Outcome.PASSED:
                self._reporter.write_line(_wrapped(record.reason, indent=12, width=width_of(self._reporter)))

    def _section_of(self, item: Item) -> Section:
        return next(
            section for section in self._config.stash[SETTINGS].checklist.sections if item in section.items
        )


class VerdictSummary:
    """Prints the verdict last."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> Any:
        """Say verdict, failing lines with owner and reason, and where the report is, whatever broke."""
        try:
            return (yield)
        except BREAKING as crash:
            words = config.stash[SETTINGS].redactor.scrub(repr(crash))
            terminalreporter.write_line(f"a reporter broke at its summary: {words}", yellow=True)
            return None
        finally:
            self._write(terminalreporter, config)

    def _write(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        settings = config.stash[SETTINGS]
        verdict = config.stash.get(VERDICT, None)
        unwritten = config.stash.get(NO_VERDICT, "")
        if verdict is None or unwritten:
            if not runs_nothing(config):
                why = unwritten or "nothing was recorded"
                terminalreporter.write_line(f"golive: no verdict: {why}", yellow=True)
            return
        write = terminalreporter.write_line
        width = width_of(terminalreporter)
        quiet = config.get_verbosity() < 0
        write("")
        if not quiet:
            self._write_causes(terminalreporter, verdict, width)
            self._write_open_lines(terminalreporter, verdict, settings, width)
        colour = _VERDICT_COLOURS[verdict.decision]
        mark = f" [{settings.profile.watermark}]" if settings.profile.watermark else ""
        terminalreporter.write(f"{config.stash[HEADLINE]}{mark}", bold=True, **{colour: True})
        write(f"  {verdict.reason}")
        for note in () if quiet else config.stash.get(NOTES, ()):
            write(f"note: {note}")
        report = settings.folder / "checklist.html"
        shown = report.relative_to(config.rootpath) if report.is_relative_to(config.rootpath) else report
        write(f"report: {shown}")

    @staticmethod
    def _write_causes(reporter: pytest.TerminalReporter, verdict: Verdict, width: int) -> None:
        for outcome, heading in CAUSES.items():
            causes = [cause for cause in verdict.causes if cause.outcome is outcome]
            if causes:
                reporter.write_line(heading, bold=True)
            for cause in causes:
                harm = f"{cause.harm.value}: " if cause.harm else ""
                reporter.write_line(_wrapped(f"- {harm}{cause.sentence}", indent=2, width=width))
                said = f"{counted(len(cause.checks), 'check')} of {', '.join(cause.items)}"
                said += f", all by: {cause.common}" if cause.common else ""
                reporter.write_line(_wrapped(said, indent=6, width=width))
                if cause.remedy:
                    reporter.write_line(_wrapped(f"remedy: {cause.remedy}", indent=6, width=width))

    @staticmethod
    def _write_open_lines(
        reporter: pytest.TerminalReporter, verdict: Verdict, settings: Settings, width: int
    ) -> None:
        told = {name for cause in verdict.causes for name in cause.items}
        for title, states in (
            ("Failed", (ItemState.FAILED,)),
            ("Without evidence", (ItemState.UNKNOWN, ItemState.NOT_RUN, ItemState.STALE)),
            ("Waived", (ItemState.WAIVED,)),
        ):
            entries = [
                entry
                for entry in verdict.by_state(*states)
                if not _has_children(entry, settings) and not _has_no_check(entry, settings)
            ]
            if entries:
                reporter.write_line(title, bold=True)
            for entry in entries:
                item = settings.checklist.items[entry.item]
                reporter.write_line(f"  {item.id} [{item.owner}] {item.text} — {entry.state.value}")
                if entry.item in told:
                    continue
                reporter.write_line(_wrapped(entry.reason, indent=6, width=width))
                if entry.remedy:
                    reporter.write_line(_wrapped(f"remedy: {entry.remedy}", indent=6, width=width))
        unanswered = [entry.item for entry in verdict.items if _has_no_check(entry, settings)]
        if unanswered:
            reporter.write_line("No check answers these lines yet; bind one, or attest them", bold=True)
            reporter.write_line(_wrapped(", ".join(unanswered), indent=2, width=width))
            if any(settings.checklist.items[item].is_required for item in unanswered):
                words = "Until then no run of this scope can be GO, however healthy the release is."
                reporter.write_line(_wrapped(words, indent=2, width=width))
        reporter.write_line("")


def _has_children(entry: ItemVerdict, settings: Settings) -> bool:
    return settings.checklist.items[entry.item].answered_by is AnsweredBy.CHILDREN


def _has_no_check(entry: ItemVerdict, settings: Settings) -> bool:
    """Whether the line is open because nothing is bound to it: a gap of the suite, not of this run."""
    return (
        is_gap(entry)
        and not settings.manifest.checks.get(entry.item)
        and settings.checklist.items[entry.item].answered_by is AnsweredBy.CHECKS
    )


def _wrapped(text: str, *, indent: int, width: int) -> str:
    margin = " " * indent
    # Control characters from a target must not steer the reader's terminal.
    plain = "".join(character if character.isprintable() else "�" for character in text)
    return textwrap.fill(plain, width=max(width, 60), initial_indent=margin, subsequent_indent=margin)
