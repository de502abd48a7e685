"""The wording of a deployment: its answers read in the product's words, and what it declares absent."""

import pytest
from pydantic import ValidationError

from golive.api.wire.serialization import Envelope, NotInEnvelopeError, Wire
from golive.core.outcome import Effect
from golive.plugin.collection.binding import Binding
from golive.plugin.collection.manifest import Manifest, manifest_of
from golive.profile.base import Absent
from golive.profile.profile import features, profile_model

WIRE = Wire(
    envelope=Envelope(data="data", error="error"), fields={"accessToken": "access_token", "limit": "count"}
)


def test_what_is_sent_and_received_is_renamed_at_any_depth():
    """The product's names go out as the deployment's and come back as the product's."""
    assert WIRE.sent({"a": [{"accessToken": 1}]}) == {"a": [{"access_token": 1}]}
    assert WIRE.params({"limit": 5, "offset": 1}) == {"count": 5, "offset": 1}
    answer = {"status": "success", "data": [{"access_token": {"count": 2}}]}
    assert WIRE.received(answer, is_error=False) == [{"accessToken": {"limit": 2}}]


@pytest.mark.parametrize("answer", [{}, {"access_token": 1}, [], "text", None])
def test_a_good_answer_without_its_envelope_is_refused(answer):
    """What the profile declares must be there: nobody's browser could read the answer otherwise."""
    with pytest.raises(NotInEnvelopeError, match="'data'"):
        WIRE.received(answer, is_error=False)


def test_a_refusal_from_in_front_of_the_api_stays_as_it_is():
    """A gateway knows nothing of the API's envelope."""
    assert WIRE.received({"statusCode": 502}, is_error=True) == {"statusCode": 502}
    assert WIRE.received({"error": {"count": 1}}, is_error=True) == {"limit": 1}


def test_two_fields_with_one_name_are_refused():
    """The way back would be ambiguous."""
    with pytest.raises(ValidationError, match="same name"):
        Wire(fields={"a": "x", "b": "x"})


def test_absent_features_take_their_checks_off_the_manifest():
    """A check is expected unless all of its cases need what is declared absent, with a reason."""

    def binding(function: str, *needs: str) -> Binding:
        return Binding(function, function, ("step.smoke.auth",), Effect.READ, "", needs)

    manifest = manifest_of(
        [binding("refresh", "refresh"), binding("mixed", "polling"), binding("mixed"), binding("plain")],
        ["step.smoke.auth"],
    )
    assert manifest.needs == {"refresh": ("refresh",)}
    assert manifest.expected({}) == {"step.smoke.auth": ("mixed", "plain", "refresh")}
    declared = profile_model().model_fields["features"].annotation
    absent = declared(refresh=Absent(absent="sessions do not last")).absent()
    assert manifest.expected(absent) == {"step.smoke.auth": ("mixed", "plain")}
    assert manifest.needless(absent) == {"refresh": "refresh"}
    assert Manifest().expected(absent) == {}
    assert set(absent) <= features()
