"""What the browser waited for in vain, in words for people who never read Playwright's."""

import re

_TIMEOUT = re.compile(r"Timeout (\d+)ms exceeded")
_ROLE = re.compile(r'get_by_role\("(\w+)"(?:, name="([^"]*)")?(?:, exact=True)?\)')
_LABEL = re.compile(r'get_by_label\("([^"]*)"(?:, exact=True)?\)')
_TEXT = re.compile(r'\.filter\(has_text="([^"]*)"\)')
_NTH = re.compile(r"\.nth\((\d+)\)")
_SELECTOR = re.compile(r'locator\("([^"]*)"\)')


def waited_in_vain(message: str) -> str:
    """Return what happened, from an error of Playwright: its first line, and its call log's locator.

    A locator such as ``get_by_role("list", name="Members", exact=True).get_by_role("listitem").nth(1)``
    becomes ``listitem number 2 in the list “Members”``.
    """
    lines = [line.strip(" -") for line in message.strip().splitlines()] or [""]
    waiting = next((line for line in lines[1:] if line.startswith("waiting for")), "")
    found = _TIMEOUT.search(lines[0])
    if not found:
        return lines[0]
    after = f"nothing within {int(found[1]) / 1000:g} s"
    locator = waiting.removeprefix("waiting for").removesuffix("to be visible").strip()
    return f"{after}: no {_named(locator)} to be seen" if locator else after


def _named(locator: str) -> str:
    steps = []
    for step in re.split(r"\.(?=get_by|locator)", locator):
        words = _ROLE.sub(lambda at: f"{at[1]} “{at[2]}”" if at[2] else at[1], step)
        words = _LABEL.sub(r"field “\1”", words)
        words = _SELECTOR.sub(r"element \1", words)
        words = _TEXT.sub(lambda at: f" with “{at[1]}”" if at[1].strip() else " with words in it", words)
        words = _NTH.sub(lambda at: f" number {int(at[1]) + 1}", words)
        steps.append(words.replace(".first", ""))
    return " in the ".join(reversed(steps))


def carries_a_message(frame: str | bytes, url: str) -> bool:
    """Whether a frame that came by a WebSocket to ``url`` carried something.

    Engine.IO and Socket.IO (their protocols 4 and 5) open, ping, connect and refuse by frames of their own;
    events, answers and their binary kinds are messages. Of other protocols every frame is one.
    """
    if "EIO=" not in url or isinstance(frame, bytes):
        return True
    return frame[:1] == "4" and frame[1:2] in ("2", "3", "5", "6")
