"""Write the references that are generated from the code; `make docs` runs it."""

from selftests.documents.written import REFERENCES

for path, written in REFERENCES.items():
    path.write_text(written(), encoding="utf-8")
