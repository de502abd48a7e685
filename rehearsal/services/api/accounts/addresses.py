"""E-mail addresses in the one form that an account is known by."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 254
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


def normal_address(text: str) -> str:
    """One form for what is written in capitals, full width or with blanks around it. Raises ValueError.

    Letters of other scripts that look like Latin ones are no form of these: before the `@` only ASCII is
    accepted, so that nobody registers an address that reads like another's. Domains become ASCII (IDNA).
    """
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    local, at, domain = folded.partition("@")
    address = local + at + (domain if domain.isascii() else domain.encode("idna").decode())
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
        raise ValueError("not an e-mail address")
    return address
