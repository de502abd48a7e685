"""The hellos, keys and records of our own, held against the handshakes that RFC 8448 publishes."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from golive.tls.hello import KEY_SHARE, SUPPORTED_VERSIONS, TLS12, TLS13, Offer, client_hello, record
from golive.tls.hello_answer import AnswerReader, NotTls, cursor, extensions
from golive.tls.records import KeySchedule, Seal, Suite
from selftests.examples.rfc8448 import (
    APPLICATION_DATA,
    CERTIFICATE,
    CERTIFICATE_VERIFY,
    CLIENT_ALERT_RECORD,
    CLIENT_DATA_RECORD,
    CLIENT_FINISHED,
    CLIENT_HANDSHAKE_SECRET,
    CLIENT_HELLO,
    CLIENT_PRIVATE,
    ENCRYPTED_EXTENSIONS,
    HELLO_RETRY_REQUEST,
    SERVER_DATA_RECORD,
    SERVER_FINISHED,
    SERVER_FLIGHT_RECORD_STARTS,
    SERVER_HANDSHAKE_IV,
    SERVER_HANDSHAKE_KEY,
    SERVER_HANDSHAKE_SECRET,
    SERVER_HELLO,
    SERVER_PUBLIC,
    SHARED,
)

AES_128 = Suite("sha256", 16)
X25519 = 29
HELLOS = CLIENT_HELLO + SERVER_HELLO
FLIGHT = ENCRYPTED_EXTENSIONS + CERTIFICATE + CERTIFICATE_VERIFY + SERVER_FINISHED


def schedule() -> KeySchedule:
    return KeySchedule(AES_128, SHARED)


def test_the_published_keys_agree_on_the_published_secret() -> None:
    key = X25519PrivateKey.from_private_bytes(CLIENT_PRIVATE)
    assert key.exchange(X25519PublicKey.from_public_bytes(SERVER_PUBLIC)) == SHARED


def test_secrets_of_the_handshake_are_derived_as_published() -> None:
    assert schedule().handshake(HELLOS) == (CLIENT_HANDSHAKE_SECRET, SERVER_HANDSHAKE_SECRET)


def test_keys_are_expanded_as_published() -> None:
    assert AES_128.expand(SERVER_HANDSHAKE_SECRET, "key", b"", 16) == SERVER_HANDSHAKE_KEY
    assert AES_128.expand(SERVER_HANDSHAKE_SECRET, "iv", b"", 12) == SERVER_HANDSHAKE_IV


def test_both_sides_finish_as_published() -> None:
    up_to_verify = HELLOS + ENCRYPTED_EXTENSIONS + CERTIFICATE + CERTIFICATE_VERIFY
    assert AES_128.finished(SERVER_HANDSHAKE_SECRET, up_to_verify) == SERVER_FINISHED[4:]
    assert AES_128.finished(CLIENT_HANDSHAKE_SECRET, HELLOS + FLIGHT) == CLIENT_FINISHED[4:]


def test_the_servers_flight_is_sealed_as_published_and_opened_again() -> None:
    sealed = Seal.of_secret(AES_128, SERVER_HANDSHAKE_SECRET).close(22, FLIGHT)
    assert (len(sealed), sealed[: len(SERVER_FLIGHT_RECORD_STARTS)]) == (679, SERVER_FLIGHT_RECORD_STARTS)
    opened = Seal.of_secret(AES_128, SERVER_HANDSHAKE_SECRET).open(sealed[:5], sealed[5:])
    assert opened == (22, FLIGHT)


def test_records_of_the_client_are_sealed_as_published_in_their_order() -> None:
    ours, _ = schedule().application(HELLOS + FLIGHT)
    assert ours.close(23, APPLICATION_DATA) == CLIENT_DATA_RECORD
    assert ours.close(21, b"\x01\x00") == CLIENT_ALERT_RECORD


def test_a_record_of_the_server_is_opened_at_its_own_place_and_nowhere_else() -> None:
    _, theirs = schedule().application(HELLOS + FLIGHT)
    head, body = SERVER_DATA_RECORD[:5], SERVER_DATA_RECORD[5:]
    with pytest.raises(NotTls, match="does not decrypt"):
        theirs.open(head, body)
    assert theirs.open(head, body) == (23, APPLICATION_DATA)


@pytest.mark.parametrize("place", [0, 3, 5, 40, -1])
def test_a_record_with_one_bit_changed_is_not_opened(place: int) -> None:
    ours, _ = schedule().application(HELLOS + FLIGHT)
    changed = bytearray(CLIENT_DATA_RECORD)
    changed[place] ^= 1
    with pytest.raises(NotTls, match="does not decrypt"):
        ours.open(bytes(changed[:5]), bytes(changed[5:]))


def test_other_secrets_open_nothing() -> None:
    for shared, transcript in ((SHARED[::-1], HELLOS + FLIGHT), (SHARED, HELLOS), (SHARED, FLIGHT + HELLOS)):
        ours, _ = KeySchedule(AES_128, shared).application(transcript)
        with pytest.raises(NotTls):
            ours.open(CLIENT_DATA_RECORD[:5], CLIENT_DATA_RECORD[5:])


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_the_published_answer_is_read_in_pieces_of_any_size(step: int) -> None:
    reader = AnswerReader()
    data = record(SERVER_HELLO, TLS12, first=False)
    ended = [reader.feed(data[start : start + step]) for start in range(0, len(data), step)]
    answer = reader.answer
    assert ended == [False] * (len(ended) - 1) + [True]
    assert (answer.version, answer.cipher, answer.compression, answer.retry) == (TLS13, 0x1301, 0, False)
    assert answer.extensions[KEY_SHARE] == b"\x00\x1d\x00\x20" + SERVER_PUBLIC
    assert answer.handshake == SERVER_HELLO
    assert answer.alert is None


def test_a_published_request_for_another_key_share_is_told_from_an_acceptance() -> None:
    reader = AnswerReader()
    assert reader.feed(record(HELLO_RETRY_REQUEST, TLS12, first=False))
    assert (reader.answer.version, reader.answer.retry) == (TLS13, True)
    assert reader.answer.extensions[KEY_SHARE] == b"\x00\x17"


@pytest.mark.parametrize("end", range(5, len(SERVER_HELLO)))
def test_an_answer_that_ends_early_is_never_taken_for_a_whole_one(end: int) -> None:
    reader = AnswerReader()
    cut = SERVER_HELLO[:1] + (end - 4).to_bytes(3, "big") + SERVER_HELLO[4:end]
    # The published fields end before the extensions at 42 octets; without these, it is TLS 1.2.
    try:
        reader.feed(record(cut, TLS12, first=False))
    except NotTls:
        return
    assert reader.answer.version in (None, TLS12)


def fields(hello: bytes) -> tuple[int, bytes, set[int], bytes, dict[int, bytes]]:
    """Version, random, ciphers, compressions and extensions of a ClientHello (RFC 8446, 4.1.2)."""
    at = cursor(hello)
    assert (at.number(1), at.number(3)) == (1, len(hello) - 4)
    version, random = at.number(2), at.take(32)
    at.vector(1)
    suites = at.vector(2)
    ciphers = {int.from_bytes(suites[place : place + 2], "big") for place in range(0, len(suites), 2)}
    compressions, found = at.vector(1), extensions(at.vector(2))
    assert at.left == 0
    return version, random, ciphers, compressions, found


def test_a_hello_of_our_own_offers_what_the_published_one_does() -> None:
    published = fields(CLIENT_HELLO)
    _, random, ciphers, _, theirs = published
    groups = (29, 23, 24, 25)
    share = (X25519, theirs[KEY_SHARE][-32:])
    offer = Offer(TLS13, (0x1301, 0x1303, 0x1302), groups, (share,), server_name="server")
    ours = fields(client_hello(offer, random))
    assert ours[:4] == published[:4] == (TLS12, random, ciphers, b"\x00")
    server_name, psk_modes, renegotiation = 0, 45, 0xFF01
    for kind in (server_name, SUPPORTED_VERSIONS, KEY_SHARE, psk_modes, renegotiation):
        assert ours[4][kind] == theirs[kind]


def test_a_hello_travels_in_a_record_as_published() -> None:
    assert record(CLIENT_HELLO, TLS13) == bytes.fromhex("16030100c4") + CLIENT_HELLO
    assert record(SERVER_HELLO, TLS12, first=False) == bytes.fromhex("160303005a") + SERVER_HELLO
