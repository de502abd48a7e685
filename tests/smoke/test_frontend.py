"""The frontend as a browser gets it: clean, rightly configured, and connected to its API and socket."""

import json
from urllib.parse import urlsplit

import pytest

from golive.environment.profile import present
from golive.expect.page import expect_no_errors, expect_no_failed_requests, expect_only_hosts

LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]")  # noqa: S104 - what must not be configured


@pytest.mark.checklist("step.frontend.connectivity")
async def test_page_loads_without_errors(visitors, app, own_hosts):
    """The page loads without console errors and failed requests, and speaks to this deployment only."""
    async with visitors.arrive("visitor") as visitor:
        observation = await visitor.open(app.url)
        await visitor.picture("arrives")
        expect_no_errors(observation)
        expect_no_failed_requests(observation)
        expect_only_hosts(observation, own_hosts)


@pytest.mark.checklist("step.frontend.config")
async def test_configuration_names_this_deployment(visitors, app, profile, own_hosts, evidence):
    """The configuration that the browser got names this deployment's API and socket, and nothing local."""
    async with visitors.arrive("visitor") as visitor:
        await visitor.open(app.url)
        configuration = await _configuration(visitor, profile.frontend.configuration)
    urls = dict(_urls(configuration))
    evidence.note("configuration in the page", **urls)
    where = app.url
    assert urls, f"configuration: expected URLs, observed none — {where}"
    for name, url in urls.items():
        host = urlsplit(url).hostname or ""
        assert host not in LOCAL, f"configuration {name}: expected a public host, observed {host} — {where}"
        expected = ", ".join(sorted(own_hosts))
        assert host in own_hosts, (
            f"configuration {name}: expected one of {expected}, observed {host} — {where}"
        )
    for needed in (
        present(profile.targets.api, "api").url,
        present(profile.targets.realtime, "realtime").url,
    ):
        assert needed in {url.rstrip("/") for url in urls.values()}, (
            f"configuration: expected {needed} in it, observed {', '.join(urls.values())} — {where}"
        )


@pytest.mark.checklist("step.frontend.connectivity")
@pytest.mark.write
async def test_page_reaches_api_and_socket(visitors, app, sign_in, group_sessions, own_hosts):
    """Signed in and in a session, the page's API calls and its socket succeed, without an error."""
    async with visitors.arrive("listener") as visitor:
        await visitor.open(app.url)
        await visitor.sign_in(sign_in, "listener")
        async with group_sessions.made_in_a_page("listener") as made:
            made(await visitor.create_session(group_sessions.name))
            await visitor.sees("that the session is live", visitor.entries(visitor.names.members).first)
            await visitor.leave_session()
        observation = await visitor.observe()
    expect_no_errors(observation)
    expect_no_failed_requests(observation)
    expect_only_hosts(observation, own_hosts)
    assert observation.websockets, f"socket: expected a WebSocket, observed none — {observation.target}"
    assert observation.frames_received, f"socket: expected frames, observed none — {observation.target}"


async def _configuration(visitor, selector):
    text = await visitor.page.evaluate("(s) => document.querySelector(s)?.textContent ?? null", selector)
    assert text, f"configuration: expected JSON in {selector}, observed no such element — {visitor.page.url}"
    try:
        return json.loads(text)
    except ValueError as error:
        raise AssertionError(f"configuration: expected JSON, observed {error} — {visitor.page.url}") from None


def _urls(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _urls(inner, f"{name}.{key}".strip("."))
    elif isinstance(value, str) and urlsplit(value).scheme in ("http", "https", "ws", "wss"):
        yield name, value
