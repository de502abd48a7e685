"""What a survey of a public host's HTTP saw. Facts only."""

from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from golive.net.address import Address, named
from golive.net.errors import ProbeError
from golive.net.http_observation import HttpObservation
from golive.net.markup import Reference
from golive.net.masking import masked_url

Answer = HttpObservation | ProbeError


@dataclass(frozen=True, slots=True)
class HttpSurvey:
    """What one host answers. Every part may be the error that came instead."""

    kind: ClassVar[str] = "http"

    host: str
    address: Address
    home: Answer
    missing: Answer
    """A path that cannot exist."""
    walks: tuple[tuple[Answer, ...], ...]
    """For each address of port 80, what it answers and where that leads."""
    looped: bool
    cross_origin: dict[tuple[str, str], Answer]
    """Path and origin that was claimed to their answer."""
    exposed: dict[str, Answer]
    """Path that nobody should be served to its answer."""
    references: tuple[Reference, ...] = ()
    unread: tuple[str, ...] = field(default=())
    """Stylesheets and scripts of the host's own site that could not be read."""
    decoys: dict[str, Answer] = field(default_factory=dict)
    """Each exposed path that was answered well, to the answer of that name in a folder that cannot exist."""
    way: tuple[Answer, ...] = ()
    """Where the home page leads, hop by hop, to where a visitor ends."""
    in_scripts: tuple[Reference, ...] = ()
    """Addresses of the host's own site, without encryption, that its own scripts name."""

    @property
    def end(self) -> Answer:
        """Where a visitor of the home page ends."""
        return self.way[-1] if self.way else self.home

    @property
    def title(self) -> str:
        """What was looked at."""
        return f"HTTP of {named(self.host, self.address.port, self.address)}"

    def facts(self) -> dict[str, JsonValue]:
        """Status of everything that was asked."""
        return {
            "home": _shown(self.home),
            **({"leads to": [_shown(hop) for hop in self.way]} if self.way else {}),
            "missing path": _shown(self.missing),
            "redirects": [[_shown(hop) for hop in walk] for walk in self.walks],
            "claimed origins": {
                f"{origin} at {path}": _shown(answer) for (path, origin), answer in self.cross_origin.items()
            },
            "paths": {path: _shown(answer) for path, answer in self.exposed.items()},
            **(
                {"the same in no folder": {path: _shown(answer) for path, answer in self.decoys.items()}}
                if self.decoys
                else {}
            ),
            "references": len(self.references),
        }


def _shown(answer: Answer) -> str:
    if isinstance(answer, ProbeError):
        return f"{type(answer).__name__}: {answer.message}"
    to = answer.header("location")
    return f"{answer.status}{f' to {masked_url(to)}' if to else ''}"
