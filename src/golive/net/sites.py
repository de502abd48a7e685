"""Which hosts are one site: what may be registered below a public suffix (publicsuffix.org)."""

from functools import cache
from typing import TYPE_CHECKING

from golive.net.address import is_ip

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@cache
def site_of(host: str) -> str:
    """Return the registrable domain that a host lies in; the host itself where it lies in none.

    Whoever runs `a.example.co.uk` runs `b.example.co.uk` too, and not `example2.co.uk`.
    """
    name = host.lower().rstrip(".")
    return name if is_ip(name) else _suffixes().privatesuffix(name) or name


@cache
def _suffixes() -> "PublicSuffixList":
    # Read when it is first wanted: the list has ten thousand entries.
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - as above

    return PublicSuffixList()
