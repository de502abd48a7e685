"""Errors that are answered with their words alone; imported when one is raised, by whoever raised it."""

from golive.cli.errors import UsageError
from golive.core.checklist import ChecklistError
from golive.people.profile import PeopleError
from golive.people.signatures import SigningError
from golive.profile.loading import ProfileError
from golive.profile.registry import SectionError
from golive.profile.secrets import MissingSecretError
from golive.profile.subjects import SubjectError
from golive.profile.waivers import WaiverError
from golive.report.events import CorruptRecordError
from golive.report.journal import JournalError

EXPLAINED = (
    ChecklistError,
    CorruptRecordError,
    JournalError,
    MissingSecretError,
    PeopleError,
    ProfileError,
    SectionError,
    SigningError,
    SubjectError,
    UsageError,
    WaiverError,
    OSError,
)
