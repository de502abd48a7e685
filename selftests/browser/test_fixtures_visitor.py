"""A visitor's pictures are remarks: whatever comes of one, the finding is the check's."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from fixtures.visitor import Visitor
from golive.browser.probe import BrowserProbe
from golive.browser.profile import Frontend
from golive.net.errors import ConnectionLost, DeadlineExceeded
from rehearsal.lab.serving import serving
from selftests.browser.test_probe_browser import APP, HTML, PAGE, needs_browser, reach
from selftests.examples.probe_loopback import Pki, answering

NO_PICTURE = [
    DeadlineExceeded("no picture of the page", target=PAGE, phase="screenshot"),
    ConnectionLost("no picture of the page: it is closed", target=PAGE, phase="screenshot"),
    PlaywrightError("Target crashed"),
    OSError(28, "No space left on device"),
]
"""The browser is too busy to paint, the page is closed, it has crashed, the disk is full."""


class Evidence:
    """Keeps what is recorded."""

    def __init__(self) -> None:
        self.pictures: list[str] = []
        self.remarks: list[tuple[str, Any]] = []

    def __call__(self, observation: Any) -> Any:
        return observation

    def screenshot(self, title: str, _file: str) -> None:
        self.pictures.append(title)

    def note(self, title: str, **facts: Any) -> None:
        self.remarks.append((title, facts))

    def transcript(self, title: str, lines: str, *, kind: str) -> None:
        """Texts are looked at elsewhere."""


class Session:
    """A page whose picture is taken, fails, or takes for ever."""

    page = SimpleNamespace(url=f"{PAGE}?secret=1")

    def __init__(self, failure: Exception | None = None, *, hangs: bool = False) -> None:
        self._failure, self._hangs = failure, hangs

    async def screenshot(self, name: str) -> str:
        if self._hangs:
            await asyncio.sleep(60)
        if self._failure is not None:
            raise self._failure
        return f"{name}.jpg"

    async def observe(self) -> Any:
        raise PlaywrightError("nothing was seen of this page")


def visitor(session: Session) -> tuple[Visitor, Evidence]:
    evidence = Evidence()
    return Visitor("listener", session, Frontend(), evidence), evidence  # type: ignore[arg-type]


@pytest.mark.parametrize("failure", NO_PICTURE, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("happened", "finding"),
    [
        (AssertionError("expected 3 members, observed 2"), "expected 3 members, observed 2"),
        (
            PlaywrightTimeout("Locator.wait_for: Timeout 5000ms exceeded."),
            "listener joins: .* nothing within 5 s",
        ),
    ],
)
def test_a_failing_picture_leaves_the_finding_and_is_a_remark(
    failure: Exception, happened: Exception, finding: str
) -> None:
    async def go() -> Evidence:
        who, evidence = visitor(Session(failure))
        with pytest.raises(AssertionError, match=finding):
            async with who.step("joins"):
                raise happened
        return evidence

    evidence = asyncio.run(go())
    assert evidence.pictures == []
    assert [title for title, _ in evidence.remarks] == ["no picture of listener joins (failed)"]
    assert evidence.remarks[0][1]["reason"]


@pytest.mark.parametrize("failure", NO_PICTURE, ids=lambda error: type(error).__name__)
def test_a_step_that_came_through_is_not_failed_by_its_picture(failure: Exception) -> None:
    async def go() -> Evidence:
        who, evidence = visitor(Session(failure))
        async with who.step("signs in"):
            pass
        await who.picture("arrives")
        return evidence

    assert [title for title, _ in asyncio.run(go()).remarks] == [
        "no picture of listener signs in",
        "no picture of listener arrives",
    ]


def test_a_check_s_deadline_that_strikes_in_a_picture_leaves_the_finding() -> None:
    async def go() -> None:
        who, _ = visitor(Session(hangs=True))
        async with asyncio.timeout(0.05), who.step("joins"):
            raise AssertionError("expected 3 members, observed 2")

    with pytest.raises(AssertionError, match="expected 3 members"):
        asyncio.run(go())


def test_a_deadline_that_strikes_before_there_is_a_finding_is_a_deadline() -> None:
    async def go() -> None:
        who, _ = visitor(Session(hangs=True))
        async with asyncio.timeout(0.05), who.step("joins"):
            pass

    with pytest.raises(TimeoutError):
        asyncio.run(go())


def test_a_picture_that_is_taken_is_evidence_and_no_remark() -> None:
    async def go() -> Evidence:
        who, evidence = visitor(Session())
        async with who.step("signs in"):
            pass
        with pytest.raises(AssertionError, match="not there"):
            async with who.step("joins"):
                raise AssertionError("not there")
        return evidence

    evidence = asyncio.run(go())
    assert evidence.pictures == ["listener signs in", "listener joins (failed)"]
    assert evidence.remarks == []


@needs_browser
def test_a_page_that_hangs_is_found_by_what_it_does_not_offer(trust: Pki, tmp_path: Path) -> None:
    """Nor does such a page answer for its outline: the traces end in time, and the finding stands."""
    body = b"<!doctype html><link rel=icon href=data:,><h1>Hello</h1>"

    async def go() -> tuple[str, Evidence]:
        async with serving(answering(body, headers=HTML), trust.context(APP)) as port:
            probe = BrowserProbe(
                reach(trust, {APP: port}), screenshots=tmp_path, action_deadline=0.3, navigation_deadline=5
            )
            try:
                async with probe.user() as user:
                    await user.goto(PAGE)
                    user.deadline = 0.3
                    evidence = Evidence()
                    who = Visitor("listener", user, Frontend(), evidence)  # type: ignore[arg-type]
                    await user.page.evaluate("() => { setTimeout(() => { for (;;) ; }, 0) }")
                    with pytest.raises(AssertionError) as finding:
                        async with who.step("signs in"):
                            await user.page.get_by_role("button", name="Sign in").wait_for()
                    await who.leave_traces()
                    return str(finding.value), evidence
            finally:
                await probe.aclose()

    finding, evidence = asyncio.run(go())
    assert "listener signs in: expected to get there, observed nothing within 0.3 s" in finding
    assert [title for title, _ in evidence.remarks] == ["no picture of listener signs in (failed)"]
    assert list(tmp_path.iterdir()) == []


@needs_browser
def test_a_closed_page_has_no_empty_picture(trust: Pki, tmp_path: Path) -> None:
    body = b"<!doctype html><link rel=icon href=data:,><p>x"

    async def go() -> None:
        async with serving(answering(body, headers=HTML), trust.context(APP)) as port:
            probe = BrowserProbe(reach(trust, {APP: port}), screenshots=tmp_path)
            try:
                async with probe.user() as user:
                    await user.goto(PAGE)
                    await user.page.close()
                    with pytest.raises(ConnectionLost, match="it is closed"):
                        await user.screenshot("closed")
            finally:
                await probe.aclose()

    asyncio.run(go())
    assert list(tmp_path.iterdir()) == []
