"""What a profile says of who watches: complete, without credentials, and absent only with a reason."""

from pathlib import Path

import pytest

from golive.monitoring.profile_watching import RequiredDashboard
from golive.net.access import default_read_posts
from golive.people.profile_launch import Channel
from golive.profile.loading import ProfileError, load_profile

ROOT = Path(__file__).parents[2]


def loaded(name: str = "rehearsal", **overlay: object):
    return load_profile(ROOT / f"environments/{name}.toml", overlay=overlay)


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_shipped_profiles_ask_for_errors_and_on_call(name):
    """What is not filled in there is unknown, never green."""
    profile = loaded(name)
    assert profile.targets.errors
    assert profile.targets.on_call
    assert profile.targets.dashboards is None
    assert profile.channels == {}


def test_an_absent_part_is_an_absent_feature():
    """So that the other part answers the line alone."""
    absent = loaded("rehearsal-v2").absent_features()
    assert {"error_tracker", "status_page"} <= set(absent)
    assert "log_store" not in absent


def test_asking_for_data_is_reading():
    """Grafana takes queries by POST; nothing else of it."""
    assert "/api/ds/query" in default_read_posts(loaded())
    assert "/api/ds/query" not in default_read_posts(loaded("prod"))


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ({"targets": {"errors": {"dsn": "nowhere"}}}, "targets.errors.dsn names the secret 'nowhere'"),
        ({"targets": {"logs": {"selector": "app"}}}, "targets.logs.selector: "),
        (
            {"targets": {"logs": {"tennant": "x"}}},
            "targets.logs.tennant: unknown key — did you mean 'tenant'?",
        ),
        ({"targets": {"dashboards": {"required": []}}}, "targets.dashboards.required: "),
        ({"targets": {"dashboards": {"required": [{}]}}}, "name exactly one of 'uid' and 'title'"),
        ({"targets": {"on_call": {"timezone": "Middle/Earth"}}}, "'Middle/Earth' is no time zone"),
        ({"targets": {"on_call": {"calendars": [{"line": "first"}]}}}, "name exactly one of 'url', 'secret'"),
        (
            {"targets": {"on_call": {"calendars": [{"line": "third", "secret": "on_call_first"}]}}},
            "targets.on_call.calendars.0.line: ",
        ),
        ({"channels": {"chat": {"url": "nowhere"}}}, "channels.chat.url names the secret 'nowhere'"),
        ({"channels": {"chat": {"to": []}}}, "channels.chat.to: "),
        ({"channels": {"chat": {"to": ["chat.example"]}}}, "is not host:port"),
        ({"channels": {"pager": {"read_back": {"absent": "no"}}}}, "channels.pager.read_back"),
        ({"launch": {"date": "soon"}}, "launch.date: "),
    ],
)
def test_what_is_wrong_is_said_with_its_key(overlay, words):
    """As everywhere in a profile."""
    with pytest.raises(ProfileError) as caught:
        loaded("rehearsal", **overlay)
    assert words in str(caught.value)


def test_a_channel_says_whether_it_can_be_read_back():
    """Leaving it out would be silence."""
    with pytest.raises(ValueError, match="read_back"):
        Channel(url="x", to=("chat.example:443",))
    assert str(RequiredDashboard(title="API")) == "'API'"
