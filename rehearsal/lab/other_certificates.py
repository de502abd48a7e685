"""Certificates as deployments have them, thought of before the rules were read: wrong and right forms."""

from __future__ import annotations

from datetime import timedelta

from rehearsal.lab.authority import intermediate, issue, root
from rehearsal.lab.certificate_hosts import CertificateHost

DAY = timedelta(days=1)
ROOT = root()
MIDDLE = intermediate(ROOT)


def _hosts(*ages: tuple[timedelta, timedelta]) -> CertificateHost:
    """A host whose addresses have certificates of that lifetime and age, each with a key of its own."""
    leaves = [issue("Lab leaf", MIDDLE, starts=-age, lifetime=lifetime) for lifetime, age in ages]
    return CertificateHost(ROOT, leaves[0], (MIDDLE,), second_address=leaves[1] if leaves[1:] else None)


HOURS = timedelta(hours=160)

WRONG: dict[str, dict[str, CertificateHost]] = {
    "T25": {
        "a long one at its end": _hosts((200 * DAY, 190 * DAY)),
        "one of 47 days": _hosts((47 * DAY, 37 * DAY)),
        "one of 160 hours": _hosts((HOURS, HOURS - DAY)),
        "the second address alone": _hosts((90 * DAY, DAY), (90 * DAY, 84 * DAY)),
    },
    "T26": {
        "of 47 days": _hosts((47 * DAY, DAY), (47 * DAY, 40 * DAY)),
        "the first address": _hosts((90 * DAY, 80 * DAY), (90 * DAY, DAY)),
        "of another lifetime": _hosts((47 * DAY, DAY), (199 * DAY, 185 * DAY)),
    },
}
"""Case to what has it."""

RIGHT: dict[str, dict[str, CertificateHost]] = {
    "T25": {
        "before its renewal": _hosts((90 * DAY, 58 * DAY)),
        "one of 47 days": _hosts((47 * DAY, 30 * DAY)),
        "one of 160 hours": _hosts((HOURS, timedelta(hours=100))),
        "a long one": _hosts((200 * DAY, 160 * DAY)),
    },
    "T26": {
        "each node its own": _hosts((90 * DAY, DAY), (90 * DAY, 55 * DAY)),
        "of 160 hours": _hosts((HOURS, DAY), (HOURS, 3 * DAY)),
        "another lifetime": _hosts((47 * DAY, DAY), (90 * DAY, 50 * DAY)),
    },
}
"""Case to what does not have it, though it looks unusual."""
