"""What a cookie that stands for a person must be (RFC 6265, RFC 6265bis)."""

from collections.abc import Collection

from golive.net.http_observation import HttpObservation
from golive.net.set_cookie import SetCookie
from golive.rules.failure import fail


def expect_cookie(
    observation: HttpObservation, name: str, *, same_site: Collection[str], ends: bool = True
) -> SetCookie:
    """The answer sets the cookie once: HttpOnly, Secure, with SameSite, for this host alone, with an end.

    Args:
        observation: the answer.
        name: the cookie's.
        same_site: values, in lower case, that are fine.
        ends: demand an end (Max-Age or Expires).
    """
    where = observation.title
    what = f"cookie {name}"
    found = [cookie for cookie in observation.cookies() if cookie.name == name]
    if len(found) != 1 or not found[0].value.reveal():
        fail(what, expected="set once, with a value", observed=f"{len(found)} of it", where=where)
    cookie = found[0]
    for flag, why in (("httponly", "scripts can read it"), ("secure", "it travels over plain HTTP too")):
        if not cookie.has(flag):
            fail(what, expected=flag, observed=f"not there: {why}", where=where)
    site = (cookie.attribute("samesite") or "").lower()
    if site not in same_site:
        wanted = f"SameSite {' or '.join(sorted(same_site)) or 'to be named'}"
        fail(what, expected=wanted, observed=site or "none", where=where)
    if cookie.attribute("domain"):
        fail(what, expected="this host alone", observed="Domain: every host below gets it", where=where)
    if not (cookie.attribute("path") or "").startswith("/"):
        fail(what, expected="a path", observed="none", where=where)
    if ends and not (cookie.attribute("max-age") or cookie.attribute("expires")):
        fail(what, expected="an end", observed="neither Max-Age nor Expires", where=where)
    return cookie


def expect_no_cookie(observation: HttpObservation, name: str) -> None:
    """The answer does not hand out the cookie; taking it away is fine."""
    given = [cookie for cookie in observation.cookies() if cookie.name == name and cookie.is_handed_out]
    if given:
        fail(f"cookie {name}", expected="none", observed="one is handed out", where=observation.title)
