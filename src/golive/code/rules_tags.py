"""Whether the release's tag is one, and what is deployed was built from it."""

from collections.abc import Mapping, Sequence

from golive.code.observation import TagObservation
from golive.code.observation_git import SignatureObservation
from golive.core.outcome import Blind
from golive.core.release import ReleaseIdentity
from golive.net.masking import masked_text
from golive.rules.failure import fail, require_non_empty

_SHORTEST_COMMIT = 7


def expect_release_tag(tags: Sequence[TagObservation], release: ReleaseIdentity) -> None:
    """The tag exists at every place, is annotated, and leads to one commit: the release's, where it has one.

    Raises:
        AssertionError: it does not.
    """
    for tag in require_non_empty(tags, "place where the tag could be"):
        if not tag.exists:
            fail("release tag", expected=tag.name, observed="no such tag", where=tag.where)
        if not tag.annotated:
            fail(
                f"release tag {tag.name}",
                expected="an annotated tag, which says who made it and when (git tag --annotate)",
                observed="a lightweight one",
                where=tag.where,
            )
        if release.commit and not same_commit(tag.commit, release.commit):
            fail(
                f"commit of tag {tag.name}",
                expected=f"{release.commit[:12]}, the release under verification",
                observed=tag.commit[:12] or "none",
                where=tag.where,
            )
    if len({tag.commit for tag in tags}) > 1:
        observed = " and ".join(f"{tag.commit[:12]} ({tag.where})" for tag in tags)
        fail(
            f"commit of tag {tags[0].name}", expected="one everywhere", observed=observed, where="all places"
        )


def expect_signed(signature: SignatureObservation) -> None:
    """The tag has a good signature of somebody who may sign.

    Raises:
        AssertionError: it has not.
    """
    if not signature.good:
        fail(
            f"signature of tag {signature.tag}",
            expected="a good one, by an allowed signer",
            observed=signature.said,
            where=signature.where,
        )


def expect_deployed(tag: TagObservation, reported: Mapping[str, str | None]) -> None:
    """Whatever is deployed reports the tag's commit, whole or abbreviated to seven digits or more.

    Args:
        tag: the release's.
        reported: place to the commit that it reports, None where that could not be seen.

    Raises:
        AssertionError: a place reports another commit.
        Blind: the tag is not there, or a place could not be seen.
    """
    if not tag.commit:
        raise Blind(f"there is no tag {tag.name} to compare with — {tag.where}", remedy="make the tag first")
    if not reported:
        fail("deployed commit", expected="at least one place", observed="none", where="nothing was asked")
    for place, commit in reported.items():
        if commit and not same_commit(commit, tag.commit):
            fail(
                "deployed commit",
                expected=f"{tag.commit[:12]}, which {tag.name} names",
                observed=masked_text(commit[:12]),
                where=place,
            )
    unseen = [place for place, commit in reported.items() if not commit]
    if unseen:
        raise Blind(
            f"no commit could be seen of {', '.join(unseen)}",
            remedy="have the API's version answer (routes.version) and the page's configuration"
            " (frontend.configuration, frontend.configured_commit) name their commit",
        )


def same_commit(one: str, other: str) -> bool:
    """Whether two ids are of one commit, one of them perhaps abbreviated."""
    shortest = min(len(one), len(other))
    return shortest >= _SHORTEST_COMMIT and one.lower()[:shortest] == other.lower()[:shortest]
