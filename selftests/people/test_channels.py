"""Messages through channels: sent by Apprise in a process that is let nowhere else, and read back."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from golive.core.outcome import Blind
from golive.net.errors import DeadlineExceeded, Refused
from golive.net.http import HttpProbe
from golive.people import sending as notifying_child
from golive.people.observation import ReadMessages, SentMessage
from golive.people.probe_channels import Notifier, read_messages
from golive.people.profile_launch import Channel, ReadBack
from golive.people.rules_channels import expect_arrived, expect_sent
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret
from rehearsal.lab.serving import serving, silent
from selftests.examples.probe_loopback import access_to, answering, pki
from selftests.examples.rules_examples import answer

HOOK = "0123456789abcdef-hook"
READ_BACK = {"absent": "not read back here"}


def send(
    handler,
    *,
    url: str = f"json://chat.example:8080/{HOOK}",
    to: tuple[str, ...] = ("chat.example:8080",),
    hosts: tuple[str, ...] = ("chat.example",),
    within: str = "20 s",
    context=None,
    roots: Path | None = None,
) -> SentMessage:
    async def run() -> SentMessage:
        async with serving(handler, context) as port:
            addresses = dict.fromkeys(to, (f"127.0.0.1:{port}",))
            access = access_to(addresses, hosts=hosts, read_posts=frozenset({"/"}))
            notifier = Notifier(access, HttpProbe(access), Redactor([Secret(HOOK)]), roots)
            channel = Channel(url="chat", to=to, read_back=READ_BACK, within=within)
            return await notifier.send("chat", channel, Secret(url), title="t", body="golive-1")

    return asyncio.run(run())


class Keeping:
    """Answers well, and keeps the first request's body."""

    def __init__(self) -> None:
        self.body = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        self.body = await reader.readexactly(int(length.partition(b":")[2]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()


def test_a_message_gets_to_the_address_that_the_name_stands_for():
    """The name of the channel's host is looked up by nobody but the suite; its certificate is verified."""
    kept = Keeping()
    sent = send(kept)
    expect_sent(sent)
    assert json.loads(kept.body)["message"] == "golive-1"
    assert (sent.service, sent.to) == ("JSON", ("chat.example:8080",))


def test_certificates_are_verified_by_the_profiles_roots(tmp_path):
    """One of another host is not accepted, and nothing is sent."""
    made = pki(tmp_path)
    kept = Keeping()
    url = f"jsons://chat.example:8443/{HOOK}"
    wrong = send(kept, url=url, to=("chat.example:8443",), context=made.context(), roots=made.roots)
    assert (wrong.sent, kept.body) == (False, b"")
    right = made.context("chat.example")
    expect_sent(send(kept, url=url, to=("chat.example:8443",), context=right, roots=made.roots))


@pytest.mark.parametrize("url", ["json://elsewhere.example:8080/", "json://127.0.0.1:9/"])
def test_a_message_gets_nowhere_else(url):
    """Whatever the Apprise URL says: another host, an address."""
    kept = Keeping()
    sent = send(kept, url=url)
    assert (sent.sent, kept.body) == (False, b"")
    with pytest.raises(AssertionError, match="marked message by chat: expected to be taken"):
        expect_sent(sent)


def test_a_host_that_the_profile_does_not_allow_is_refused_before_anything_is_sent():
    """As by every other client."""
    with pytest.raises(Refused, match="the host is not allowed"):
        send(answering(), hosts=("another.example",))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("jsons://chat.example/?verify=no", "turns the verification of certificates off"),
        ("nonsense://chat.example", "it is no Apprise URL"),
        ("", "it is no Apprise URL"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_tried(url, words):
    """Certificates left unverified, a service that nobody knows, nothing."""
    result = notifying_child.send({"url": url, "title": "t", "body": "b"}, notifying_child.Words())
    assert not result["sent"]
    assert words in result["words"][0]


def test_a_refusal_is_said_and_carries_no_secret():
    """What Apprise says is scrubbed."""
    sent = send(answering(b"no", status="403 Forbidden"))
    assert any("403" in words for words in sent.words)
    assert HOOK not in str(sent.facts())
    with pytest.raises(AssertionError, match=r"it was not: .*403"):
        expect_sent(sent)


def test_a_channel_that_hangs_is_given_up():
    """At its own deadline: the process is ended."""
    with pytest.raises(DeadlineExceeded, match="not taken within 1 s"):
        send(silent, within="1 s")


def python_after(monkeypatch, folder: Path, commands: str) -> None:
    """Let a shell run ``commands`` in the place of Python, which it may start as "$0" "$@" itself."""
    script = folder / "python"
    start = f'exec "{sys.executable}" "$@"'
    script.write_text(f"#!/bin/sh\n{commands.replace('PYTHON', start)}\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr("golive.people.probe_channels.sys.executable", str(script))


def test_the_start_of_the_sending_process_is_none_of_the_channels_time(monkeypatch, tmp_path):
    """Where a machine is busy, Python and Apprise load for longer than a channel may take to answer."""
    python_after(monkeypatch, tmp_path, "sleep 6\nPYTHON")
    sent = send(Keeping(), within="5 s")
    expect_sent(sent)
    assert sent.seconds < 5


def test_what_libraries_print_is_no_answer(monkeypatch, tmp_path):
    """Standard output is the way to the suite; a banner on it comes from nobody that was asked."""
    noisy = tmp_path / "apprise.py"
    noisy.write_text(
        "print('welcome')\n"
        "class Channel:\n"
        "    verify_certificate, service_name = True, 'Noisy'\n"
        "    def notify(self, **_):\n        print('sending')\n        return True\n"
        "class Apprise(list):\n"
        "    def add(self, url):\n        self.append(Channel())\n        return True\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    sent = send(Keeping())
    assert (sent.sent, sent.service) == (True, "Noisy")


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ("exit 3", "ended with code 3"),
        ("kill -9 $$", "ended with code -9"),
        ("echo ready; exit 0", "ended with code 0"),
        ("echo ready; kill -9 $$", "ended with code -9"),
        ("echo nonsense", "ended with code 0"),
        ("exec sleep 60", "was not ready within 0.5 s"),
    ],
)
def test_a_sending_process_that_breaks_is_blind(monkeypatch, tmp_path, commands, words):
    """It is the suite's own: nothing was seen of the channel."""
    monkeypatch.setattr("golive.people.probe_channels._START_AT_MOST", 0.5 if "sleep" in commands else 60.0)
    python_after(monkeypatch, tmp_path, commands)
    with pytest.raises(Blind, match=words):
        send(Keeping())


@pytest.mark.parametrize(
    ("body", "messages", "found"),
    [
        ({"posts": {"a": {"message": "for golive-1"}, "b": {}}}, 2, True),
        ({"posts": [{"text": "another"}, "golive-1"]}, 2, True),
        ({"posts": [{"text": "another"}], "query": "golive-1"}, 1, False),
        ({"posts": []}, 0, False),
    ],
)
def test_a_message_is_looked_for_among_the_messages_alone(body, messages, found):
    """An answer that echoes the question is no delivery."""
    seen = read_messages(answer(body), "posts", "golive-1")
    assert (seen.messages, seen.found, seen.problem) == (messages, found, "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(status=401), "status 401"),
        (answer(b"<golive-1>"), "the body is not JSON"),
        (answer({"ok": False, "error": "golive-1"}), "no messages at 'posts'"),
        (answer(["golive-1"]), "no messages at 'posts'"),
        (answer({"posts": "golive-1"}), "no messages at 'posts'"),
    ],
)
def test_an_answer_without_messages_is_a_problem_in_words(said, words):
    """And no arrival, whatever else stands in it."""
    seen = read_messages(said, "posts", "golive-1")
    assert (words in seen.problem, seen.found) == (True, False)
    with pytest.raises(AssertionError, match="marked message by chat: expected to be read back within 20 s"):
        expect_arrived(seen, "chat", ReadBack(url="https://chat.example", messages="posts"))


def test_messages_are_read_until_the_limit():
    """A message may take a while."""

    async def read() -> ReadMessages:
        async with serving(answering(b'{"posts": []}')) as port:
            access = access_to({}, hosts=("127.0.0.1",))
            notifier = Notifier(access, HttpProbe(access), Redactor(), None)
            declared = ReadBack(url=f"http://127.0.0.1:{port}/{{marker}}", messages="posts", within="200 ms")
            return await notifier.read_back(declared, Secret("token-0123456789"), "golive-1")

    seen = asyncio.run(read())
    assert (seen.found, seen.seconds >= 0.2) == (False, True)
