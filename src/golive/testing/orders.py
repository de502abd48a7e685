"""What is said between whoever proves and the lane's process: one JSON document per line, either way."""

from golive.core.record import Record


class Order(Record):
    """Bring the environment into a state, run checks, record them."""

    faults: tuple[str, ...] = ()
    """Exactly these are on; none is the healthy state."""
    checks: tuple[str, ...] | None = None
    """Node ids, or functions with all their cases; None for everything that was collected."""
    reports: str
    """Folder that the run is recorded below."""
    deadline_seconds: float
    """How long the checks may take before their process is killed."""
    whole_report: bool = False
    """Whether people's reports are rendered too, not only the summary; `golive report` can do so later."""
    fresh: bool = False
    """Whether the environment is started anew for it."""


class Answer(Record):
    """What an order came to: a recorded run, or an error."""

    folder: str = ""
    """The folder of the recorded run."""
    exit_code: int = 0
    seconds: float = 0.0
    """From the fork to the end, on the wall."""
    cpu_seconds: float = 0.0
    """Of the forked process and whatever it waited for."""
    switch_seconds: float = 0.0
    touched: tuple[str, ...] = ()
    """Parts of the environment that the switch changed, by its own word."""
    error: str = ""
    """Name of an error of ``errors.OF_ORDERS``; empty for none."""
    message: str = ""


class Ready(Record):
    """The lane's first line: it has collected, and its environment is up."""

    checks: dict[str, tuple[str, ...]]
    """Function, as the manifest has it, to the node ids of its cases."""
    lines: dict[str, tuple[str, ...]]
    """Function to the lines that it answers."""
    fixtures: dict[str, tuple[str, ...]]
    """Function to all the fixtures that it needs, directly or not."""
    start_seconds: float
    cpu_seconds: float
    """What imports, collection and warming cost once."""
