"""An error of whoever gave the command."""


class UsageError(ValueError):
    """The command cannot be done as it was given; the message says how it can."""
