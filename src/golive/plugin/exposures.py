"""What answers showed counts for the check that got them, and in the end for all checks of all processes."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from golive.core.evidence import Evidence
from golive.core.harm import UnmetExpectation
from golive.core.outcome import Blind, Outcome
from golive.core.run import CheckRecord
from golive.exposure.observation import AnswersLookedAt, ExposureLog
from golive.exposure.rules import expect_nothing_exposed

EXPOSURES = pytest.StashKey[ExposureLog]()
"""Of this process; in the one that reports, of its workers too."""
_HANDED_OVER = "golive_exposures"
"""Under this key a worker of xdist hands over what it counted."""
_TOLD = 3


class Exposures:
    """Has the checks marked ``after_all`` run last, and gathers what workers of xdist saw."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._log = config.stash[EXPOSURES] = ExposureLog()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Move to the end what judges all that others saw; stable, so that all workers have one order."""
        items.sort(key=lambda item: item.get_closest_marker("after_all") is not None)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """In a worker: hand over."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_HANDED_OVER] = self._log.as_json()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take in what a worker saw that has ended."""
        told = getattr(node, "workeroutput", {}).get(_HANDED_OVER)
        if told is not None:
            self._log.merge(ExposureLog.of_json(told))


def is_of_one_worker(config: pytest.Config, record: CheckRecord) -> bool:
    """Whether a record judges the answers of one of several workers of xdist; all are judged in the end."""
    if not config.getoption("numprocesses", None):
        return False
    judged = record.outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.BLIND)
    return judged and any(entry.kind == AnswersLookedAt.kind for entry in record.evidence)


def seen_by_all(records: Iterable[CheckRecord], log: ExposureLog) -> list[CheckRecord]:
    """Return records that judge the answers of one worker as those that judge the answers of all.

    Args:
        records: see `is_of_one_worker`.
        log: what all processes saw together.
    """
    seen = log.observed()
    return [
        _judged_again(record, entry, seen)
        for record in records
        for entry in record.evidence
        if entry.kind == AnswersLookedAt.kind
    ]


def _judged_again(record: CheckRecord, own: Evidence, seen: AnswersLookedAt) -> CheckRecord:
    whole = own.model_copy(update={"title": seen.title, "facts": seen.facts()})
    evidence = tuple(whole if entry is own else entry for entry in record.evidence)
    outcome, reason, remedy, unmet = Outcome.PASSED, "passed", "", None
    try:
        expect_nothing_exposed(seen)
    except AssertionError as failure:
        outcome, reason, remedy = Outcome.FAILED, str(failure), record.remedy
        unmet = failure.unmet if isinstance(failure, UnmetExpectation) else None
    except Blind as blind:
        outcome, reason, remedy = Outcome.BLIND, blind.reason, blind.remedy
    return record.model_copy(
        update={
            "outcome": outcome,
            "reason": reason[:600],
            "remedy": remedy,
            "unmet": unmet,
            "cause": "",
            "evidence": evidence,
        }
    )


def words_of_exposed(exposed: Mapping[str, int]) -> str:
    """Return in a sentence what answers to one check showed."""
    told = [f"{words}{f' ({count} times)' if count > 1 else ''}" for words, count in sorted(exposed.items())]
    more = f"; and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return f"an answer to this check shows what is nobody else's business: {'; '.join(told[:_TOLD])}{more}"
