"""What a profile says of people who use the API at the same time, of what ends, and of what they write."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration
from golive.profile.registry import Section, extend, section

Kind = Literal["accents", "emoji", "quotes", "markup"]


class Isolation(Frozen):
    """How people are kept apart, and how much is asked to see it."""

    rounds: int = Field(default=4, ge=1, le=20)
    """Rounds in which all test accounts ask at the same moment, at each place."""
    at_once: int = Field(default=2, ge=1, le=10)
    """Requests of each account for each route in one round."""
    ended_within: Duration = timedelta(seconds=2)
    """How long after leaving, signing out or deletion a replica or an open socket may not have noticed."""
    settled_within: Duration = timedelta(seconds=2)
    """How long after the last acknowledged change every replica shows it."""
    writes_at_once: int = Field(default=8, ge=2, le=50)
    """Changes that each of two people makes at the same moment."""
    code_bits: int = Field(default=40, ge=20, le=256)
    """How much of a code or id that opens something must be chance, in bits; 8 letters of 32 have 40."""
    codes: int = Field(default=8, ge=6, le=50)
    """How many of these are made, to see whether they can be counted up."""
    may_refuse: tuple[Kind, ...] = ("emoji", "markup")
    """Kinds of text that names may be refused for, everywhere and in words; others must be kept."""


class IsolationFeatures(Frozen):
    """Abilities that a deployment may do without."""

    any_case: Absent | None = None
    """An address signs in whether it is typed in capitals or not."""


ISOLATION: Section[Isolation] = section("isolation", Isolation, Isolation())
extend("features", IsolationFeatures)
