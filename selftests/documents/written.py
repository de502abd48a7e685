"""Which references there are, and who writes them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from selftests.documents.profile_reference import profile_document
from selftests.documents.pytest_reference import fixtures_document, options_document
from selftests.documents.records_reference import records_document
from selftests.drills.drill import ROOT

REFERENCES: Mapping[Path, Callable[[], str]] = {
    ROOT / "docs/reference" / name: written
    for name, written in {
        "profile.md": profile_document,
        "options.md": options_document,
        "fixtures.md": fixtures_document,
        "records.md": records_document,
    }.items()
}
