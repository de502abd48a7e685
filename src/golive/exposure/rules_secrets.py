"""Password hashes, keys, and tokens that are not the asker's own. Few forms, each of them certain."""

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator, Mapping

from golive.exposure.observation import Kind
from golive.exposure.values import Value

_B64 = r"[./A-Za-z0-9]"
HASH = re.compile(
    rf"\$2[abxy]?\$\d\d\${_B64}{{20,100}}"  # bcrypt
    r"|\$argon2(?:id|i|d)\$v=\d+\$"
    r"|\$(?:scrypt|yescrypt|pbkdf2(?:[-_]sha\d+)?|bcrypt-sha256)\$\S{16,500}"
    r"|\bscrypt:\d+:\d+:\d+\$\S{16,500}|\bpbkdf2:sha\d+(?::\d+)?\$\S{16,500}"  # Werkzeug
    r"|\b(?:pbkdf2_sha(?:1|256|512)|bcrypt_sha256|bcrypt|argon2|scrypt)\$\S{16,500}"  # Django
    rf"|\$[56]\$(?:rounds=\d+\$)?{_B64}{{1,16}}\${_B64}{{43,86}}(?!\w)"  # SHA-crypt
    rf"|\$1\${_B64}{{1,8}}\${_B64}{{22}}(?!\w)|\$(?:y|7)\$\S{{20,}}|\$[PH]\${_B64}{{31}}(?!\w)"
    r"|\{(?:S?SHA(?:256|512)?|CRYPT|SMD5)\}[A-Za-z0-9+/=$.]{16,}"  # RFC 2307
)
_KEYS: Mapping[Kind, re.Pattern[str]] = {
    Kind.PRIVATE_KEY: re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    Kind.SECRET_KEY: re.compile(
        r"(?<![\w+/=-])(?:AKIA|ASIA)[A-Z2-7]{16}(?![\w+/=-])"
        r"|(?<!\w)[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|(?<!\w)whsec_[A-Za-z0-9+/=]{24,}"
        r"|(?<!\w)gh[pousr]_[A-Za-z0-9]{36,}|(?<!\w)github_pat_\w{40,}|(?<!\w)glpat-[\w-]{20,}"
        r"|(?<!\w)xox[abpr]-\d[\w-]{20,}|hooks\.slack\.com/services/T\w+/B\w+/\w{16,}"
        r"|(?<!\w)GOCSPX-[\w-]{20,}|(?<![\w.])ya29\.[\w-]{30,}|(?<![\w.])SG\.[\w-]{20,24}\.[\w-]{40,}"
        r"|(?<!\w)sk-(?:proj|ant|svcacct)-[\w-]{30,}|(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)"
    ),
    Kind.ADDRESS_WITH_PASSWORD: re.compile(
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@?#'\"]{0,200}:[^\s/@?#'\"*]{3,200}@[\w.\[-]", re.IGNORECASE
    ),
}
_SIGNS = re.compile(
    r"[$}]|pbkdf2|scrypt|-----BEGIN|AKIA|ASIA|[sr]k_|whsec_|gh[pousr]_|github_pat_|glpat-|xox|hooks\.slack"
    r"|GOCSPX|ya29|SG\.|sk-|npm_|://[^/\s]{1,400}@"
)
"""What has none of these shows neither key nor hash."""
_SIGNED_ADDRESS = re.compile(r"(?:X-Amz-Credential|AWSAccessKeyId|GoogleAccessId)=$", re.IGNORECASE)
_JWT = re.compile(r"(?<![\w.-])eyJ[\w-]{5,2000}\.(eyJ[\w-]{5,8000})\.[\w-]{1,2000}")
_IN_A_QUERY = re.compile(r"[?&;][\w.\[\]-]+=$")
_SUBJECTS = (
    "sub", "id", "uid", "user_id", "userId", "email", "preferred_username", "username", "upn",
)  # fmt: skip

_PASSWORDS = frozenset({
    "password", "passwd", "pwd", "passwordhash", "passhash", "pwhash", "pwdhash", "hashedpassword",
    "passwordhashed", "encryptedpassword", "passwordencrypted", "passworddigest", "passwordsalt",
})  # fmt: skip
_TOKEN_NAME = re.compile(r"(?:access|refresh|oauth2?|provider|bearer)tokens?$|^idtoken$")
_OWN_NAMES = frozenset({"accesstoken", "refreshtoken", "bearertoken", "idtoken"})
_AROUND_OWN = frozenset({
    "", "account", "attributes", "auth", "authentication", "body", "credentials", "data", "me", "payload",
    "response", "result", "session", "token", "tokens", "user",
})  # fmt: skip
"""Keys around a token by which it is still the application's own; below any other it is somebody else's."""
_SECRET_NAME = re.compile(
    r"(?:client|app|api|jwt|signing|encryption|shared|webhook|consumer|master)secret(?:key)?$"
    r"|^secretkey$|secretaccesskey$|privatekey$|signingkey$|encryptionkey$"
)
_SHORTEST = 12


def secrets_in(value: Value, owners: Collection[str], *, issues: bool) -> Iterator[tuple[Kind, str]]:
    """Yield what a text value shows that a client needs for nothing, each with the text that it is.

    Args:
        value: of an answer.
        owners: addresses and ids of the asker, in lower case; empty for nobody.
        issues: whether the answer is one that hands tokens out: then tokens in it are the asker's.
    """
    text = value.value
    if not isinstance(text, str) or len(text) < 4:
        return
    yield from keys_in(text)
    for found in _JWT.finditer(text):
        if _is_anothers(found, text, owners, issues=issues):
            yield Kind.TOKEN_OF_ANOTHER, found.group()
    if not _is_opaque(text):
        return
    name = _letters(value.name)
    if name in _PASSWORDS:
        yield Kind.PASSWORD if name == "password" and not HASH.search(text) else Kind.PASSWORD_HASH, text
    elif _TOKEN_NAME.search(name) and persons_of(claims_of(text)).isdisjoint(owners):
        around = {_letters(key) for key, _ in value.within}
        if name not in _OWN_NAMES or not around <= _AROUND_OWN:
            yield Kind.TOKEN_OF_THIRD_PARTY, text
        elif not issues:
            yield Kind.TOKEN, text
    elif _SECRET_NAME.search(name) and "_secret_" not in text:
        yield Kind.SECRET_KEY, text


def keys_in(text: str) -> Iterator[tuple[Kind, str]]:
    """Yield the keys and hashes that a text shows by their form alone."""
    if not _SIGNS.search(text):
        return
    for found in HASH.finditer(text):
        yield Kind.PASSWORD_HASH, found.group()
    for kind, pattern in _KEYS.items():
        for found in pattern.finditer(text):
            before = text[: found.start()].replace("%3D", "=")
            if "EXAMPLE" not in found.group() and not _SIGNED_ADDRESS.search(before):
                yield kind, found.group()


def claims_of(token: str) -> Mapping[str, object]:
    """Return what a JWT says, whoever signed it; empty where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        read = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def persons_of(claims: Mapping[str, object]) -> frozenset[str]:
    """Return ids and addresses that claims name a person by, in lower case."""
    return frozenset(str(claims[name]).lower() for name in _SUBJECTS if claims.get(name))


def _is_anothers(found: "re.Match[str]", text: str, owners: Collection[str], *, issues: bool) -> bool:
    claims = claims_of(found.group())
    named = persons_of(claims)
    if not named or not named.isdisjoint(owners):
        return False
    if _IN_A_QUERY.search(text[: found.start()]):
        # An address that is signed for whoever is given it: a picture, a preview, a download.
        return False
    # Where nothing is known of the asker, only an address tells that it is somebody else's.
    known = bool(owners) or any("@" in name for name in named)
    return known and not issues


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(".", "").lower()


def _is_opaque(text: str) -> bool:
    """Whether a text looks like no word, sentence, address or mask."""
    if len(text) < _SHORTEST or any(character.isspace() for character in text):
        return False
    if "://" in text or "*" in text or "•" in text or "…" in text or text[0] in "<[{":
        return False
    return len(set(text)) > 3 and (any(c.isdigit() for c in text) or len({c.isupper() for c in text}) == 2)
