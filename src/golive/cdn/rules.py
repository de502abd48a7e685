"""CDN cases (C), and the rules for those that the asset host shows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from golive.cdn.asset_manifest import Asset
from golive.cdn.asset_types import accepted_types, is_text
from golive.cdn.observation import AssetLook, CdnSurvey, Look, ResponseSummary, is_hashed
from golive.cdn.rules_not_asked import (
    claims,
    closed_origin,
    comparison,
    failing_path,
    missing_asset,
    new_query,
    release,
    repeated,
    served,
)
from golive.core.duration import format_duration
from golive.net.headers import read_codings, read_hsts, read_media_types, read_vary
from golive.net.masking import masked_text
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport
from golive.rules.declared import Cases, Row, report

DEPLOYED = ("C11", "C16", "C17", "C18", "C20")
"""Those that say whether the build's assets were put in place."""


ASSET_HOST: Cases[CdnSurvey, []] = Cases(CdnSurvey)
"""Asked of the asset host."""


def _served(survey: CdnSurvey) -> Iterator[tuple[AssetLook, ResponseSummary]]:
    """Every asset that an address answered with 200, and that answer."""
    for edge in survey.edges:
        for look in edge.assets:
            if isinstance(look.first, ResponseSummary) and look.first.status == 200:
                yield look, look.first


def _seen(*looks: Look | None) -> Iterator[ResponseSummary]:
    yield from (look for look in looks if isinstance(look, ResponseSummary))


@ASSET_HOST.case("C01", "blocking", "asset never a hit", needs=(repeated,))
def _hits(survey: CdnSurvey) -> Iterator[Row]:
    for look, _ in _served(survey):
        answers = list(_seen(*look.again))
        states = {answer.cache for answer in answers}
        missed = "miss" in states and "hit" not in states
        if missed or look.same_date is False:
            last = answers[-1]
            observed = f"{len(answers)} more requests, none a hit ({masked_text(last.cache_message)})"
            yield "C01", "the second request answered by the cache", observed, last.title


@ASSET_HOST.case("C02", "blocking", "Set-Cookie in a cached answer", needs=(served,))
def _cookies(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in (*edge.summaries, *_seen(edge.missing)):
            yield from cached_cookie(answer)


def cached_cookie(answer: ResponseSummary) -> Iterator[Row]:
    """C02: an answer that sets a cookie came from a cache, or says that caches may keep it."""
    if not answer.values("set-cookie"):
        return
    if answer.cache == "hit":
        yield "C02", "no cookie from a cache", f"Set-Cookie in a hit ({answer.cache_message})", answer.title
    elif (answer.lifetime(shared=True) or timedelta(0)) > timedelta(0):
        said = masked_text(answer.header("cache-control") or "")
        yield "C02", "a cookie, or an answer that caches keep", f"Set-Cookie with {said}", answer.title


@ASSET_HOST.case("C04", "blocking", "X-Forwarded-Host poisons the cache", needs=(claims,))
def _poison(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for clean in _seen(edge.claimed[1]):
            if clean.echoes:
                yield "C04", "an answer of one's own host", "the host that a stranger claimed", clean.title


@ASSET_HOST.case("C05", "blocking", "query ignored", needs=(new_query,))
def _query(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in _seen(edge.new_query):
            if answer.status == 200 and answer.cache == "hit":
                observed = f"a hit ({masked_text(answer.cache_message)})"
                yield "C05", "a new query to be a new address", observed, answer.title


@ASSET_HOST.case("C06", "blocking", "origin reachable directly", needs=(closed_origin,))
def _origin_open(survey: CdnSurvey) -> Iterator[Row]:
    for answer in _seen(survey.origin.stranger, *survey.origin.closed.values()):
        if answer.status < 400:
            yield "C06", "nothing served past the edge", f"{answer.status}, {answer.size} bytes", answer.title


@ASSET_HOST.case("C07", "blocking", "no compression", needs=(served,))
def _compression(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        large = answer.size >= survey.cdn.bounds.compress_from
        if large and is_text(look.asset.suffix) and _coding(answer) == "identity":
            yield "C07", "compressed text", f"{answer.size} bytes as they are", answer.title


def _coding(answer: ResponseSummary) -> str:
    return ", ".join(read_codings(answer.values("content-encoding"))) or "identity"


@ASSET_HOST.case("C08", "blocking", "Vary broken", needs=(served,))
def _variants(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        vary = read_vary(answer.values("vary"))
        useless = sorted(vary & {"*", "cookie", "user-agent", "authorization"})
        if useless:
            yield (
                "C08",
                "an asset that is the same for everybody",
                f"Vary: {', '.join(useless)}",
                answer.title,
            )
        for plain in _seen(look.plain):
            if plain.status == 200 and _coding(plain) != "identity":
                observed = f"{_coding(plain)} for a client that takes none"
                yield "C08", "the encoding that was asked for", observed, plain.title
            elif _coding(answer) != _coding(plain) and "accept-encoding" not in vary:
                yield "C08", "Vary: Accept-Encoding", answer.header("vary") or "no Vary", answer.title
        allowed = answer.header("access-control-allow-origin")
        if allowed not in (None, "*") and "origin" not in vary:
            yield "C08", "Vary: Origin", f"one origin allowed, Vary: {answer.header('vary')}", answer.title


@ASSET_HOST.case("C09", "blocking", "errors cached", needs=(failing_path,))
def _errors(survey: CdnSurvey) -> Iterator[Row]:
    most = survey.cdn.bounds.error_lifetime
    for edge in survey.edges:
        failures = [answer for answer in edge.summaries if answer.status >= 500]
        for answer in (*failures, *_seen(*(edge.failing or ()))):
            if answer.status >= 400 and answer.cache == "hit":
                yield "C09", "failures asked again", f"{answer.status} from the cache", answer.title
        for answer in (*failures, *_seen(*(edge.failing or ()), edge.missing)):
            lifetime = answer.lifetime(shared=True) or timedelta(0)
            if answer.status >= 400 and lifetime > most:
                observed = f"{answer.status} for {format_duration(lifetime)}"
                yield "C09", f"errors kept for {format_duration(most)} at most", observed, answer.title


@ASSET_HOST.case("C11", "blocking", "stale release", needs=(release,))
def _release(survey: CdnSurvey) -> Iterator[Row]:
    built = {asset.path for asset in survey.assets}
    if survey.manifest_source == "page":
        return
    for path in survey.page_assets:
        if path not in built and path != survey.cdn.manifest:
            yield (
                "C11",
                "a page of this build",
                f"it loads {masked_text(path)}, which is not in it",
                survey.title,
            )
    if survey.edge_manifest is not None and survey.edge_manifest != built:
        apart = sorted(survey.edge_manifest ^ built)
        observed = f"another at the edge: {len(apart)} assets differ, first {masked_text(apart[0])}"
        yield "C11", f"the manifest of the {survey.manifest_source}", observed, survey.title


@ASSET_HOST.case("C12", "blocking", "HSTS lost at the edge", needs=(served,))
def _hsts(survey: CdnSurvey) -> Iterator[Row]:
    for _, answer in _served(survey):
        if lost := read_hsts(answer.values("strict-transport-security")).no_effect:
            yield "C12", "Strict-Transport-Security", masked_text(lost, longest=80), answer.title


@ASSET_HOST.case("C15", "blocking", "no HTTP/2", needs=(served,))
def _http2(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in edge.summaries[:1]:
            if answer.http_version not in ("HTTP/2", "HTTP/3"):
                yield "C15", "HTTP/2 or newer", answer.http_version, answer.title


@ASSET_HOST.case("C16", "blocking", "bytes differ from the build or the origin", needs=(served, comparison))
def _bytes(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for look in edge.assets:
            for answer in _seen(look.first, *look.again):
                yield from _same(look.asset, answer, survey.origin.assets.get(look.asset.path))


def _same(asset: Asset, answer: ResponseSummary, at_origin: Look | None) -> Iterator[Row]:
    if answer.status != 200:
        yield "C16", "200", str(answer.status), answer.title
    elif answer.fits is False:
        observed = f"other bytes ({answer.size} of them)"
        yield "C16", "the bytes of the build", observed, answer.title
    elif asset.size is not None and answer.size != asset.size:
        yield "C16", f"{asset.size} bytes", str(answer.size), answer.title
    elif (
        isinstance(at_origin, ResponseSummary)
        and at_origin.status == 200
        and at_origin.sha256 != answer.sha256
    ):
        yield "C16", f"the origin's {at_origin.size} bytes", f"others ({answer.size})", answer.title


@ASSET_HOST.case("C17", "blocking", "wrong content type", needs=(served,))
def _types(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        accepted = accepted_types(look.asset.suffix, look.asset.type)
        said = read_media_types(answer.values("content-type"))
        if accepted and (len(said) != 1 or said[0] not in accepted):
            observed = ", ".join(said) or answer.header("content-type") or "none"
            yield "C17", " or ".join(sorted(accepted)), masked_text(observed), answer.title
        elif not accepted and answer.is_page and look.asset.suffix not in (".html", ".htm"):
            yield "C17", f"a file of {look.asset.suffix or 'its own kind'}", "a page of HTML", answer.title


@ASSET_HOST.case("C18", "blocking", "missing asset not answered with 404", needs=(missing_asset,))
def _missing(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in _seen(edge.missing):
            if answer.status not in (404, 410) and answer.status < 500 and answer.status != 429:
                what = ", a page of HTML" if answer.is_page else ""
                yield "C18", "404", f"{answer.status}{what}", answer.title


@ASSET_HOST.case("C19", "blocking", "font without CORS", needs=(served,))
def _cross_origin(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        allowed = answer.header("access-control-allow-origin")
        usable = allowed is not None and allowed in ("*", survey.page_origin)
        if look.asset.suffix in survey.cdn.cross_origin and not usable:
            wanted = f"Access-Control-Allow-Origin for {survey.page_origin or 'pages'}"
            yield "C19", wanted, masked_text(allowed or "none"), answer.title


@ASSET_HOST.case("C20", "blocking", "hashed asset without immutable", needs=(served,))
def _immutable(survey: CdnSurvey) -> Iterator[Row]:
    least = survey.cdn.bounds.asset_lifetime
    for look, answer in _served(survey):
        if not is_hashed(survey.cdn, look.asset):
            continue
        said = masked_text(answer.header("cache-control") or "no Cache-Control")
        if (answer.lifetime(shared=False) or timedelta(0)) < least:
            yield "C20", f"to be kept for {format_duration(least)} or longer", said, answer.title
        elif "immutable" not in answer.policy:
            yield "C20", "immutable", said, answer.title


ASSETS = tuple(case.id for case in ASSET_HOST.table)
"""Those that the asset host shows."""


def judge_assets(
    survey: CdnSurvey, overrides: Mapping[str, CaseOverride] | None = None, ids: Sequence[str] = ASSETS
) -> CaseReport:
    """Judge the asset host at all of its addresses, by all of its cases or by some."""
    cases = [case for case in ASSET_HOST.table if case.id in ids]
    return report(f"cases of {survey.title}", cases, ASSET_HOST.ask(survey), overrides)
