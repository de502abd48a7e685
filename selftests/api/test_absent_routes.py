"""A route that a deployment does not have is declared absent with its reason: what needs it is left out."""

from types import SimpleNamespace

import pytest

from golive.api.fixtures import ApiClient
from golive.api.profile import Routes
from golive.api.wire.serialization import Wire
from golive.core.outcome import Blind
from golive.plugin.collection.binding import BINDING, leave_out
from golive.profile.loading import ProfileError, load_profile
from golive.profile.profile import features

WHY = "this deployment has no search in sentences"
PROFILE = """
schema = 1
title = "Mini"
[control]
targets = ["one.test:443"]
[allow.hosts]
"api.test" = {}
[targets.api]
url = "https://api.test"
dependencies = ["database"]
[routes]
profile = "/v3/me"
"""


@pytest.fixture
def loaded(tmp_path):
    def load(more):
        path = tmp_path / "mini.toml"
        path.write_text(PROFILE + more, encoding="utf-8")
        return load_profile(path)

    return load


def client(profile):
    return ApiClient(SimpleNamespace(), profile.targets.api, profile.routes, Wire())


def check(*needs):
    return SimpleNamespace(stash={BINDING: SimpleNamespace(needs=needs)})


@pytest.mark.parametrize("route", ["health", "version", "live", "sign_out", "search"])
def test_absent_route_is_told_with_its_reason(loaded, route):
    """In the record's list of what is absent, beside features."""
    profile = loaded(f'{route} = {{ absent = "{WHY}" }}\n')
    assert profile.absent_features()[f"routes.{route}"] == WHY


def test_route_under_another_prefix_is_there(loaded):
    """A path of the deployment's own is no absence."""
    profile = loaded("")
    assert profile.routes.profile == "/v3/me"
    assert not [name for name in profile.absent_features() if name.startswith("routes.")]


def test_checks_that_need_an_absent_route_are_left_out(loaded):
    """Not applicable, with the reason; the others run."""
    absent = loaded(f'health = {{ absent = "{WHY}" }}\n').absent_features()
    items = [check("routes.health"), check("routes.profile"), check()]
    leave_out(items, absent)
    assert [item.stash[BINDING].needs for item in items] == [("routes.profile",), ()]


def test_every_route_may_be_absent():
    """Of the engine's and of the suite's own."""
    assert {f"routes.{name}" for name in Routes.model_fields} <= features()
    assert {"routes.search", "routes.recommendations", "routes.session"} <= features()


def test_nobody_asks_at_an_absent_route(loaded):
    """Whoever forgets to say that it needs the route is blind, and asks at no made-up path."""
    profile = loaded(f'health = {{ absent = "{WHY}" }}\n')
    with pytest.raises(Blind, match=WHY):
        client(profile).url(profile.routes.health)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('health = { absent = "no" }\n', "at least 8 characters"),
        ("health = { absent = 5 }\n", "health"),
        ('health = { missing = "it is not there" }\n', "health"),
        ('health = { absent = "it is not there", path = "/x" }\n', "health"),
        ("health = 5\n", "health"),
    ],
)
def test_wrong_absence_is_refused(loaded, more, words):
    """Without a reason, or in another form; the message names the key."""
    with pytest.raises(ProfileError, match=words):
        loaded(more)
