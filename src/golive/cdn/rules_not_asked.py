"""What CDN cases need of a survey, and why it may be missing: an answer that is missing is never fine."""

from collections.abc import Iterable, Iterator

from golive.cdn.observation import CdnSurvey, Look, ResponseSummary
from golive.core.outcome import Unseen
from golive.net.errors import ProbeError
from golive.rules.declared import REACHABLE


def _errors(looks: Iterable[Look | None]) -> Iterator[Unseen]:
    for look in looks:
        if isinstance(look, ProbeError):
            yield Unseen(look.message, REACHABLE)


def repeated(survey: CdnSurvey) -> Iterator[Unseen]:
    """Assets were asked for again at every address, and what the cache does is shown."""
    for edge in survey.edges:
        for look in edge.assets:
            told = any(isinstance(one, ResponseSummary) and one.cache != "unknown" for one in look.again)
            if isinstance(look.first, ResponseSummary) and look.again and not told and look.same_date is None:
                remedy = "have it send Age or Cache-Status"
                yield Unseen("the edge does not show what its cache does", remedy)
        if not any(look.again for look in edge.assets):
            yield Unseen("no asset was served", REACHABLE)


def served(survey: CdnSurvey) -> Iterator[Unseen]:
    """Every asset was answered at every address."""
    for look in (look for edge in survey.edges for look in edge.assets):
        if isinstance(look.first, ProbeError):
            yield Unseen(f"{look.asset.path}: {look.first.message}", REACHABLE)


def comparison(survey: CdnSurvey) -> Iterator[Unseen]:
    """The bytes of each asset can be compared with the build's, or the origin's."""
    for look in (look for edge in survey.edges for look in edge.assets):
        at_origin = survey.origin.assets.get(look.asset.path)
        compared = isinstance(at_origin, ResponseSummary) and at_origin.status == 200
        first = look.first
        if isinstance(first, ResponseSummary) and first.status == 200 and first.fits is None and not compared:
            remedy = "build a manifest with sha256 or integrity, or name targets.cdn.origin.url"
            yield Unseen(f"nothing to compare {look.asset.path} with", remedy)


def claims(survey: CdnSurvey) -> Iterator[Unseen]:
    """An asset was asked for plainly after it was asked for in another host's name."""
    return _errors(edge.claimed[1] for edge in survey.edges)


def new_query(survey: CdnSurvey) -> Iterator[Unseen]:
    """A file was asked for with a new query."""
    return _errors(edge.new_query for edge in survey.edges)


def closed_origin(survey: CdnSurvey) -> Iterator[Unseen]:
    """The profile says how the origin is closed, and it was asked as a stranger."""
    origin = survey.cdn.origin
    if not (origin.key and survey.origin.assets) and not origin.closed:
        yield Unseen(
            "the profile does not say how the origin is closed",
            "add targets.cdn.origin.key, or targets.cdn.origin.closed, or re-rank C06 in [cases]",
        )
    stranger = survey.origin.stranger
    if origin.key and origin.url and isinstance(stranger, ProbeError):
        yield Unseen(stranger.message, "make targets.cdn.origin.url reachable for the suite")


def failing_path(survey: CdnSurvey) -> Iterator[Unseen]:
    """A path that fails on purpose is known, and failed."""
    if survey.cdn.failing_path is None:
        remedy = "name targets.cdn.failing_path, or re-rank C09 in [cases]"
        yield Unseen("no path of the origin is known to fail", remedy)
    looks = [look for edge in survey.edges for look in edge.failing or ()]
    yield from _errors(looks)
    for look in looks:
        if isinstance(look, ResponseSummary) and look.status < 400:
            yield Unseen(f"the failing path answers {look.status}", "correct targets.cdn.failing_path")


def missing_asset(survey: CdnSurvey) -> Iterator[Unseen]:
    """An asset that cannot exist was answered, and not that the host is busy or broken."""
    looks = [edge.missing for edge in survey.edges]
    yield from _errors(looks)
    for look in looks:
        if isinstance(look, ResponseSummary) and (look.status >= 500 or look.status == 429):
            yield Unseen(f"a missing asset is answered by {look.status}", REACHABLE)


def release(survey: CdnSurvey) -> Iterator[Unseen]:
    """A manifest tells the release's assets, and the page could be read."""
    if survey.manifest_source == "page":
        remedy = "name targets.cdn.manifest or manifest_file"
        yield Unseen("no manifest tells which assets the release has", remedy)
    elif isinstance(survey.page, ProbeError):
        yield Unseen(f"the page: {survey.page.message}", REACHABLE)
