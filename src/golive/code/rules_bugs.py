"""Whether bugs keep a release from being launched. An empty answer to a wrong question is none."""

from golive.code.observation import IssueSearch
from golive.code.profile import Bugs
from golive.core.outcome import Blind
from golive.net.masking import masked_name
from golive.rules.failure import fail

_MOST_NAMED = 5


def expect_question_is_right(search: IssueSearch) -> None:
    """The labels and the milestone exist, and the milestone holds something.

    Raises:
        AssertionError: a label or the milestone does not exist.
        Blind: the milestone is empty, so that nobody knows whether the release's issues are in it.
    """
    if not search.labels:
        fail("labels of bugs", expected="at least one", observed="none", where=search.repository)
    missing = [label for label, exists in search.labels.items() if not exists]
    if missing:
        fail(
            "labels of bugs",
            expected=f"the labels {', '.join(search.labels)}",
            observed=f"no label {', '.join(missing)}: a search for it finds nothing, whatever is open",
            where=search.repository,
        )
    if search.milestone is None:
        known = ", ".join(masked_name(title, longest=40) for title in search.titles[:_MOST_NAMED]) or "none"
        fail(
            "milestone of the release",
            expected=masked_name(search.wanted, longest=60),
            observed=f"no milestone of that title (there are: {known})",
            where=search.repository,
        )
    if search.milestone.open + search.milestone.closed == 0:
        raise Blind(
            f"the milestone {search.wanted} of {search.repository} holds no issue at all, open or closed",
            remedy="put the release's issues into it, or name the right one as forge.bugs.milestone",
        )


def expect_no_blocking_bug(search: IssueSearch, wanted: Bugs) -> None:
    """No open issue of the milestone has one of the labels; every open one was listed.

    Raises:
        AssertionError: one has.
        Blind: fewer were listed than the forge counts.
    """
    expect_question_is_right(search)
    labels = {label.lower() for label in wanted.labels}
    blocking = [issue for issue in search.issues if labels & {label.lower() for label in issue.labels}]
    if blocking:
        named = [f"#{issue.number} {masked_name(issue.title, longest=60)}" for issue in blocking]
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        fail(
            f"bugs of {masked_name(search.wanted, longest=40)}",
            expected=f"no open issue with the label {' or '.join(wanted.labels)}",
            observed=", ".join(named[:_MOST_NAMED]) + more,
            where=search.repository,
        )
    counted = search.milestone.open if search.milestone else 0
    if search.listed < counted:
        raise Blind(
            f"the forge counts {counted} open entries in {search.wanted}, and lists {search.listed}",
            remedy="run again; if it stays, look through the milestone by hand",
        )
