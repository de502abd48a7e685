"""Nobody on call, somebody that nobody knows, and channels through which nothing gets."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from rehearsal.faults.base import PartnerFault

ON_CALL, CHANNELS = ("mon.on-call",), ("final.channels",)


class OnCallGap(PartnerFault):
    """This week's shift of the first line was taken out, and given to nobody."""

    name = "on-call.gap"
    expected_failures = ON_CALL
    proves = ("test_line_is_covered_without_a_gap",)

    def modify(self, parties: Any) -> None:
        today = datetime.now(UTC).date()
        parties.calendars.first.taken_out = [today - timedelta(days=today.weekday())]


class NoSecondLine(PartnerFault):
    """The second line's calendar has no shifts."""

    name = "on-call.no-second-line"
    expected_failures = ON_CALL
    proves = ("test_line_is_covered_without_a_gap",)

    def modify(self, parties: Any) -> None:
        parties.calendars.second.people = []


class CalendarCutOff(PartnerFault):
    """The first line's calendar ends in the middle of a shift."""

    name = "on-call.calendar-cut-off"
    expected_failures = ON_CALL
    proves = ("test_everybody_on_call_is_known",)

    def modify(self, parties: Any) -> None:
        whole = parties.calendars.text
        parties.calendars.text = lambda line: whole(line)[:300] if line == "first" else whole(line)


class StrangerOnCall(PartnerFault):
    """Somebody who left the company helps out at the launch."""

    name = "on-call.stranger"
    expected_failures = ON_CALL
    proves = ("test_everybody_on_call_is_known",)

    def modify(self, parties: Any) -> None:
        start = datetime.combine(datetime.now(UTC).date(), time(14), UTC)
        parties.calendars.first.helpers = [("Sid Former", "sid@audotics.test", start)]


class OneForBoth(PartnerFault):
    """One person is both lines."""

    name = "on-call.one-for-both"
    expected_failures = ON_CALL
    proves = ("test_second_line_is_somebody_else",)

    def modify(self, parties: Any) -> None:
        parties.calendars.second.people = list(parties.calendars.first.people)


class ChatSwallows(PartnerFault):
    """The chat says "ok" to messages and shows none of them."""

    name = "channels.chat-swallows"
    expected_failures = CHANNELS
    proves = ("test_marked_message_gets_through",)

    def modify(self, parties: Any) -> None:
        parties.chat.keep = lambda _text: None


class MailHeldBack(PartnerFault):
    """Mail is taken, and goes into quarantine."""

    name = "channels.mail-held-back"
    expected_failures = CHANNELS
    proves = ("test_marked_message_gets_through",)

    def modify(self, parties: Any) -> None:
        parties.mail.keep = lambda _envelope: None


class PagerKeyRevoked(PartnerFault):
    """The pager no longer knows the key."""

    name = "channels.pager-key-revoked"
    expected_failures = CHANNELS
    proves = ("test_marked_message_gets_through",)

    def modify(self, parties: Any) -> None:
        parties.pager.key = "another"


class StatusPageDown(PartnerFault):
    """The status page does not answer."""

    name = "channels.status-page-down"
    expected_failures = CHANNELS
    proves = ("test_status_page_answers",)

    def modify(self, parties: Any) -> None:
        parties.status_page.answers = False
