"""What becomes of a text on its way is said in words."""

import html
import unicodedata
from urllib.parse import quote

import pytest

from golive.rules.text import expect_same_text, expect_text_kept, what_became_of

TEXT = 'golive Zoë Noe\u0308l 🎷 “O\'Neill & Söhne” <b data-x="1">bold</b>'


@pytest.mark.parametrize(
    "received",
    [TEXT, unicodedata.normalize("NFC", TEXT), unicodedata.normalize("NFD", TEXT), f" {TEXT} "],
    ids=["as it was", "NFC", "NFD", "blanks around"],
)
def test_what_people_see_is_the_same(received):
    expect_text_kept(TEXT, received, what="a session's name", where="api-1")


@pytest.mark.parametrize(
    ("received", "says"),
    [
        (None, "nothing"),
        (5, "no text"),
        (html.escape(TEXT), "escaped"),
        (html.escape(html.escape(TEXT)), "escaped"),
        (quote(TEXT), "escaped"),
        (TEXT.replace("'", "\\'").replace('"', '\\"'), "escaped"),
        (TEXT.encode().decode("cp1252", "replace").replace("\ufffd", "?"), "lost"),
        ("Zoë".encode().decode("latin-1"), "lost"),
        (TEXT.replace("🎷", ""), "saxophone.*lost"),
        (TEXT.replace("🎷", "??"), "saxophone.*lost"),
        (TEXT.encode("ascii", "ignore").decode(), "lost"),
        (TEXT.replace('<b data-x="1">bold</b>', "bold"), "lost"),
        (TEXT.split("“", maxsplit=1)[0], "lost"),
        (TEXT.replace("&", "and"), "'&'.*lost"),
        (TEXT.lower(), "lost"),
        (TEXT + TEXT, "changed"),
    ],
)
def test_what_happened_is_said(received, says):
    with pytest.raises(AssertionError, match=f"does not come back as somebody wrote it.*{says}"):
        expect_text_kept(TEXT, received, what="a session's name", where="api-1")


def test_accents_in_another_encoding_are_told():
    assert "another encoding" in what_became_of("Zoë", "Zoë".encode().decode("cp1252"))


def test_every_place_gives_the_same():
    expect_same_text({"api-1": TEXT, "api-2": TEXT}, what="a name")
    with pytest.raises(AssertionError, match="not the same everywhere"):
        expect_same_text({"api-1": TEXT, "api-2": unicodedata.normalize("NFD", TEXT)}, what="a name")
