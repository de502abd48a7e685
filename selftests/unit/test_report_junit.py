"""JUnit XML of a run."""

from xml.etree import ElementTree as ET

from golive.report import render_junit
from golive.report.junit import _split_node
from selftests.unit.report_examples import broken, healthy


def suite(*, failing: bool) -> ET.Element:
    """The test suite element of an example."""
    _, run, verdict = broken() if failing else healthy()
    found = ET.fromstring(render_junit(run, verdict)).find("testsuite")  # noqa: S314 - our own output
    assert found is not None
    return found


def test_every_record_is_a_case_with_its_own_time() -> None:
    """Names and classes come from the node id."""
    case = suite(failing=True).findall("testcase")[0]
    assert case.get("classname") == "tests.smoke.test_tls"
    assert case.get("name") == "test_certificate_outlives_the_renewal_window"
    assert float(case.get("time", "")) == 0.08
    assert {p.get("name"): p.get("value") for p in case.iter("property")}["golive.items"] == "infra.tls"


def test_outcomes_have_their_elements() -> None:
    """Blind and not run are skipped, and say which of the two."""
    found = suite(failing=True)
    assert (found.get("tests"), found.get("failures"), found.get("errors"), found.get("skipped")) == (
        "7",
        "2",
        "1",
        "2",
    )
    skipped = [element.get("message", "") for element in found.iter("skipped")]
    assert [message.split(":")[0] for message in skipped] == ["blind", "not run"]
    assert "Renew the certificate of api.audotics.test." in next(found.iter("failure")).get("message", "")


def test_suite_names_decision_and_run() -> None:
    """A dashboard that shows properties shows the verdict."""
    properties = {p.get("name"): p.get("value") for p in suite(failing=False).findall("properties/property")}
    assert properties["golive.decision"] == "GO"
    assert properties["golive.watermark"] == "REHEARSAL — not valid for sign-off"


def test_parameters_keep_their_colons() -> None:
    """A node id is split before its parameters only."""
    assert _split_node("TestA::test_b[::1]") == ["TestA", "test_b[::1]"]
