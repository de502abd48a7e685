"""A project's own subjects join its profiles; what is wrong with them is said with file, key and remedy."""

import subprocess
import sys
from pathlib import Path

import pytest

from golive.dns.profile import Dns
from golive.profile.base import Frozen
from golive.profile.registry import Part, Registry, SectionError
from golive.profile.subjects import SubjectError, load_subjects, project_of

PROFILE = """
schema = 1
title = "Shop"
[targets.app]
url = "https://shop.test"
[control]
targets = ["127.0.0.1:1"]
[allow.hosts]
"shop.test" = {}
"""
SUBJECT = """
from golive.profile.base import Frozen
from golive.profile.registry import extend, section

class Basket(Frozen):
    largest: int = 20

class Routes(Frozen):
    basket: str = "/basket"

class Budgets(Frozen):
    checkout: float

BASKET = section("basket", Basket, Basket())
ROUTES = extend("routes", Routes)
"""
LOAD = """
import sys
from pathlib import Path
from golive.profile.loading import ProfileError, load_profile
try:
    profile = load_profile(Path(sys.argv[1]) / "environments" / "shop.toml")
except ProfileError as error:
    sys.exit(str(error))
print(profile.basket.largest, profile.routes.basket, profile.routes.health)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A suite with a subject of its own."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "shop.toml").write_text(PROFILE)
    (tmp_path / "pyproject.toml").write_text('[tool.golive]\nsubjects = ["shop"]\n')
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "profile.py").write_text(SUBJECT)
    return tmp_path


def loaded(project: Path) -> subprocess.CompletedProcess[str]:
    """Load the project's profile in a process of its own: what subjects declare stays for good."""
    command = [sys.executable, "-c", LOAD, str(project)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=project.parent
    )


def test_sections_of_a_project_stand_beside_the_engines(project):
    """With their defaults, from wherever the profile is loaded."""
    done = loaded(project)
    assert done.stdout == "20 /basket /health\n", done.stderr


def test_its_keys_are_read_as_strictly_as_the_engines(project):
    """An unknown key has its near matches."""
    (project / "environments" / "shop.toml").write_text(PROFILE + "[basket]\nlargst = 3\n")
    assert "shop.toml: basket.largst: unknown key — did you mean 'largest'?" in loaded(project).stderr


def test_a_project_without_it_has_none(project):
    """Nothing of one suite is known to another."""
    (project / "pyproject.toml").unlink()
    (project / "environments" / "shop.toml").write_text(PROFILE + "[basket]\nlargest = 3\n")
    assert "shop.toml: basket: unknown key" in loaded(project).stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tool.golive]\nsubjects = ["shopp"]\n', "tool.golive.subjects: no package 'shopp'"),
        ('[tool.golive]\nsubjects = "shop"\n', 'tool.golive.subjects: a list of packages, such as ["shop"]'),
        ("[tool.golive]\nsubjects = [3]\n", 'tool.golive.subjects: a list of packages, such as ["shop"]'),
        ("[tool.golive\n", "cannot be read"),
    ],
)
def test_what_is_no_subject_is_said_with_file_and_key(tmp_path, text, words):
    """As an error of the profile, before anything is asked of anybody."""
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(SubjectError) as error:
        load_subjects(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / 'pyproject.toml'}: ")
    assert words in str(error.value)


def test_two_subjects_with_one_key_are_refused(project):
    """Which of them a profile meant, nobody could say."""
    text = SUBJECT.replace('section("basket"', 'section("fleet"')
    (project / "shop" / "profile.py").write_text(text)
    assert "[fleet] of profiles is declared twice" in loaded(project).stderr


def test_a_subject_that_cannot_be_imported_is_named(project):
    """With what is missing, and no stack trace."""
    (project / "shop" / "profile.py").write_text("import no_such_library\n")
    said = loaded(project).stderr
    assert "shop.profile: cannot be imported: No module named 'no_such_library'" in said
    assert "Traceback" not in said


def test_two_parts_or_two_keys_of_a_table_with_one_name_are_refused():
    """Each says who declares it."""

    class Other(Frozen):
        health: str = "/h"

    registry = Registry()
    registry.declare_part(Part("dns", Dns))
    with pytest.raises(SectionError, match=r"\[targets.dns\] is declared by golive.dns.profile and"):
        registry.declare_part(Part("dns", Other))
    registry.declare_extension("routes", Other)
    with pytest.raises(SectionError, match=r"\[routes\] health is declared by"):
        registry.declare_extension("routes", Other)


def test_the_project_of_a_profile_is_the_nearest_folder_with_a_pyproject(project):
    """A suite inside another project is its own."""
    assert project_of(project / "environments" / "shop.toml") == project
