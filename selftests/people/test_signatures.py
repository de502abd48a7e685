"""SSH signatures: what is genuine is accepted, and everything else is refused in its own words."""

from datetime import UTC, datetime, timedelta

import pytest

from golive.core.attestation import Flaw
from golive.people.signatures import SignatureRejectedError, SigningError, SshSignatures
from selftests.examples.signing_examples import mint, write_signers

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
ADA = "ada@mini.test"
SAID = b'{"statement": "I saw it"}\n'


@pytest.fixture(scope="module")
def signers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return folder, write_signers(folder)


@pytest.fixture
def signatures(signers):
    return SshSignatures(signers[0] / "allowed_signers")


def signed(signatures, signers, tmp_path, *, by=ADA, namespace="golive-attestation@mini", said=SAID):
    path = tmp_path / "record.json.sig"
    path.write_bytes(signatures.sign(said, namespace=namespace, key=signers[1][by]))
    return path


def authenticate(signatures, path, *, said=SAID, signer=ADA, namespace="golive-attestation@mini", now=NOW):
    return signatures.authenticate(said, path, namespace=namespace, signer=signer, now=now)


def refused(signatures, path, **changes):
    with pytest.raises(SignatureRejectedError) as caught:
        authenticate(signatures, path, **changes)
    return caught.value


def test_genuine_signature_is_accepted_with_the_fingerprint_of_its_key(signatures, signers, tmp_path):
    """The same person, the same bytes, the same purpose."""
    assert authenticate(signatures, signed(signatures, signers, tmp_path)).startswith("SHA256:")


def test_altered_record_is_refused(signatures, signers, tmp_path):
    """One byte that was not signed."""
    error = refused(signatures, signed(signatures, signers, tmp_path), said=SAID.replace(b"I", b"We"))
    assert error.flaw is Flaw.ALTERED
    assert "not what was signed" in error.reason


def test_stranger_is_refused(signatures, signers, tmp_path):
    """A good signature by a key that nobody allowed."""
    error = refused(signatures, signed(signatures, signers, tmp_path, by="stranger"))
    assert error.flaw is Flaw.FORGED
    assert "a key of nobody who may sign" in error.reason


def test_colleague_in_anothers_name_is_refused(signatures, signers, tmp_path):
    """A key that is allowed, and not of the person who is named."""
    error = refused(signatures, signed(signatures, signers, tmp_path, by="grace@mini.test"))
    assert error.flaw is Flaw.FORGED
    assert "in the name of ada@mini.test with the key of grace@mini.test" in error.reason


@pytest.mark.parametrize("namespace", ["golive-decision@mini", "golive-attestation@staging", "git"])
def test_signature_for_something_else_is_refused(signatures, signers, tmp_path, namespace):
    """One that was made for another kind of record, another environment, a commit."""
    error = refused(signatures, signed(signatures, signers, tmp_path, namespace=namespace))
    assert error.flaw is Flaw.FORGED
    assert "made for something else" in error.reason


@pytest.mark.parametrize("content", [b"", b"junk\n", b"-----BEGIN SSH SIGNATURE-----\nAAAA\n"])
def test_what_is_no_signature_is_refused(signatures, tmp_path, content):
    """An empty file, or one that holds something else."""
    path = tmp_path / "record.json.sig"
    path.write_bytes(content)
    assert refused(signatures, path).flaw is Flaw.UNSIGNED


@pytest.mark.parametrize("second", [-1, 0])
def test_key_is_valid_before_its_end_only(signers, tmp_path, second):
    """Both sides of the second at which allowed_signers ends a key, in UTC whatever the machine's zone is."""
    key, public = mint(tmp_path, "ending")
    allowed = tmp_path / "allowed"
    allowed.write_text(f'{ADA} valid-before="20261128150000" {public}\n', encoding="utf-8")
    signatures = SshSignatures(allowed)
    path = tmp_path / "record.json.sig"
    path.write_bytes(signatures.sign(SAID, namespace="golive-attestation@mini", key=key))
    if second < 0:
        assert authenticate(signatures, path, now=NOW - timedelta(seconds=1))
    else:
        assert refused(signatures, path, now=NOW + timedelta(seconds=1)).flaw is Flaw.KEY_NOT_VALID


def test_key_that_was_taken_off_the_list_is_refused(signers, tmp_path, signatures):
    """Whoever left the team does not sign any more, and what they signed does not stand."""
    path = signed(signatures, signers, tmp_path)
    shorter = tmp_path / "allowed"
    lines = (signers[0] / "allowed_signers").read_text(encoding="utf-8").splitlines(keepends=True)
    shorter.write_text("".join(line for line in lines if not line.startswith(ADA)), encoding="utf-8")
    assert refused(SshSignatures(shorter), path).flaw is Flaw.FORGED


def test_key_for_other_environments_only_is_refused(tmp_path):
    """allowed_signers may bind a key to namespaces, and so to environments."""
    key, public = mint(tmp_path, "bound")
    allowed = tmp_path / "allowed"
    allowed.write_text(f'{ADA} namespaces="golive-*@staging" {public}\n', encoding="utf-8")
    path = tmp_path / "record.json.sig"
    path.write_bytes(SshSignatures(allowed).sign(SAID, namespace="golive-attestation@mini", key=key))
    assert refused(SshSignatures(allowed), path).flaw is Flaw.KEY_NOT_VALID


def test_without_a_list_nobody_may_sign(signers, tmp_path, signatures):
    """A missing file of allowed signers allows nobody, and accuses nobody."""
    path = signed(signatures, signers, tmp_path)
    error = refused(SshSignatures(tmp_path / "no-such-file"), path)
    assert error.flaw is Flaw.UNVERIFIED
    assert "nobody may sign here" in error.reason


def test_missing_ssh_keygen_is_said_with_what_to_install(signers, tmp_path, signatures):
    """Neither a stack trace nor a pass: it cannot be verified here, and why."""
    path = signed(signatures, signers, tmp_path)
    without = SshSignatures(signers[0] / "allowed_signers", program="no-such-ssh-keygen")
    error = refused(without, path)
    assert error.flaw is Flaw.UNVERIFIED
    assert not error.flaw.is_invalid
    assert "apt-get install openssh-client" in error.remedy
    with pytest.raises(SigningError, match="apt-get install openssh-client"):
        without.sign(SAID, namespace="x", key=signers[1][ADA])


def test_ssh_keygen_of_before_signatures_is_said_too(signers, tmp_path, signatures):
    """One that does not know -Y."""
    path = signed(signatures, signers, tmp_path)
    old = tmp_path / "old-ssh-keygen"
    old.write_text("#!/bin/sh\necho 'unknown option -- Y' >&2\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    assert (
        refused(SshSignatures(signers[0] / "allowed_signers", program=str(old)), path).flaw is Flaw.UNVERIFIED
    )


@pytest.mark.parametrize("content", [None, "not a key"])
def test_signing_without_a_key_is_an_error_in_words(signatures, tmp_path, content):
    """A key that is not there, or is none."""
    key = tmp_path / "key"
    if content is not None:
        key.write_text(content, encoding="utf-8")
        key.chmod(0o600)
    with pytest.raises(SigningError, match=r"there is no key|cannot sign with"):
        signatures.sign(SAID, namespace="x", key=key)


def allowing(folder, line):
    """A key and signatures by the one line of allowed signers that it stands in."""
    key, public = mint(folder, "timed")
    allowed = folder / "allowed"
    allowed.write_text(line.format(public=public) + "\n", encoding="utf-8")
    signatures = SshSignatures(allowed)
    path = folder / "record.json.sig"
    path.write_bytes(signatures.sign(SAID, namespace="golive-attestation@mini", key=key))
    return signatures, path


@pytest.mark.parametrize("start", ["20261201", "20261201Z", "202612010000", "20261201000000Z"])
@pytest.mark.parametrize("principal", [ADA, "*@mini.test", f"bo@mini.test,{ADA}"])
def test_key_that_is_not_valid_yet_is_no_forgery(tmp_path, principal, start):
    """A day that was mistyped accuses nobody; from when on the key is valid is said."""
    signatures, path = allowing(tmp_path, f'{principal} valid-after="{start}" {{public}}')
    error = refused(signatures, path)
    assert error.flaw is Flaw.KEY_NOT_VALID
    assert "not valid yet" in error.reason
    assert "2026-12-01 00:00Z" in error.reason
    assert "who put it there" not in error.remedy
    assert authenticate(signatures, path, now=datetime(2026, 12, 2, tzinfo=UTC))


def test_key_that_ended_is_no_forgery(tmp_path):
    """Until when it was valid is said, whatever words this OpenSSH has."""
    signatures, path = allowing(tmp_path, f'{ADA} valid-after="20261001",valid-before="20261101" {{public}}')
    error = refused(signatures, path)
    assert error.flaw is Flaw.KEY_NOT_VALID
    assert "not valid any more" in error.reason
    assert "2026-11-01 00:00Z" in error.reason


def test_key_for_another_purpose_says_so(tmp_path):
    """The person's own key, which allowed_signers binds to other namespaces."""
    signatures, path = allowing(tmp_path, f'{ADA} namespaces="golive-*@staging" {{public}}')
    error = refused(signatures, path)
    assert error.flaw is Flaw.KEY_NOT_VALID
    assert "golive-attestation@mini" in error.reason


@pytest.mark.parametrize("valid", ["", 'valid-after="20270101" ', 'valid-before="20260101" '])
def test_key_of_somebody_else_stays_a_forgery_whenever_it_is_valid(tmp_path, valid):
    """Whose it is, is said, and not that it is nobody's."""
    signatures, path = allowing(tmp_path, f"grace@mini.test {valid}{{public}}")
    error = refused(signatures, path)
    assert error.flaw is Flaw.FORGED
    assert "in the name of ada@mini.test with the key of grace@mini.test" in error.reason


def test_unknown_key_may_be_a_new_one(signers, tmp_path, signatures):
    """A new machine is likelier than a forger: the remedy names both."""
    remedy = refused(signatures, signed(signatures, signers, tmp_path, by="stranger")).remedy
    assert "if it is theirs" in remedy
    assert "who put it there" in remedy
