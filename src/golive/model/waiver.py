"""Waivers and attestations: what people take upon themselves."""

from datetime import datetime

from golive.model.record import Record


class Waiver(Record):
    """An accepted failure: it never makes a line green, and it always ends."""

    item: str
    reason: str
    owner: str
    ticket: str
    expires: datetime


class Attestation(Record):
    """A person's claim for an item, already found authentic, about one release in one environment."""

    item: str
    statement: str
    by: str
    environment: str
    release: str
    at: datetime
    expires: datetime
