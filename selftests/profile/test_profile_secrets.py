"""Secrets: values that are used, never shown, and never left in a text in any usual encoding."""

import base64
import copy
import html
import json
import pickle
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.profile.redaction import REDACTED, Redactor
from golive.profile.secrets import Secret

SECRET = "pa$$ w/örd+&<\"'>\\!~(x)"
some = settings(max_examples=120, deadline=None, database=None)
values = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Cs", "Cc"]),
    min_size=8,
    max_size=40,
)


@pytest.mark.parametrize(
    "show", [str, repr, "{}".format, "{!r}".format, "%s".__mod__, lambda value: f"{[value]}"]
)
def test_a_secret_prints_as_asterisks(show):
    """However it is put into a text."""
    assert "***" in show(Secret("hunter2"))
    assert "hunter2" not in show(Secret("hunter2"))


@pytest.mark.parametrize("carry", [pickle.dumps, json.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_neither_pickled_nor_serialised_nor_copied(carry):
    """Nothing carries it out of the process by accident."""
    with pytest.raises(TypeError):
        carry(Secret("hunter2"))


def test_a_secret_has_no_attributes_to_dump():
    """vars(), which tracebacks and debuggers show, finds nothing."""
    with pytest.raises(TypeError):
        vars(Secret("hunter2"))


FORMS = {
    "plain": lambda text: text,
    "URL, everything": lambda text: quote(text, safe=""),
    "URL, path": quote,
    "URL, form": quote_plus,
    "URL, as JavaScript does": lambda text: quote(text, safe="!'()*~"),
    "URL, lower case": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "URL, every byte": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, as JavaScript does": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "HTML": html.escape,
    "HTML, without quotes": lambda text: html.escape(text, quote=False),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, upper case": lambda text: text.encode().hex().upper(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_known_secret_is_scrubbed_in_every_usual_form(form):
    """In the middle of a text, as in a traceback, a log line or a target's echo."""
    encoded = FORMS[form](SECRET)
    assert Redactor([Secret(SECRET)]).scrub(f"before={encoded}&after") == f"before={REDACTED}&after"


@some
@given(values, st.sampled_from(sorted(FORMS)))
def test_any_secret_is_scrubbed_in_any_form(value, form):
    """Whatever characters it is made of."""
    scrubbed = Redactor([Secret(value)]).scrub(f"\n{FORMS[form](value)}\n")
    assert scrubbed == f"\n{REDACTED}\n"


@some
@given(
    values,
    st.binary(max_size=7),
    st.binary(max_size=7),
    st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]),
)
def test_a_secret_is_scrubbed_out_of_base64_at_every_alignment(value, prefix, suffix, encode):
    """As in Basic authentication, cookies and tokens, where other bytes stand before and after it.

    Of the secret's own characters at most the first and the last, which share theirs with a neighbour,
    can be told from what is left.
    """
    encoded = encode(prefix + value.encode() + suffix).decode()
    scrubbed = Redactor([Secret(value)]).scrub(encoded)
    assert REDACTED in scrubbed
    left = scrubbed.split(REDACTED)
    own = 4 * (len(prefix) // 3)
    assert len("".join(left)) <= len(encoded) - (8 * len(value.encode()) // 6 - 3)
    assert encoded.startswith(left[0])
    assert len(left[0]) <= own + 4


def test_keys_values_and_nested_lists_are_scrubbed():
    """JSON of evidence, all the way down; what is no text stays what it is."""
    scrubbed = Redactor([Secret("hunter2")]).scrub_json(
        {"hunter2": ["x hunter2", {"n": 1}, ("hunter2",)], "ok": None}
    )
    assert scrubbed == {"***": ["x ***", {"n": 1}, ["***"]], "ok": None}


def test_a_token_that_comes_up_during_the_run_is_scrubbed_from_then_on():
    """Sign-in gives tokens that no profile knows."""
    redactor = Redactor()
    assert redactor.scrub("token-0123") == "token-0123"
    redactor.add(Secret("token-0123"))
    assert redactor.scrub("token-0123") == REDACTED


def test_a_secret_inside_another_leaves_no_rest():
    """The longer one goes first."""
    assert Redactor([Secret("hunter2"), Secret("hunter2-and-more")]).scrub("hunter2-and-more") == REDACTED


_pieces = st.sampled_from(
    [
        "hunter2",
        "hun",
        "ter2",
        "%68unter2",
        "aHVudGVyMg",
        "pass word+1",
        "pass%20word%2B1",
        "pass+word%2b1",
        "p",
        "\ud800",
        "é",
        "\0",
        "&amp;",
        "%",
    ]
)
_texts = st.lists(_pieces, max_size=4).map("".join)
_json = st.recursive(
    st.none() | st.integers() | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)


@some
@given(_json)
def test_json_is_scrubbed_as_each_of_its_texts_alone_is(value):
    """It is looked at as a whole first: nothing hides in that, nor is taken out of two texts at once."""
    redactor = Redactor([Secret("hunter2"), Secret("pass word+1")])

    def one_by_one(entry):
        match entry:
            case str():
                return redactor.scrub(entry)
            case dict():
                return {redactor.scrub(key): one_by_one(below) for key, below in entry.items()}
            case list():
                return [one_by_one(below) for below in entry]
            case _:
                return entry

    assert redactor.scrub_json(value) == one_by_one(value)
