"""Limits that cannot be met are refused before the first request, by what the keys mean together."""

import pytest

from golive.profile.loading import ProfileError, load_profile

PROFILE = """\
schema = 1
title = "Mini"
[targets.app]
url = "https://app.test"
[targets.api]
url = "https://app.test/v1"
dependencies = ["database"]
{replicas}
[targets.realtime]
url = "https://rt.test:8443"
protocol = "socket.io"
[control]
targets = ["one.one.one.one:443"]
[allow.hosts]
"app.test" = {{}}
"rt.test:8443" = {{}}
"10.0.0.9:8080" = {{}}
"10.0.0.10:8080" = {{}}
[budgets]
api_p95 = "200 ms"
recommendations_p95 = "500 ms"
realtime_delivery = "500 ms"
page_load = "3 s"
first_byte = "800 ms"
[realtime]
{realtime}
{limits}
"""
REPLICAS = (
    'replicas = [{ name = "a", url = "http://10.0.0.9:8080" }, { name = "b", url = "http://10.0.0.10:8080" }]'
)


@pytest.fixture
def refusal(tmp_path):
    """What is said of a profile; nothing where it is accepted."""

    def of(realtime: str, limits: str = "", replicas: str = "") -> str:
        path = tmp_path / "mini.toml"
        path.write_text(PROFILE.format(realtime=realtime, limits=limits, replicas=replicas), encoding="utf-8")
        try:
            load_profile(path)
        except ProfileError as error:
            return str(error)
        return ""

    return of


def raised(host: str, connections: int) -> str:
    return f'[limits.hosts."{host}"]\nconnections = {connections}\n'


@pytest.mark.parametrize(
    ("realtime", "limits", "replicas", "host"),
    [
        ("connections_per_user = 50", "", "", "rt.test"),
        ("connections_per_user = 15", "", "", "rt.test"),
        ("connections_per_user = 50", raised("rt.test", 51), "", "rt.test"),
        ("connections_per_user = 50", "[limits.default]\nconnections = 8", "", "rt.test"),
        ("connections_per_user = 50", raised("rt.test", 99), REPLICAS, "10.0.0.9"),
        ("connections_per_user = 50", raised("10.0.0.9", 99), REPLICAS, "10.0.0.10"),
    ],
)
def test_more_sockets_than_connections_are_refused(refusal, realtime, limits, replicas, host):
    said = refusal(realtime, limits, replicas)
    needed = int(realtime.split()[-1]) + 2
    assert "mini.toml" in said
    assert "realtime.connections_per_user" in said
    assert f'limits.hosts."{host}".connections' in said
    assert f"{needed}" in said


@pytest.mark.parametrize(
    ("realtime", "limits", "replicas"),
    [
        ("", "", ""),
        ("connections_per_user = 14", "", ""),
        ("connections_per_user = 50", raised("rt.test", 52), ""),
        ("connections_per_user = 50", "[limits.default]\nconnections = 64", REPLICAS),
        ("connections_per_user = 50", raised("10.0.0.9", 52) + raised("10.0.0.10", 60), REPLICAS),
    ],
)
def test_sockets_that_there_is_room_for_are_accepted(refusal, realtime, limits, replicas):
    assert refusal(realtime, limits, replicas) == ""


def test_a_deployment_without_real_time_needs_no_room_for_it(tmp_path):
    path = tmp_path / "mini.toml"
    text = PROFILE.format(realtime="connections_per_user = 50", limits="", replicas="")
    absent = '[targets.realtime]\nabsent = "it has none"\n'
    begin = text.index("[targets.realtime]")
    path.write_text(text[:begin] + absent + text[text.index("[control]") :], encoding="utf-8")
    load_profile(path)
