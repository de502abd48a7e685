"""What can be wrong with a proof, each with a name of its own."""


class ProvingError(Exception):
    """A check was not proven able to go red, or the proof itself went wrong."""


class NamesNoCheckError(ProvingError):
    """A fault names no check that it is there to prove."""


class NoSuchCheckError(ProvingError):
    """A name is that of no check, or of several."""


class UnprovenChecksError(ProvingError):
    """Checks that no fault names."""


class DidNotFailError(ProvingError):
    """A dedicated check did not fail while its fault was on: it passed, could not see, or broke."""


class CaseNotNamedError(ProvingError):
    """No dedicated check named the fault's network case."""


class AnotherLineFailedError(ProvingError):
    """A line failed that the fault does not break."""


class NotRestoredError(ProvingError):
    """A dedicated check does not pass once its fault is off again."""


class LaneError(ProvingError):
    """The lane's own process did not start, or ended."""


class OrderFailedError(ProvingError):
    """The process that ran an order's checks ended without a report."""


class OverdueError(OrderFailedError):
    """The process that ran an order's checks did not end by its deadline, and was killed."""


class SwitchRefusedError(ProvingError):
    """The environment could not be brought into the wanted state, or knows no switching."""


class EnvironmentDiedError(ProvingError):
    """The environment ended by itself while a fault was on; the next order gets a new one."""


OF_ORDERS = {
    kind.__name__: kind
    for kind in (OrderFailedError, OverdueError, SwitchRefusedError, EnvironmentDiedError, LaneError)
}
"""Errors that a lane answers an order with, by the name that they travel under."""
