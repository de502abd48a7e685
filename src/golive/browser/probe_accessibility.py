"""A page as axe-core sees it: which accessibility rules it breaks, and how badly."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from pydantic import JsonValue

from golive.net.deadline import Deadline
from golive.net.errors import DeadlineExceeded, ProtocolError
from golive.net.masking import masked_text, masked_url

IMPACTS = ("critical", "serious", "moderate", "minor")
_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_MOST = 20
_RUN = """
async () => {
  const found = await axe.run(document, { resultTypes: ["violations"], elementRef: false });
  const brief = ({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.length });
  return {
    version: found.testEngine.version,
    passed: found.passes.length,
    undecided: found.incomplete.length,
    violations: found.violations.map(brief),
  };
}
"""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that the page breaks; ``help`` is axe's own sentence."""

    id: str
    impact: str
    help: str
    elements: int

    def __str__(self) -> str:
        return f"{self.impact}: {self.help} ({self.id}, {self.elements} elements)"


@dataclass(frozen=True, slots=True)
class AccessibilityObservation:
    """A scan of one state of a page."""

    kind: ClassVar[str] = "accessibility"

    url: str
    what: str
    """The state of the page, such as ``the form to sign in``."""
    engine: str
    passed: int
    """Rules that the page keeps; none means that nothing was looked at."""
    undecided: int
    broken: tuple[BrokenRule, ...]

    @property
    def title(self) -> str:
        """Which page, in which state; nothing of it decides the line."""
        return f"accessibility of {self.what} (advisory), page {masked_url(self.url)}"

    @property
    def target(self) -> str:
        """As messages name it."""
        return masked_url(self.url)

    def by_impact(self) -> dict[str, int]:
        """Impact to the number of broken rules, the worst first."""
        counts = Counter(rule.impact for rule in self.broken)
        return {impact: counts[impact] for impact in IMPACTS}

    def facts(self) -> dict[str, JsonValue]:
        """Counts by impact, and the broken rules in axe's words."""
        return {
            "advisory": "broken rules do not decide the line",
            "broken rules by impact": dict(self.by_impact()),
            "broken rules": [masked_text(str(rule)) for rule in self.broken[:_MOST]],
            "kept rules": self.passed,
            "undecided rules": self.undecided,
            "engine": self.engine,
        }


async def scan(page: Page, what: str, *, deadline: float) -> AccessibilityObservation:
    """Scan the page as it is now.

    Args:
        page: Playwright's.
        what: the state that the page is in, for people.
        deadline: seconds for the scan.

    Raises:
        DeadlineExceeded: the page did not answer in time.
        ProtocolError: the page has no document that can be scanned.
    """
    target = masked_url(page.url)
    try:
        async with Deadline(deadline):
            await page.evaluate(await asyncio.to_thread(_source))
            found: dict[str, Any] = await page.evaluate(_RUN)
    except TimeoutError:
        raise DeadlineExceeded(f"no scan within {deadline:g} s", target=target, phase="scan") from None
    except PlaywrightError as error:
        first = masked_text(error.message.partition("\n")[0])
        raise ProtocolError(f"the page cannot be scanned: {first}", target=target, phase="scan") from None
    broken = [
        BrokenRule(entry["id"], entry["impact"] or "minor", entry["help"], entry["nodes"])
        for entry in found["violations"]
    ]
    broken.sort(key=lambda rule: IMPACTS.index(rule.impact))
    return AccessibilityObservation(
        page.url, what, f"axe-core {found['version']}", found["passed"], found["undecided"], tuple(broken)
    )


@cache
def _source() -> str:
    return _AXE.read_text(encoding="utf-8")
