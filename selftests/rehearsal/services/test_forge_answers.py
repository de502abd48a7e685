"""What the stand-in for the forge answers has GitHub's own shapes, as GitHub publishes them.

``github_answers.json`` is taken from GitHub's OpenAPI document (npm: @octokit/openapi 23.0.2, MIT), without
its prose: the answers to the questions that golive asks, and the resources that they are made of.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from starlette.applications import Starlette

from rehearsal.code.forge_data import ForgeData
from rehearsal.code.plan import healthy_code
from rehearsal.services.forge.application import application

PUBLISHED = json.loads(Path(__file__).with_name("github_answers.json").read_text(encoding="utf-8"))
TOKEN = "t" * 40


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Starlette, dict[str, Any]]:
    """The stand-in, and what it was told."""
    home = tmp_path_factory.mktemp("code")
    ForgeData(home, healthy_code()).write()
    told = json.loads((home / "forge.json").read_text(encoding="utf-8"))
    return application(told, home / "store", TOKEN), told


def ask(forge: Starlette, path: str) -> httpx.Response:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app=forge)
        async with httpx.AsyncClient(transport=transport, base_url="http://forge.test") as client:
            return await client.get(path, headers={"authorization": f"Bearer {TOKEN}"})

    return asyncio.run(get())


def questions(told: dict[str, Any]) -> dict[str, str]:
    """Each answer's name to a question that is not answered by nothing."""
    tag = next(entry for entry in told["tags"] if entry["object"])
    pull = next(entry for entry in told["pulls"] if entry["reviews"])
    label = next(name for issue in told["issues"] for name in issue["labels"])
    first, last = told["commits"][0]["sha"], told["commits"][-1]["sha"]
    return {
        "repository": "",
        "reference": f"/git/ref/tags/{tag['name']}",
        "tag": f"/git/tags/{tag['object']}",
        "comparison": f"/compare/{first}...{last}",
        "pulls_with": f"/commits/{pull['merged_as']}/pulls",
        "check_runs": f"/commits/{last}/check-runs?filter=latest",
        "status": f"/commits/{last}/status",
        "reviews": f"/pulls/{pull['number']}/reviews",
        "commits_of_pull": f"/pulls/{pull['number']}/commits",
        "label": f"/labels/{label}",
        "milestones": "/milestones",
        "issues": "/issues?state=all",
    }


@pytest.mark.parametrize("answer", PUBLISHED["answers"])
def test_every_field_is_one_that_github_sends_and_of_its_type(answer, repository):
    """A field that GitHub does not have, or has otherwise, would let the suite read what is not there."""
    forge, told = repository
    seen = ask(forge, f"/repos/{told['repository']}{questions(told)[answer]}")
    assert seen.status_code == 200, seen.text
    content = seen.json()
    assert content
    schema = strict(PUBLISHED["answers"][answer]["schema"]) | {"$defs": strict(PUBLISHED["$defs"])}
    jsonschema.Draft202012Validator(schema).validate(content)


def strict(node: Any) -> Any:
    """Refuse fields that the document does not have; those that nobody asks for may be left out."""
    if isinstance(node, list):
        return [strict(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    kept = {key: strict(value) for key, value in node.items() if key != "required"}
    if isinstance(kept.get("properties"), dict):
        kept["additionalProperties"] = False
    return kept


def test_a_field_that_github_does_not_have_is_refused():
    """The schema that is held against the answers can refuse one."""
    schema = strict(PUBLISHED["answers"]["label"]["schema"]) | {"$defs": strict(PUBLISHED["$defs"])}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({"name": "critical", "colour": "red"})
