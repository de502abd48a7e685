"""One case for every public host, also for one that the profile says nothing of."""

from types import SimpleNamespace

import pytest

from golive.api import fixtures as api_fixtures
from golive.api.profile import Api
from golive.browser.profile import App
from golive.net import fixtures as net_fixtures
from golive.plugin.verification import SETTINGS
from golive.profile.base import Absent
from golive.profile.profile import profile_model
from golive.realtime.profile import Realtime

APP, API = App(url="https://app.test"), Api(url="https://api.test/v1", dependencies=("database",))
ABSENT = Absent(absent="assets come from the app host")
targets_of = profile_model().model_fields["targets"].annotation


def cases_of(parameter="public_host", budgets=None, **targets):
    made = []
    profile = SimpleNamespace(targets=targets_of(**targets), budgets=budgets)
    metafunc = SimpleNamespace(
        config=SimpleNamespace(stash={SETTINGS: SimpleNamespace(profile=profile)}),
        fixturenames=(parameter,),
        parametrize=lambda _, cases, **_ids: made.extend(cases),
    )
    for module in (net_fixtures, api_fixtures):
        module.pytest_generate_tests(metafunc)
    return made


def test_every_host_has_a_case_once():
    """Parts on one host share it; a part that is declared absent has none."""
    api = Api(url="https://app.test/api", dependencies=("database",))
    assert cases_of(app=APP, api=API, cdn=ABSENT) == ["api.test", "app.test"]
    assert cases_of(app=APP, api=api, cdn=ABSENT) == ["app.test"]


def test_a_host_of_its_own_for_real_time_has_a_case():
    """A deployment may be without, and need not say so."""
    realtime = Realtime(url="https://live.test", protocol="websocket")
    assert cases_of(app=APP, api=API, cdn=ABSENT, realtime=realtime) == ["api.test", "app.test", "live.test"]


@pytest.mark.parametrize("part", ["app", "api", "cdn"])
def test_a_part_that_is_left_out_has_a_case_that_cannot_run(part):
    """Its host is not seen, so that the line is not run; the reason says what to write."""
    *hosts, left_out = cases_of(**{"app": APP, "api": API, "cdn": ABSENT, part: None})
    assert all(isinstance(host, str) for host in hosts)
    (mark,) = left_out.marks
    assert (left_out.id, mark.name) == (part, "skip")
    assert (
        f'add [targets.{part}] to the profile, or [targets.{part}] absent = "reason"' in mark.kwargs["reason"]
    )


def test_every_measured_route_has_a_case():
    """One at least, so that none is no silence."""
    some, none = SimpleNamespace(api_routes=("version", "profile")), SimpleNamespace(api_routes=())
    assert cases_of("measured_route", some) == ["version", "profile"]
    assert cases_of("measured_route", none) == [None]
