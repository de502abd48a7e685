"""The control probe: tells "the target is down" from "the suite's own network is"."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.core.outcome import Blind
from golive.net.address import split_endpoint
from golive.net.addresses import AddressBook
from golive.net.errors import TransportError
from golive.profile.profile import Control

_DEADLINE = 2.0


@dataclass(frozen=True, slots=True)
class ControlObservation:
    """Which control targets accepted a TCP connection."""

    kind: ClassVar[str] = "control"

    tried: tuple[str, ...]
    reached: str | None
    """The first target that accepted; None when none did."""
    elapsed_ms: float

    @property
    def title(self) -> str:
        """What was tried."""
        return f"control targets {', '.join(self.tried)}"

    def facts(self) -> dict[str, JsonValue]:
        """Targets, the one reached, and the time."""
        return {"tried": list(self.tried), "reached": self.reached, "ms": round(self.elapsed_ms, 2)}


class ControlProbe:
    """Connects to endpoints that answer whenever the suite's own network works.

    Args:
        control: the profile's control targets.
        book: their addresses.
        deadline: seconds for all of them, side by side.
    """

    def __init__(self, control: Control, book: AddressBook, *, deadline: float = _DEADLINE) -> None:
        self._targets = control.targets
        self._book = book
        self._deadline = deadline

    async def reachable(self) -> ControlObservation:
        """Try every control target at once; the first that accepts settles it. Raises nothing."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        tries = [asyncio.create_task(self._accepts(target)) for target in self._targets]
        reached: str | None = None
        try:
            async with asyncio.timeout(self._deadline):
                for answer in asyncio.as_completed(tries):
                    reached = await answer
                    if reached is not None:
                        break
        except TimeoutError:
            pass
        finally:
            for attempt in tries:
                attempt.cancel()
            await asyncio.gather(*tries, return_exceptions=True)
        return ControlObservation(self._targets, reached, (loop.time() - started) * 1000)

    async def classify(self, error: TransportError) -> TransportError | Blind:
        """Return ``error`` when the control is reachable, so the target is at fault; otherwise a `Blind`."""
        observation = await self.reachable()
        if observation.reached is not None:
            return error
        return Blind(
            f"the suite's own network is down: no control target answers ({', '.join(self._targets)}), "
            f"so nothing is said about the target ({error})",
            remedy="repair this machine's network, or correct control.targets in the profile, and run again",
        )

    async def _accepts(self, target: str) -> str | None:
        try:
            addresses = await self._book.resolve(*split_endpoint(target))
        except (TransportError, Blind):
            return None
        for address in addresses:
            try:
                _, writer = await asyncio.open_connection(address.ip, address.port)
            except OSError:
                continue
            writer.transport.abort()
            return target
        return None
