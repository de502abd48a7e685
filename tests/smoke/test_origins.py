"""Pages of other origins: they read nothing, and change nothing."""

from urllib.parse import urlsplit

import pytest

from golive.api.rules_cookies import expect_cookie
from golive.api.rules_origins import expect_origin_allowed, expect_origin_not_allowed
from golive.net.incidents import controlled
from golive.rules.controls import expect_answered
from golive.rules.failure import fail
from golive.rules.http import expect_refusal, expect_status

pytestmark = [pytest.mark.checklist("step.smoke.auth", "post.critical"), pytest.mark.harm("people")]

FOREIGN = {
    "foreign": "https://golive.invalid",
    "null": "null",
    "prefix": "https://{host}.golive.invalid",
    "suffix": "https://golive-{host}",
    "plain-http": "http://{host}",
    "another-port": "https://{host}:8443",
}


def _origin(app):
    parts = urlsplit(app.url)
    return f"{parts.scheme}://{parts.netloc}"


def _foreign(case, app):
    return FOREIGN[case].format(host=urlsplit(app.url).hostname)


def _preflight(origin):
    return {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }


@pytest.fixture(scope="session")
async def own_origin(api, app, listener):
    """Whether the frontend's own origin is allowed."""
    origin = _origin(app)

    async def look(keep):
        answer = keep(await api.get(api.routes.profile, token=listener.token, headers={"origin": origin}))
        expect_answered(answer, route=f"routes.profile with Origin {origin}", who="its own user")
        expect_origin_allowed(answer, origin)
        preflight = keep(await api.request("OPTIONS", api.routes.sign_in, headers=_preflight(origin)))
        expect_answered(preflight, route=f"a preflight of {origin} at routes.sign_in", who="the frontend")
        expect_origin_allowed(preflight, origin)

    return await controlled("the frontend's own origin is allowed", look)


@pytest.fixture(scope="session")
async def own_sign_in(api, app, sign_in, right_password):
    """Whether the right password signs in from the frontend's own page."""

    async def look(keep):
        right_password.expect_held()
        body = sign_in.credentials(sign_in.account("newcomer").email, sign_in.password("newcomer"))
        headers = {"origin": _origin(app), "sec-fetch-site": "same-site"}
        answer = keep(await api.post(api.routes.sign_in, json=body, headers=headers))
        what = "routes.sign_in with a right password, from the frontend's own page"
        expect_answered(answer, route=what, who="its user")

    return await controlled("a right password signs in from the frontend's own page", look)


@pytest.fixture(scope="session")
def origin_let_in(own_origin):
    """What uses this rests on the own origin, which is allowed."""
    own_origin.expect_held()


@pytest.fixture(scope="session")
def page_let_in(own_sign_in):
    """What uses this rests on a right password that signs in from the own page."""
    own_sign_in.expect_held()


@pytest.mark.needs("cross_origin", "routes.profile", "routes.sign_in")
@pytest.mark.harm("unusable")
async def test_frontend_may_call_the_api(own_origin, evidence):
    """The frontend's own origin is allowed by exact name, with credentials, also in a preflight."""
    own_origin.judge(evidence)


@pytest.mark.needs("token_answer")
async def test_frontend_may_sign_in(own_sign_in, evidence):
    """A right password signs in from the frontend's own page."""
    own_sign_in.judge(evidence)


@pytest.mark.usefixtures("origin_let_in")
@pytest.mark.needs("routes.profile", "routes.sign_in")
@pytest.mark.parametrize("case", FOREIGN)
async def test_other_origin_reads_nothing(case, api, app, listener, evidence):
    """No answer, and no preflight, lets a page of another origin in, however much its name looks alike."""
    origin = _foreign(case, app)
    answer = await api.get(api.routes.profile, token=listener.token, headers={"origin": origin})
    expect_origin_not_allowed(evidence(answer), origin)
    preflight = await api.request("OPTIONS", api.routes.sign_in, headers=_preflight(origin))
    expect_origin_not_allowed(evidence(preflight), origin)


@pytest.mark.usefixtures("page_let_in")
@pytest.mark.needs("token_answer")
@pytest.mark.parametrize("case", FOREIGN)
async def test_other_origin_signs_nobody_in(case, api, app, sign_in, evidence):
    """A cross-site POST of a right password is refused: nobody is signed in to somebody else's account."""
    body = sign_in.credentials(sign_in.account("newcomer").email, sign_in.password("newcomer"))
    headers = {"origin": _foreign(case, app), "sec-fetch-site": "cross-site"}
    answer = evidence(await api.post(api.routes.sign_in, json=body, headers=headers))
    expect_refusal(answer, f"a sign-in from the page of {headers['origin']}", 400, 401, 403)
    if answer.cookies():
        fail("refused cross-site POST", expected="no cookie", observed="a cookie is set", where=answer.title)


@pytest.mark.write("session:identity provider")
@pytest.mark.needs("identity_approval")
@pytest.mark.usefixtures("code_let_in")
async def test_other_origin_cannot_use_the_cookie(identity, api, app, evidence):
    """A cross-site POST that carries the session's cookie changes nothing; the frontend's own does."""
    promised = identity.promised
    begun = await identity.begin()
    answer = await identity.call_back((await identity.approve(begun)).query, begun.browser)
    session = expect_cookie(evidence(answer), promised.session_cookie, same_site=promised.same_site).value
    cookies = {promised.session_cookie: session}
    for case in FOREIGN:
        headers = {"origin": _foreign(case, app)}
        answer = evidence(await api.post(promised.sign_out, cookies=cookies, headers=headers))
        expect_refusal(answer, f"a sign-out from the page of {headers['origin']}", 400, 401, 403)
        expect_status(evidence(await api.get(promised.user, cookies=cookies)), 200)
    own = {"origin": _origin(app)}
    expect_status(evidence(await api.post(promised.sign_out, cookies=cookies, headers=own)), 200, 204)
