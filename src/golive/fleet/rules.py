"""What a server's clock and resources must be like."""

from collections.abc import Sequence
from datetime import timedelta

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.fleet.observation import ServerMetrics
from golive.fleet.profile import UsedAtMost
from golive.net.clock import ClockObservation
from golive.net.masking import masked_text
from golive.rules.failure import at_least_one, fail


def expect_clock(observations: ClockObservation | Sequence[ClockObservation], *, within: timedelta) -> None:
    """Every clock is as near to ours as ``within``, as far as its measurement can tell.

    A clock fails only where no offset that the measurement leaves open is near enough: a slow answer is no
    wrong clock. One that leaves more open than ``within`` on either side says too little to pass.

    Raises:
        Blind: a measurement says too little.
    """
    several = at_least_one(observations, "clock")
    limit = within.total_seconds()
    for seen in several:
        if seen.earliest > limit or seen.latest < -limit:
            nearest = seen.earliest if seen.earliest > 0 else seen.latest
            observed = f"{nearest:+.1f} s at least"
            wanted = f"within {format_duration(within)} of this machine's"
            fail(f"clock of {seen.server}", expected=wanted, observed=observed, where=seen.title)
    for seen in several:
        if (seen.latest - seen.earliest) / 2 > limit:
            raise Blind(
                f"the clock of {seen.server} was read no better than to"
                f" ± {(seen.latest - seen.earliest) / 2:.1f} s",
                remedy="run from nearer to the servers, or raise fleet.clock_skew in the profile",
            )


def expect_headroom(first: ServerMetrics, second: ServerMetrics, most: UsedAtMost) -> dict[str, float]:
    """Processor, memory and every disk of a server are used less than their bounds.

    Args:
        first: one look.
        second: a later one; the processor is judged by what happened in between.
        most: the highest shares that are fine.

    Returns:
        Resource to the share that is used, for evidence.

    Raises:
        AssertionError: a share is too high, or the server does not say it.
    """
    used = {
        "cpu": _cpu(first, second),
        "memory": _memory(second),
        **{f"disk {masked_text(mount, longest=60)}": 1 - left / size for mount, size, left in second.disks},
    }
    if not second.disks:
        fail(f"disks of {second.server}", expected="size and what is left", observed="none named",
              where=second.title)  # fmt: skip
    for resource, share in used.items():
        bound = getattr(most, resource.partition(" ")[0])
        if not share <= bound:
            what = f"{resource} of {second.server}"
            fail(what, expected=f"≤ {bound:.0%} used", observed=f"{share:.0%}", where=second.title)
    return used


def _cpu(first: ServerMetrics, second: ServerMetrics) -> float:
    values = (first.cpu_seconds, first.cpu_unused_seconds, second.cpu_seconds, second.cpu_unused_seconds)
    total_before, unused_before, total, unused = values
    if total_before is None or unused_before is None or total is None or unused is None:
        what = f"cpu of {second.server}"
        fail(what, expected="processor time by mode", observed="none named", where=second.title)
    passed, idle = total - total_before, unused - unused_before
    if passed <= 0 or idle < 0:
        what = f"cpu of {second.server}"
        fail(what, expected="counters that grow", observed="they stand or went back: was it restarted?",
              where=second.title)  # fmt: skip
    return 1 - idle / passed


def _memory(seen: ServerMetrics) -> float:
    if not seen.memory_total or seen.memory_available is None:
        what = f"memory of {seen.server}"
        fail(what, expected="total and available bytes", observed="not named", where=seen.title)
    return 1 - seen.memory_available / seen.memory_total
