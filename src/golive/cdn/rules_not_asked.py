"""What of the asset host could not be asked: an answer that is missing is never fine."""

from collections.abc import Iterator

from golive.cdn.observation import AssetLook, CdnSurvey, EdgeLook, Glimpse
from golive.net.errors import ProbeError
from golive.rules.cases import Unknown

REACHABLE = "make the host answer from where the suite runs, within its limits"


def not_asked(survey: CdnSurvey) -> Iterator[Unknown]:
    """Yield, for every case that could not be asked somewhere, why, and what would help."""
    cdn = survey.cdn
    if not (cdn.origin.key and survey.origin.assets) and not cdn.origin.closed:
        yield Unknown(
            "C06",
            "the profile does not say how the origin is closed",
            "add targets.cdn.origin.key, or targets.cdn.origin.closed, or re-rank C06 in [cases]",
        )
    strangers = [survey.origin.stranger] if cdn.origin.key and cdn.origin.url else []
    for look in strangers:
        if isinstance(look, ProbeError):
            yield Unknown("C06", look.message, "make targets.cdn.origin.url reachable for the suite")
    if cdn.failing_path is None:
        remedy = "name targets.cdn.failing_path, or re-rank C09 in [cases]"
        yield Unknown("C09", "no path of the origin is known to fail", remedy)
    if survey.manifest_source == "page":
        remedy = "name targets.cdn.manifest or manifest_file"
        yield Unknown("C11", "no manifest tells which assets the release has", remedy)
    elif isinstance(survey.page, ProbeError):
        yield Unknown("C11", f"the page: {survey.page.message}", REACHABLE)
    for edge in survey.edges:
        yield from _unseen(survey, edge)


def _unseen(survey: CdnSurvey, edge: EdgeLook) -> Iterator[Unknown]:
    for look in edge.assets:
        yield from _unseen_asset(survey, look)
    if not any(look.again for look in edge.assets):
        yield Unknown("C01", "no asset was served", REACHABLE)
    asked = [("C04", edge.claimed[1]), ("C05", edge.new_query), ("C18", edge.missing)]
    asked += [("C09", look) for look in edge.failing or ()]
    for case, one in asked:
        if isinstance(one, ProbeError):
            yield Unknown(case, one.message, REACHABLE)
        elif one is not None and case == "C09" and one.status < 400:
            yield Unknown(case, f"the failing path answers {one.status}", "correct targets.cdn.failing_path")
        elif one is not None and case == "C18" and (one.status >= 500 or one.status == 429):
            yield Unknown(case, f"a missing asset is answered by {one.status}", REACHABLE)


def _unseen_asset(survey: CdnSurvey, look: AssetLook) -> Iterator[Unknown]:
    if isinstance(look.first, ProbeError):
        for case in ("C07", "C12", "C16", "C17", "C20"):
            yield Unknown(case, f"{look.asset.path}: {look.first.message}", REACHABLE)
        return
    at_origin = survey.origin.assets.get(look.asset.path)
    compared = isinstance(at_origin, Glimpse) and at_origin.status == 200
    if look.first.status == 200 and look.first.fits is None and not compared:
        remedy = "build a manifest with sha256 or integrity, or name targets.cdn.origin.url"
        yield Unknown("C16", f"nothing to compare {look.asset.path} with", remedy)
    told = any(isinstance(one, Glimpse) and one.cache != "unknown" for one in look.again)
    if look.again and not told and look.same_date is None:
        remedy = "have it send Age or Cache-Status"
        yield Unknown("C01", "the edge does not show what its cache does", remedy)
