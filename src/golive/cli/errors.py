"""Errors that are answered with their words alone."""

from golive.environment.loading import ProfileError
from golive.environment.people import PeopleError
from golive.environment.secrets import MissingSecretError
from golive.environment.signatures import SigningError
from golive.environment.waivers import WaiverError
from golive.model.checklist import ChecklistError
from golive.report.events import CorruptRecordError
from golive.report.journal import JournalError


class UsageError(ValueError):
    """The command cannot be done as it was given; the message says how it can."""


EXPLAINED = (
    ChecklistError,
    CorruptRecordError,
    JournalError,
    MissingSecretError,
    PeopleError,
    ProfileError,
    SigningError,
    UsageError,
    WaiverError,
    OSError,
)
