"""The record of the lab: which host showed which network case, what was said of it, and how long it took.

``python -m selftests.lab.record`` starts every lab host of every family once and writes ``detections.json``
and docs/reference/network-cases.md. Titles of families (``CDN``) leave the others' records as they are, and
``well`` stands for the real servers; ``--documents`` only writes the document anew.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from golive.profile.cases import Case
from golive.rules.cases import CaseReport, words
from selftests.lab.family import Family, LabHost, families
from selftests.lab.real_servers import SERVERS
from selftests.lab.well import REAL_HOSTS

DETECTIONS = Path(__file__).with_name("detections.json")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/network-cases.md"
WELL = "well"
"""What an argument calls the real servers."""
_MARKS = {"blocking": "!", "advisory": "·"}


@dataclass(frozen=True, slots=True)
class Detection:
    """What one lab host came to."""

    host: str
    detected: bool
    message: str
    """What a report says of the case; ports and instants, which no two runs share, left out."""
    milliseconds: int
    """To start the host, look at it from every side and end it; servers that never answer included."""


Record = dict[str, list[Detection]]
"""Case id to its hosts; the empty id to the healthy ones, which are detected when anything is found."""


def show(host: LabHost, folder: Path) -> Detection:
    """Start one host and judge it."""
    began = time.perf_counter()
    report = host.look(folder)
    took = round((time.perf_counter() - began) * 1000)
    if not host.case:
        return Detection(host.description, bool(_alarms(report)), settled(_said_of_healthy(report)), took)
    message = _message(host.case, report)
    return Detection(host.description, bool(message), settled(message), took)


def _alarms(report: CaseReport) -> list[str]:
    """Cases that block: on a healthy host they are false."""
    return sorted(case for case, word in report.verdicts().items() if word == "failed")


def _said_of_healthy(report: CaseReport) -> str:
    if alarms := _alarms(report):
        return f"false alarm: {', '.join(alarms)}"
    advisory = sorted(case for case, word in report.verdicts().items() if word == "advisory")
    return f"advisory: {', '.join(advisory)}" if advisory else "nothing found"


def _message(case: str, report: CaseReport) -> str:
    return next((words(finding) for finding in report.findings if finding.case == case), "")


def settled(message: str) -> str:
    """Return a message without what differs between runs: ports, instants, serials."""
    message = re.sub(r"(127\.0\.0\.1|\[::1\]):\d{4,5}", r"\1:…", message)
    message = re.sub(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?", "<date>", message)
    return re.sub(r"golive(-missing-|=)[0-9a-f]+", r"golive\1…", message)


def run(wanted: Sequence[Family], real: Sequence[LabHost] = REAL_HOSTS) -> Record:
    """Show every host of these families and these real servers, one after another."""
    record: Record = {}
    lab = [host for family in wanted for host in (*family.healthy, *family.faulty)]
    for host in (*lab, *real):
        with tempfile.TemporaryDirectory(prefix="golive-lab-") as folder:
            detection = show(host, Path(folder))
        record.setdefault(host.case, []).append(detection)
        right = detection.detected is bool(host.case)
        sys.stdout.write(f"{'right' if right else 'WRONG'}  {host.case or 'none'}  {detection.host}\n")
        sys.stdout.flush()
    absent = sorted({server.name.split()[0] for server in SERVERS if server.program is None})
    sys.stdout.write(f"not installed here, and not run: {', '.join(absent) or 'none'}\n")
    return record


def joined(before: Record, new: Record) -> Record:
    """Return the record with what was shown anew in place of what it replaces; healthy hosts by name."""
    shown = {one.host: one for one in (*before.get("", ()), *new.get("", ()))}
    known = {case.id for family in families() for case in family.cases}
    return {name: kept for name, kept in (before | new).items() if name in known} | {"": [*shown.values()]}


def read() -> Record:
    """Return the record that is kept in git."""
    recorded = json.loads(DETECTIONS.read_text(encoding="utf-8"))
    return {
        case: [Detection(**detection) for detection in detections] for case, detections in recorded.items()
    }


def write(record: Record) -> None:
    """Write the record and its document."""
    content = {case: [asdict(detection) for detection in record[case]] for case in sorted(record)}
    DETECTIONS.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    DOCUMENT.write_text(document(record, families()), encoding="utf-8")


def document(record: Mapping[str, Sequence[Detection]], wanted: Sequence[Family]) -> str:
    """Return docs/reference/network-cases.md."""
    cases = [case for family in wanted for case in family.cases]
    detected = sum(any(detection.detected for detection in record.get(case.id, ())) for case in cases)
    hosts = sum(len(detections) for case, detections in record.items() if case)
    healthy = record.get("", ())
    alarms = sum(detection.detected for detection in healthy)
    lines = [
        "# Network cases, and how each was detected",
        "",
        "Generated by `make docs` (`python -m selftests.lab.record`) from a run of the lab: for every",
        "case there is at least one small server that has it, and each was started, looked at and judged.",
        "",
        "`!` blocks a launch by default, `·` is advisory; `[cases.<id>]` of a profile changes either, with a",
        "reason. The time is that of everything: the server's start, every look at it, and its own waiting.",
        "",
        f"{detected} of {len(cases)} cases detected, at {hosts} hosts;"
        f" {alarms} of {len(healthy)} healthy hosts raised an alarm.",
        "",
    ]
    for family in wanted:
        lines += [f"## {family.title}", "", "| id | | case | detected | lab host | what is said | ms |"]
        lines.append("| --- | --- | --- | --- | --- | --- | --- |")
        lines += [row for case in family.cases for row in _rows(case, record.get(case.id, ()))]
        lines.append("")
    lines += [
        "## Healthy hosts",
        "",
        "Servers of the lab without a case, and real ones that were installed where this was recorded. All",
        "of these were judged whole: certificates, protocols, HTTP.",
        "",
        "What is advisory is true of them:",
        "P03 no TLS 1.3, P11 static RSA accepted, P19 no HTTP/2, P23 no post-quantum key agreement, H05 HSTS",
        "without includeSubDomains, H07 none on errors, H20 security headers.",
        "",
        "| host | what is said | ms |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {_cell(one.host)} | {_cell(one.message)} | {one.milliseconds} |" for one in healthy]
    return "\n".join([*lines, ""])


def _rows(case: Case, detections: Sequence[Detection]) -> list[str]:
    head = f"| {case.id} | {_MARKS[case.severity]} | {_cell(case.title)} |"
    if not detections:
        return [f"{head} **no** | none | | |"]
    return [
        f"{head} {'yes' if one.detected else '**no**'} | {_cell(one.host)} | {_cell(one.message)} |"
        f" {one.milliseconds} |"
        for one in detections
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def main(arguments: Sequence[str]) -> int:
    """Run the lab and write; 1 when a case was missed or a healthy host raised something."""
    if list(arguments) == ["--documents"]:
        write(read())
        return 0
    every = {family.title: family for family in families()}
    if unknown := set(arguments) - {*every, WELL}:
        sys.stderr.write(f"no family is called {', '.join(sorted(unknown))}: {', '.join([*every, WELL])}\n")
        return 2
    if not arguments:
        record = run(list(every.values()))
        write(record)
    else:
        chosen = [family for title, family in every.items() if title in arguments]
        record = run(chosen, REAL_HOSTS if WELL in arguments else ())
        write(joined(read(), record))
    wrong = [
        case for case, detections in record.items() for one in detections if one.detected is not bool(case)
    ]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
