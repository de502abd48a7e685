"""What must become of a message through a channel."""

from golive.core.duration import format_duration
from golive.people.observation import ReadMessages, SentMessage
from golive.people.profile_launch import ReadBack
from golive.rules.failure import fail


def expect_sent(message: SentMessage) -> None:
    """The channel's service takes the message."""
    if not message.sent:
        said = "; ".join(message.words[:3]) or "nothing was said"
        fail(
            f"marked message by {message.channel}",
            expected="to be taken",
            observed=f"it was not: {said}",
            where=", ".join(message.to),
        )


def expect_arrived(messages: ReadMessages, channel: str, declared: ReadBack) -> None:
    """The message can be read where people read it."""
    if not messages.found:
        others = f"{messages.messages} messages without it after {messages.seconds:.0f} s"
        fail(
            f"marked message by {channel}",
            expected=f"to be read back within {format_duration(declared.within)}",
            observed=messages.problem or others,
            where=messages.where,
        )
