"""Variables out of dotenv files, processes and dumps of secret stores; hostile and empty ones too."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.configuration.probe_variables import LARGEST_SOURCE, parse_dotenv, parse_dump, read_variables
from golive.configuration.profile import VariableSource
from golive.net.errors import ProtocolError

VALUES = {"A_KEY": "one", "B_KEY": "two words"}


def revealed(observation):
    return {name: secret.reveal() for name, secret in observation.values.items()}


def test_dotenv_is_read_as_node_reads_it():
    """Quotes, exports, comments; a reference is not resolved, and a name that stands twice is there twice."""
    text = "# why\nexport A='x y'\nB=\"1\\n2\"\n\nC=${A}\nA=z # end\nD=\n"
    assert parse_dotenv(text, where="x.env") == [
        ("A", "x y"),
        ("B", "1\n2"),
        ("C", "${A}"),
        ("A", "z"),
        ("D", ""),
    ]


@pytest.mark.parametrize(("text", "line"), [("A=1\n\n# b\noh no\n", 4), ("A=1\nSECRET\n", 2), ("='x'", 1)])
def test_line_that_readers_leave_out_in_silence_is_refused(text, line):
    """With its number, and without what stands there."""
    with pytest.raises(ProtocolError) as caught:
        parse_dotenv(text, where="x.env")
    assert f"line {line} is no NAME=value — x.env" in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        VALUES,
        {"data": {"data": VALUES, "metadata": {"version": 3}}},
        {"SecretString": json.dumps(VALUES), "Name": "prod/api"},
        {
            "kind": "Secret",
            "data": {name: base64.b64encode(value.encode()).decode() for name, value in VALUES.items()},
        },
        {"kind": "Secret", "stringData": VALUES},
    ],
    ids=["plain", "vault", "aws", "kubernetes", "kubernetes, plain"],
)
def test_dumps_of_secret_stores_are_read(document):
    """Whichever wrapping they have."""
    assert dict(parse_dump(json.dumps(document), where="x.json")) == VALUES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        "{",
        '{"A": {"b": 1}}',
        '{"A": null}',
        '{"kind": "Secret", "data": {"A": "%%"}}',
        "[" * 9999,
    ],
)
def test_dump_of_another_form_is_refused_in_words(text):
    """None of it is shown."""
    with pytest.raises(ProtocolError) as caught:
        parse_dump(text, where="x.json")
    assert "x.json" in str(caught.value)


def test_parts_of_a_source_are_laid_over_each_other(tmp_path):
    """A later source wins, and a contradiction is noted; of the process only what belongs to the release."""
    (tmp_path / "a.env").write_text("A=1\nB=2\nC=3\nC=4\n", encoding="utf-8")
    (tmp_path / "b.json").write_text('{"B": "other", "N": 7, "T": true}', encoding="utf-8")
    sources = [
        VariableSource(dotenv="a.env"),
        VariableSource(dump="b.json"),
        VariableSource(process=True, prefixes=("NEXT_PUBLIC_",)),
    ]
    environ = {"PATH": "/bin", "P": "p", "NEXT_PUBLIC_X": "x", "A": "1"}
    seen = read_variables("api", sources, folder=tmp_path, names=frozenset({"P", "A"}), environ=environ)
    assert revealed(seen) == {
        "A": "1",
        "B": "other",
        "C": "4",
        "N": "7",
        "T": "true",
        "P": "p",
        "NEXT_PUBLIC_X": "x",
    }
    assert seen.contradictions == ("C", "B")
    assert seen.places["B"] == "b.json"


def test_source_that_is_too_large_or_no_text_is_refused(tmp_path):
    """Nothing is read without a bound."""
    (tmp_path / "a.env").write_bytes(b"A=" + b"x" * LARGEST_SOURCE)
    (tmp_path / "b.env").write_bytes(b"A=\xff\xfe")
    for name, words in (("a.env", "more than"), ("b.env", "not UTF-8")):
        with pytest.raises(ProtocolError, match=words):
            read_variables(
                "api", [VariableSource(dotenv=name)], folder=tmp_path, names=frozenset(), environ={}
            )


@given(value=st.text(st.characters(exclude_categories=["Cs"]), min_size=8).map(lambda text: f"zQ7{text}"))
def test_no_value_is_shown_by_what_is_read(value):
    """Neither in the evidence, nor in a representation."""
    environ = {"NAME": value}
    seen = read_variables(
        "api", [VariableSource(process=True)], folder=None, names=frozenset({"NAME"}), environ=environ
    )
    assert value not in repr(seen) + seen.title + json.dumps(seen.facts(), ensure_ascii=False)
