"""What credentials must be, and where they must not be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote_to_bytes

from golive.configuration.key_formats import key_formats_in, name_of_test_key
from golive.configuration.observation import CredentialObservation, FrontendObservation, Served
from golive.configuration.profile_credentials import Credential
from golive.core.outcome import Blind
from golive.net.masking import masked_url
from golive.profile.redaction import encodings
from golive.profile.secrets import Secret
from golive.rules.failure import fail
from golive.rules.findings import Finding, Findings

SHORTEST_SEARCHED = 8
"""Characters: shorter values occur by chance, and are found to be weak elsewhere."""


def judge_acceptance(observations: Sequence[CredentialObservation]) -> Findings:
    """Every credential was accepted by its service."""
    refused = [seen for seen in observations if not seen.accepted]
    return Findings(
        "every credential is accepted",
        len(observations),
        tuple(
            Finding(f"credential {seen.name}", "to be accepted", f"refused: {seen.said}", seen.call)
            for seen in refused
        ),
    )


def judge_test_keys(values: Mapping[str, Secret], credentials: Mapping[str, Credential]) -> Findings:
    """No value has the format of a test or sandbox key, whether known or declared.

    Args:
        values: name, as the profile refers to it, to the value.
        credentials: the profile's, by name.
    """
    found = []
    for name, secret in values.items():
        known = name_of_test_key(secret.reveal())
        if known is not None:
            found.append(Finding(name, "a key for production", f"a {known}", "its format"))
    for credential, declared in credentials.items():
        for reference in declared.references():
            value = values[reference].reveal() if reference in values else ""
            if any(re.match(pattern, value) for pattern in declared.test_keys):
                where = f"credentials.{credential}.test_keys"
                found.append(Finding(reference, "a key for production", "one of tests or a sandbox", where))
    return Findings("no key of tests or sandboxes is in use", len(values), tuple(found))


def judge_served_texts(
    frontend: FrontendObservation, secrets: Mapping[str, Secret], *, public: Mapping[str, str]
) -> Findings:
    """Nothing that the frontend serves has a known secret in it, nor a key of a known format.

    Looked for are values as they are, percent-encoded (RFC 3986, 2.1), escaped, in hexadecimal, and in base64
    at every alignment.

    Args:
        frontend: what was read.
        secrets: by the names that messages call them.
        public: name of a key format that may be served, to the reason.
    """
    wanted = {
        name: (secret.reveal(), encodings(secret.reveal()))
        for name, secret in secrets.items()
        if len(secret.reveal()) >= SHORTEST_SEARCHED
    }
    found = [finding for served in frontend.texts for finding in _leaks(served, wanted)]
    for served in frontend.texts:
        for name, offset in key_formats_in(served.text):
            if name not in public:
                observed = f"one, at character {offset}: revoke it, and build without it"
                found.append(Finding(name, "none in what browsers get", observed, masked_url(served.url)))
    looked_at = len(frontend.texts) if wanted else 0
    return Findings("no secret in what the frontend serves", looked_at, tuple(found))


def _leaks(served: Served, wanted: Mapping[str, tuple[str, Mapping[str, str]]]) -> Iterator[Finding]:
    text = served.text
    decoded = unquote_to_bytes(text.replace("+", " ")) if "%" in text or "+" in text else b""
    for name, (value, forms) in wanted.items():
        how = next((word for form, word in forms.items() if form in text), None)
        if how is None and value.encode() in decoded:
            how = "percent-encoded"
        if how is not None:
            observed = f"it is there, {how}: rotate it, and build without it"
            yield Finding(f"secret {name}", "nowhere in what browsers get", observed, masked_url(served.url))


def expect_searched(frontend: FrontendObservation, *, scripts: int) -> None:
    """A whole frontend was searched: its page, at least so many scripts, and everything that they name.

    Raises:
        Blind: some of it could not be read.
    """
    if frontend.unread:
        raise Blind(
            f"{len(frontend.unread)} of what the frontend serves could not be searched: {frontend.unread[0]}",
            remedy="make the frontend serve everything that it names, then search again",
        )
    if frontend.scripts < scripts:
        fail(
            "frontend to search for secrets",
            expected=f"a page with at least {scripts} script{'s' if scripts > 1 else ''}",
            observed=f"{frontend.scripts} scripts in {len(frontend.texts)} texts",
            where=frontend.page,
        )
