"""Templates are compiled once; where that cannot be kept, they are compiled anew and nobody notices."""

import sys

import jinja2
import pytest

from golive.report import html
from golive.report.compiled import compiled_templates
from selftests.examples.report_examples import attachments, broken


@pytest.fixture
def page(monkeypatch):
    """Renders the same page with another environment each time, which keeps compiled templates in a place."""
    new_environment = html._environment.__wrapped__

    def rendered(module):
        compiled = []
        compile_ = jinja2.Environment.compile

        def counting(self, source, name=None, *arguments, **options):
            compiled.append(name)
            return compile_(self, source, name, *arguments, **options)

        environment = new_environment()
        environment.bytecode_cache = compiled_templates(module)
        monkeypatch.setattr(html, "_environment", lambda: environment)
        monkeypatch.setattr(jinja2.Environment, "compile", counting)
        text = html.render_html(*broken(), read_attachment=attachments)
        monkeypatch.setattr(jinja2.Environment, "compile", compile_)
        return text, compiled

    return rendered


@pytest.fixture(autouse=True)
def bytecode_is_written(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def test_the_next_run_compiles_none(page, tmp_path):
    first, compiled = page(tmp_path / "html.py")
    assert "report.html.j2" in compiled
    second, again = page(tmp_path / "html.py")
    assert again == []
    assert second == first


def test_it_is_below_the_folder_that_python_is_told_to_use(page, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    page(tmp_path / "html.py")
    assert not (tmp_path / "__pycache__").exists()
    assert page(tmp_path / "html.py")[1] == []


def test_nothing_is_written_where_python_writes_no_bytecode(page, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    page(tmp_path / "html.py")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("harm", ["not-a-folder", "truncated", "of-something-else", "folders-in-its-place"])
def test_a_place_that_cannot_be_used_costs_time_and_nothing_else(page, tmp_path, harm):
    expected, compiled = page(tmp_path / "well.py")
    place = tmp_path / "harmed"
    module = place / "html.py"
    if harm == "not-a-folder":
        place.write_text("a file")
    else:
        place.mkdir()
        page(module)
        for file in (place / "__pycache__").iterdir():
            content = file.read_bytes()
            file.unlink()
            if harm == "folders-in-its-place":
                file.mkdir()
            else:
                file.write_bytes(content[: len(content) // 2] if harm == "truncated" else b"x" * 2000)
    found, anew = page(module)
    assert found == expected
    assert anew == compiled
