"""A healthy deployment in another form is found healthy by its profile alone: each form once, none red."""

import json
import re
import tempfile
import tomllib
from pathlib import Path

import pytest

from rehearsal.forms import forms, named
from selftests.drills.drill import ROOT, Drill, drill
from selftests.drills.profiles import as_toml, merged

BUILT = {
    "as-nest-is": (
        "listed-messages",
        "created",
        "bare-lists",
        "terminus",
        "refused-by-redirect",
        "expiry-instant",
    ),
    "as-spring-is": (
        "problems",
        "strangers-forbidden",
        "content",
        "components",
        "silent-success",
    ),
    "as-django-is": ("details", "results", "tokens-at-paths", "other-methods"),
    "with-cursors": ("nested-errors", "some-envelopes", "cursors", "required-query"),
    "with-cookies": ("error-lists", "counted-in-a-header", "cookies", "one-replica", "silent-health"),
    "with-a-link": ("unlabelled-fields", "sign-in-by-link", "baked-configuration"),
    "with-a-page": ("sign-in-page",),
    "as-little-as-can-be": ("reworded", "plain-refusals", "whole-lists", "bare-tracks", "created-elsewhere"),
}
"""Ways of building, to the forms that they are made of; the first stands outermost."""


def verified(built: str, reports: Path) -> Drill:
    """Verify the smoke phase of a healthy rehearsal that is built so."""
    names = BUILT[built]
    environments = ROOT / "environments"
    profile: dict[str, object] = tomllib.loads((environments / "rehearsal.toml").read_text(encoding="utf-8"))
    for form in named(names):
        profile = merged(profile, form.profile)
        for operation in profile["operations"]:
            operation["route"] = form.operations.get(operation["route"], operation["route"])
    asked = [argument for name in names for argument in ("--form", name)]
    profile["start"]["command"] += asked
    (ROOT / "reports").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "reports", prefix=".environments-") as folder:
        (Path(folder) / "rehearsal.toml").write_text(as_toml(profile), encoding="utf-8")
        variables = (environments / "variables.toml").read_text(encoding="utf-8")
        (Path(folder) / "variables.toml").write_text(variables, encoding="utf-8")
        arguments = ("-o", f"golive_environments={folder}")
        return drill(reports, expression="smoke", arguments=arguments)


@pytest.mark.parametrize("built", BUILT)
def test_healthy_form_is_go_by_its_profile_alone(built, tmp_path):
    """No check is red or blind, and what the form does not have is left out with its reason."""
    seen = verified(built, tmp_path)
    assert (seen.decision, seen.exit_code) == ("GO", 0), seen.story() + seen.output
    assert set(seen.states.values()) == {"verified"}
    events = (seen.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    outcomes = {json.loads(line).get("outcome") for line in events}
    assert not outcomes & {"failed", "blind", "error"}


def test_every_form_is_built_once():
    """A form that nothing is built in shows nothing."""
    assert sorted(name for names in BUILT.values() for name in names) == sorted(forms())


def test_forms_say_what_is_then_true():
    """One sentence each, as faults do."""
    for form in forms().values():
        assert re.fullmatch(r"[A-Z][^\n]+\.", (form.__doc__ or "").splitlines()[0]), form.name
