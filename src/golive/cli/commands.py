"""Every command by name: which module has it, and what it is for. `golive --help` reads nothing else."""

from typing import NamedTuple


class Command(NamedTuple):
    """One command."""

    module: str
    """Below `golive.cli`; its ``add_commands`` declares it."""
    help: str


COMMANDS = {
    "attest": Command("people", "sign that a line holds which no check can answer"),
    "sign": Command("people", "sign a stakeholder's go or no-go on a report"),
    "verify": Command("people", "say which signed records are accepted, and why others are not"),
    "waive": Command("waive", "accept a failing line for a while, with a reason and an end"),
    "report": Command("records", "render a run's report anew from its events.jsonl"),
    "status": Command("status", "say where a release stands, from all of its runs"),
    "undo": Command("undo", "remove what a run that was killed left in its target"),
    "doctor": Command("doctor", "say whether this machine has what a run needs"),
    "schema": Command("doctor", "print the JSON Schema of summary.json, or of profiles"),
    "provide": Command("providing", "get what this machine lacks, without root, and run a command"),
}
