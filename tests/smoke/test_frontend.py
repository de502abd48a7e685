"""The frontend as a browser gets it: clean, rightly configured, and connected to its API and socket."""

import re
from urllib.parse import urlsplit

import pytest

from golive.browser.rules import (
    expect_live_socket,
    expect_no_errors,
    expect_no_failed_requests,
    expect_no_mixed_content,
    expect_only_hosts,
)
from golive.configuration.rules_bundles import judge_bundles
from golive.core.outcome import Blind
from golive.profile.profile import present
from golive.rules.findings import expect_none

pytestmark = pytest.mark.harm("unusable")

LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]")  # noqa: S104 - what must not be configured
SECRET_KEY = re.compile(r"secret|passw|private.?key|api.?key|jwt|signing|database", re.IGNORECASE)


@pytest.mark.checklist("step.frontend.connectivity")
async def test_page_loads_without_errors(landing, own_hosts, evidence):
    """The page loads without console errors and failed requests, and speaks to this deployment only."""
    observation = evidence(await landing.observation())
    expect_no_mixed_content(observation)
    expect_no_errors(observation)
    expect_no_failed_requests(observation)
    expect_only_hosts(observation, own_hosts)


@pytest.mark.checklist("step.frontend.config")
@pytest.mark.needs("page_configuration")
async def test_configuration_names_this_deployment(landing, app, profile, own_hosts, evidence):
    """The configuration that the browser got names this deployment's API and socket, and nothing local."""
    urls = dict(_urls(await landing.configuration()))
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
@pytest.mark.write("account:listener")
@pytest.mark.usefixtures("password_let_in", "let_in", "handshake_let_in", "recommendations_in_pages")
async def test_page_reaches_api_and_socket(visitors, app, sign_in, group_sessions, own_hosts):
    """Signed in and in a session, the page's API calls and its socket succeed, without an error."""
    async with visitors.arrive("listener") as visitor:
        await visitor.open(app.url)
        await visitor.sign_in(sign_in, "listener")
        async with group_sessions.made_in_a_page("listener") as made:
            await made(await visitor.create_session(group_sessions.name))
            await visitor.sees("that the session is live", visitor.entries(visitor.names.members).first)
            await visitor.has_time_to_hear()
            await visitor.leave_session()
        observation = await visitor.observe()
        expect_no_mixed_content(observation)
        expect_no_errors(observation)
        expect_no_failed_requests(observation)
        expect_only_hosts(observation, own_hosts)
        expect_live_socket(observation)


@pytest.mark.checklist("step.frontend.config")
async def test_nothing_that_is_served_names_another_address(frontend_texts, own_hosts, profile, evidence):
    """Page, scripts and documents name no address of a developer's machine, an example or another stage, and
    none that is not encrypted."""
    served = evidence(await frontend_texts.read())
    found = evidence(judge_bundles(served, own_hosts, known=profile.frontend.other_addresses))
    if served.unread and not found.found:
        raise Blind(
            f"{len(served.unread)} of what the frontend serves could not be read: {served.unread[0]}",
            remedy="have it answered from where the suite runs",
        )
    expect_none(found)


@pytest.mark.checklist("step.frontend.config")
@pytest.mark.needs("page_configuration")
@pytest.mark.harm("people")
async def test_configuration_is_of_the_release_and_public(landing, app, profile, release, evidence):
    """The page was built from the release under verification, and its configuration gives no secret away."""
    names = profile.frontend
    configuration = await landing.configuration()
    keys = sorted(_keys(configuration))
    build = {
        what: configuration.get(key)
        for what, key in (("release", names.configured_release), ("commit", names.configured_commit))
        if key is not None
    }
    evidence.note("build that the page names, and keys of its configuration", **build, keys=keys)
    expected = {"release": release.version, "commit": release.commit}
    for what, found in build.items():
        assert not expected[what] or found == expected[what], (
            f"{what} of the page: expected {expected[what]}, observed {found} — {app.url}"
        )
    secret = [key for key in keys if SECRET_KEY.search(key)]
    assert not secret, (
        f"configuration in the page: expected nothing secret, observed {', '.join(secret)}: rotate it, and"
        f" build without it — {app.url}"
    )


def _keys(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)


def _urls(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _urls(inner, f"{name}.{key}".strip("."))
    elif isinstance(value, str) and urlsplit(value).scheme in ("http", "https", "ws", "wss"):
        yield name, value
