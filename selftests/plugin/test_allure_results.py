"""Allure's results are what allure-pytest itself writes, but for secrets."""

import json
import re
from pathlib import Path

import allure_commons.model2 as model
import pytest
from allure_commons.logger import AllureFileLogger

from golive.plugin.reporting.scrubbing import ScrubbedResults
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret
from selftests.plugin.mini_project import MiniProject, check

SECRET = 'hun"ter2/the second'


def result(words: str) -> model.TestResult:
    """One with everything that a result may have."""
    return model.TestResult(
        uuid="1",
        name=f"name {words}",
        fullName="tests.test_it#test_it",
        status=model.Status.FAILED,
        statusDetails=model.StatusDetails(message=words, trace=f"é\n{words}\ttrace", flaky=False),
        start=1,
        stop=2,
        labels=[model.Label(name="tag", value=words)],
        parameters=[model.Parameter(name="n", value=words, excluded=False)],
        steps=[model.TestStepResult(name=words, steps=[model.TestStepResult(name="below")])],
        attachments=[model.Attachment(name="log", source="a.txt", type="text/plain")],
    )


def written(writer: AllureFileLogger, folder: Path, words: str) -> str:
    writer.report_result(result(words))
    (file,) = folder.glob("*-result.json")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("indent", ["", "1"])
def test_a_result_without_secrets_has_the_same_bytes(tmp_path, monkeypatch, indent):
    monkeypatch.setenv("ALLURE_INDENT_OUTPUT", indent)
    theirs = written(AllureFileLogger(tmp_path / "theirs"), tmp_path / "theirs", "harmless")
    redactor = Redactor([Secret(SECRET)])
    ours = written(ScrubbedResults(str(tmp_path / "ours"), redactor), tmp_path / "ours", "harmless")
    assert ours == theirs


@pytest.mark.parametrize(
    "words",
    [SECRET, json.dumps({"token": SECRET}), "?token=hun%22ter2%2Fthe+second", "hun&quot;ter2/the second"],
    ids=["plain", "json", "url", "html"],
)
def test_a_secret_is_in_no_part_of_a_result(tmp_path, words):
    redactor = Redactor([Secret(SECRET)])
    text = written(ScrubbedResults(str(tmp_path), redactor), tmp_path, f"before {words} after")
    assert "ter2" not in text
    found = json.loads(text)
    assert "***" in found["name"]
    assert "***" in found["steps"][0]["name"]
    assert found["steps"][0]["steps"][0]["name"] == "below"
    assert found["fullName"] == "tests.test_it#test_it"


def test_a_run_has_a_result_for_each_check_and_one_writer(project: MiniProject):
    project.lines("a.b", "a.c").checks(check("a.b"), check("a.c", "assert 1 == 2", uses="evidence"))
    run = project.run()
    assert run.folder
    results = [json.loads(path.read_text()) for path in (run.folder / "allure-results").glob("*-result.json")]
    assert sorted((entry["name"], entry["status"]) for entry in results) == [
        ("test_a_b", "passed"),
        ("test_a_c", "failed"),
    ]
    assert all(re.fullmatch(r"[0-9a-f]{32}", entry["historyId"]) for entry in results)
    assert {label["name"] for label in results[0]["labels"]} >= {"tag", "parentSuite", "suite", "framework"}
    assert list((run.folder / "allure-results").glob("*-container.json"))
    assert list((run.folder / "allure-results").glob("*.tmp")) == []
