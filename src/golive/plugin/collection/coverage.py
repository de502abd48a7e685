"""``--checklist-coverage`` and ``--checklist-lock``: which checks answer which lines."""

from collections.abc import Mapping

import pytest

from golive.core.checklist import AnsweredBy, Checklist, Item
from golive.plugin.collection.binding import BINDING
from golive.plugin.collection.manifest import manifest_of, write_manifest
from golive.plugin.settings import SETTINGS


class Coverage:
    """Prints coverage, or writes the manifest, after collection; runs nothing."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config) -> None:
        """Refuse to write a manifest of a part of the checks.

        Raises:
            pytest.UsageError: when checks were selected on the command line.
        """
        option = config.option
        selection = (
            option.markexpr or option.keyword or option.deselect or config.args != config.getini("testpaths")
        )
        if option.checklist_lock and selection:
            raise pytest.UsageError("--checklist-lock: the manifest is of all checks; select none of them")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        settings = session.config.stash[SETTINGS]
        terminal: pytest.TerminalReporter | None = session.config.pluginmanager.get_plugin("terminalreporter")
        assert terminal is not None, "pytest always has a terminal in the process that collects"
        bindings = [item.stash[BINDING] for item in session.items]
        manifest = manifest_of(bindings, settings.checklist.items)
        checks = manifest.functions
        terminal.ensure_newline()
        if session.config.option.checklist_lock:
            path = write_manifest(settings.checklist_path, manifest)
            terminal.write_line(
                f"{path}: {len({name for names in checks.values() for name in names})} checks"
            )
        else:
            for line in coverage_lines(settings.checklist, checks):
                terminal.write_line(line)
        return True


def coverage_lines(checklist: Checklist, checks: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return, for every line of the checklist, the checks that answer it, and the count at the end."""

    def is_answered(item: Item) -> bool:
        if item.answered_by is AnsweredBy.CHILDREN:
            return all(is_answered(checklist.items[child]) for child in item.children)
        return item.answered_by is AnsweredBy.LEDGER or item.id in checks

    lines: list[str] = []
    for section in checklist.sections:
        if section.items:
            lines += ["", section.title]
        for item in section.items:
            mark = "+" if is_answered(item) else "-"
            lines.append(f"  {mark} {'  ' * item.depth}{item.id}  {item.text}")
            below = ["(answered by the lines below)"] if item.children else ["(no check)"]
            if item.answered_by is AnsweredBy.LEDGER:
                below = [f"(computed from the lines of {item.completes})"]
            lines += [f"      {'  ' * item.depth}{name}" for name in checks.get(item.id, below)]
    boxes = list(checklist.boxes())
    answered = sum(is_answered(item) for item in boxes)
    return [*lines, "", f"{answered} of {len(boxes)} boxes answered by checks"]
