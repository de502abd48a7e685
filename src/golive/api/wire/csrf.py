"""What a request must show beside its cookie, where the deployment asks for it: a value that only its own
scripts can read."""

from collections.abc import Mapping

from golive.api.wire.serialization import Csrf
from golive.core.outcome import Blind
from golive.net.http import HttpProbe
from golive.profile.secrets import Secret

Cookies = Mapping[str, Secret | str]
_SAFE = ("GET", "HEAD", "OPTIONS")


async def with_csrf(
    http: HttpProbe, csrf: Csrf | None, method: str, cookies: Cookies
) -> tuple[Cookies, Mapping[str, Secret | str]]:
    """Return the cookies and headers of a request by ``method``, with a fresh value if it needs one.

    Args:
        http: asks for the value, as whoever ``cookies`` are of.
        csrf: where it is got; None where nothing is asked.
        method: of the request.
        cookies: that the request is sent with.

    Raises:
        Blind: no value is handed out, so that every request would be refused.
    """
    if csrf is None or method in _SAFE:
        return cookies, {}
    answer = await http.get(csrf.url, cookies=dict(cookies))
    found = [one.value for one in answer.cookies() if one.name == csrf.cookie and one.is_handed_out]
    if not found:
        raise Blind(
            f"no cookie {csrf.cookie} is handed out, without which nothing may be changed — {answer.title}",
            remedy="correct wire.csrf: url, cookie and header as the deployment's own pages use them",
        )
    return {**cookies, csrf.cookie: found[-1]}, {csrf.header: found[-1]}
