"""What a browser waited for in vain, in words."""

import pytest

from golive.browser.messages import waited_in_vain


def _log(locator):
    return f"Locator.wait_for: Timeout 5000ms exceeded.\nCall log:\n  - waiting for {locator} to be visible\n"


@pytest.mark.parametrize(
    ("locator", "words"),
    [
        ('get_by_role("button", name="Sign out", exact=True)', "button “Sign out”"),
        ('get_by_label("Session name", exact=True)', "field “Session name”"),
        ('locator("#session-code")', "element #session-code"),
        (
            'get_by_role("list", name="Members", exact=True).get_by_role("listitem").nth(1)',
            "listitem number 2 in the list “Members”",
        ),
        ('get_by_role("alert").filter(has_text=" ").first', "alert with words in it"),
        (
            'get_by_role("list", name="R").get_by_role("listitem").get_by_role("button", name="P").first',
            "button “P” in the listitem in the list “R”",
        ),
    ],
)
def test_what_was_not_there_is_named(locator, words):
    """The locator becomes what a user would look for, and the time stands with it."""
    assert waited_in_vain(_log(locator)) == f"nothing within 5 s: no {words} to be seen"


def test_other_errors_stay_as_they_are():
    """What is no time-out is said in the browser's own words."""
    assert waited_in_vain("Target page has been closed\nCall log:") == "Target page has been closed"
    assert waited_in_vain("Page.reload: Timeout 15000ms exceeded.") == "nothing within 15 s"
    assert waited_in_vain("") == ""
