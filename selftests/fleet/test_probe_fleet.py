"""Ports, clocks and metrics, as the probes see them."""

import asyncio
import socket
import time
from datetime import timedelta

import pytest

from golive.fleet.probe_ports import PortProbe
from golive.fleet.profile import Series
from golive.fleet.server_metrics import SERIES_AT_MOST, read_metrics
from golive.net.address import Address
from golive.net.clock import clock_by_date, clock_by_metric
from golive.net.errors import ProtocolError, Refused
from golive.net.guard import Guard
from golive.profile.profile import Allow
from rehearsal.lab.serving import serving
from selftests.examples.probe_loopback import answering
from selftests.examples.rules_examples import NOW, answer


def _anywhere(_host: str, _port: int) -> None:
    """The tests' servers take free ports."""


PAGE = b"""# HELP node_cpu_seconds_total Seconds.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 50
node_cpu_seconds_total{cpu="0",mode="iowait"} 5
node_cpu_seconds_total{cpu="0",mode="user"} 45
node_cpu_seconds_total{cpu="1",mode="idle"} 100
node_memory_MemTotal_bytes 1.6e+10
node_memory_MemAvailable_bytes 4e+09
node_filesystem_size_bytes{device="/dev/vda",fstype="ext4",mountpoint="/"} 1e+11
node_filesystem_avail_bytes{device="/dev/vda",fstype="ext4",mountpoint="/"} 4e+10
node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 1e+06
node_filesystem_avail_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 0
node_filesystem_size_bytes{device="/dev/vdb",fstype="ext4",mountpoint="/lost"} 1e+11
node_time_seconds 1.7e+09
"""


def test_an_open_and_a_closed_port_are_told_apart():
    """By a connection that is taken, and one that is refused."""

    async def look():
        probe = PortProbe(_anywhere, deadline=0.5, at_once=2)
        async with serving(answering()) as number:
            opened = await probe.observe("edge", "https", Address("127.0.0.1", number))
        closed = await probe.observe("edge", "https", Address("127.0.0.1", number))
        return opened, closed

    opened, closed = asyncio.run(look())
    assert (opened.state, closed.state, opened.family) == ("open", "refused", "ipv4")
    assert opened.title.startswith("edge https [127.0.0.1:")


def test_a_port_that_never_answers_is_silent():
    """A listener whose queue is full takes nobody, and refuses nobody either."""

    async def look(number):
        probe = PortProbe(_anywhere, deadline=0.2, at_once=2)
        return await probe.observe("edge", "https", Address("127.0.0.1", number))

    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    with full, socket.create_connection(full.getsockname()):
        assert asyncio.run(look(full.getsockname()[1])).state == "silent"


@pytest.mark.parametrize(("listens", "state"), [(True, "open"), (False, "refused")])
def test_a_busy_process_does_not_take_its_own_lateness_for_silence(listens, state):
    """What the system knew in time counts, even if this process is told only after the deadline."""

    async def look(number):
        loop = asyncio.get_running_loop()
        probe = PortProbe(_anywhere, deadline=0.05, at_once=2)
        looking = asyncio.create_task(probe.observe("edge", "https", Address("127.0.0.1", number)))
        # After the attempt began, and until its deadline is over.
        loop.call_soon(time.sleep, 0.1)
        return await looking

    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        if not listens:
            server.close()
        assert asyncio.run(look(number)).state == state


def test_an_address_that_is_not_ours_is_never_dialled():
    """Whatever asks for it."""
    guard = Guard(Allow(hosts={}), ours=[("192.0.2.1", 22), ("127.0.0.1", 443)])
    probe = PortProbe(guard.permit_connection, deadline=0.5, at_once=2)
    for stranger in (Address("127.0.0.1", 22), Address("192.0.2.2", 22)):
        with pytest.raises(Refused, match="not allowed"):
            asyncio.run(probe.observe("stranger", "ssh", stranger))


def test_metrics_of_node_exporter_are_read():
    """All processors together; disks that are none, or whose rest is unknown, are left out."""
    seen = read_metrics("api-1", answer(PAGE), Series())
    assert (seen.cpu_seconds, seen.cpu_unused_seconds) == (200.0, 155.0)
    assert (seen.memory_total, seen.memory_available) == (1.6e10, 4e9)
    assert seen.disks == (("/", 1e11, 4e10),)
    assert seen.clock == 1.7e9


def test_what_is_not_said_is_none_and_nan_is_not_said():
    """An empty page is a page about nothing."""
    seen = read_metrics("api-1", answer(b"node_memory_MemTotal_bytes NaN\nup 1\n"), Series())
    assert (seen.cpu_seconds, seen.memory_total, seen.disks, seen.clock) == (None, None, (), None)


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (b"<html>sign in</html>", 200),
        (b'node_cpu_seconds_total{mode="idle" 1\n', 200),
        (b"node_time_seconds many\n", 200),
        (PAGE, 503),
        (b"up 1\n" * (SERIES_AT_MOST + 1), 200),
    ],
)
def test_what_is_no_metrics_is_a_protocol_error(page, status):
    """Never an empty observation."""
    with pytest.raises(ProtocolError):
        read_metrics("api-1", answer(page, status=status), Series())


def test_a_clock_lies_between_what_the_round_trip_leaves_open():
    """A Date has whole seconds; a metric is exact."""
    later = NOW + timedelta(seconds=0.5)
    date = NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")
    seen = clock_by_date("api-1", answer(headers=(("date", date),)), NOW, later)
    assert (seen.earliest, seen.latest) == (-0.5, 2.0)
    seen = clock_by_metric("api-1", NOW.timestamp() + 3, "metrics", NOW, later)
    assert (seen.earliest, seen.latest) == (2.5, 3.0)


@pytest.mark.parametrize("headers", [(), (("date", "yesterday"),), (("date", ""),)])
def test_no_date_is_a_protocol_error(headers):
    """And no clock."""
    with pytest.raises(ProtocolError, match="Date"):
        clock_by_date("api-1", answer(headers=headers), NOW, NOW)
