"""CDN cases (C), and the rules for those that the asset host shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain

from golive.cdn.asset_manifest import Asset
from golive.cdn.asset_types import accepted_types, is_text
from golive.cdn.observation import AssetLook, CdnSurvey, Glimpse, Look, is_hashed
from golive.cdn.rules_not_asked import not_asked
from golive.core.duration import format_duration
from golive.net.masking import shown_text
from golive.profile.cases import Case, CaseOverride
from golive.rules.cases import CaseReport, Finding, table

CDN_CASES = table((
    ("C01", "!", "asset never a hit"),
    ("C02", "!", "Set-Cookie in a cached answer"),
    ("C03", "!", "private answer shared"),
    ("C04", "!", "X-Forwarded-Host poisons the cache"),
    ("C05", "!", "query ignored"),
    ("C06", "!", "origin reachable directly"),
    ("C07", "!", "no compression"),
    ("C08", "!", "Vary broken"),
    ("C09", "!", "errors cached"),
    ("C10", "!", "HTML cached for long"),
    ("C11", "!", "stale release"),
    ("C12", "!", "HSTS lost at the edge"),
    ("C13", "!", "client address lost"),
    ("C14", "!", "WebSocket blocked"),
    ("C15", "!", "no HTTP/2"),
    ("C16", "!", "bytes differ from the build or the origin"),
    ("C17", "!", "wrong content type"),
    ("C18", "!", "missing asset not answered with 404"),
    ("C19", "!", "font without CORS"),
    ("C20", "!", "hashed asset without immutable"),
))  # fmt: skip

ASSETS = ("C01", "C02", "C04", "C05", "C06", "C07", "C08", "C09", "C11", "C12", "C15", "C16", "C17", "C18",
          "C19", "C20")  # fmt: skip
"""Those that the asset host shows."""
DEPLOYED = ("C11", "C16", "C17", "C18", "C20")
"""Those that say whether the build's assets were put in place."""

Row = tuple[str, str, str, str]


def chosen(ids: Iterable[str]) -> Sequence[Case]:
    """Return the cases of these ids, in the document's order."""
    wanted = frozenset(ids)
    return [case for case in CDN_CASES if case.id in wanted]


def judge_assets(
    survey: CdnSurvey, overrides: Mapping[str, CaseOverride] | None = None, ids: Sequence[str] = ASSETS
) -> CaseReport:
    """Judge the asset host at all of its addresses, by all of its cases or by some."""
    rules = (
        _hits, _cookies, _poison, _query, _origin_open, _compression, _variants, _errors, _release, _hsts,
        _http2, _bytes, _types, _missing, _cross_origin, _immutable,
    )  # fmt: skip
    rows = chain.from_iterable(rule(survey) for rule in rules)
    findings = [Finding(*row) for row in dict.fromkeys(rows) if row[0] in ids]
    unknown = [entry for entry in dict.fromkeys(not_asked(survey)) if entry.case in ids]
    return CaseReport(f"cases of {survey.title}", chosen(ids), findings, unknown, overrides or {})


def _served(survey: CdnSurvey) -> Iterator[tuple[AssetLook, Glimpse]]:
    """Every asset that an address answered with 200, and that answer."""
    for edge in survey.edges:
        for look in edge.assets:
            if isinstance(look.first, Glimpse) and look.first.status == 200:
                yield look, look.first


def _seen(*looks: Look | None) -> Iterator[Glimpse]:
    yield from (look for look in looks if isinstance(look, Glimpse))


def _hits(survey: CdnSurvey) -> Iterator[Row]:
    for look, _ in _served(survey):
        answers = list(_seen(*look.again))
        states = {answer.cache for answer in answers}
        missed = "miss" in states and "hit" not in states
        if missed or look.same_date is False:
            last = answers[-1]
            observed = f"{len(answers)} more requests, none a hit ({shown_text(last.cache_words)})"
            yield "C01", "the second request answered by the cache", observed, last.title


def _cookies(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in (*edge.glimpses, *_seen(edge.missing)):
            yield from cached_cookie(answer)


def cached_cookie(answer: Glimpse) -> Iterator[Row]:
    """C02: an answer that sets a cookie came from a cache, or says that caches may keep it."""
    if not answer.values("set-cookie"):
        return
    if answer.cache == "hit":
        yield "C02", "no cookie from a cache", f"Set-Cookie in a hit ({answer.cache_words})", answer.title
    elif (answer.lifetime(shared=True) or timedelta(0)) > timedelta(0):
        said = shown_text(answer.header("cache-control") or "")
        yield "C02", "a cookie, or an answer that caches keep", f"Set-Cookie with {said}", answer.title


def _poison(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for clean in _seen(edge.claimed[1]):
            if clean.echoes:
                yield "C04", "an answer of one's own host", "the host that a stranger claimed", clean.title


def _query(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in _seen(edge.new_query):
            if answer.status == 200 and answer.cache == "hit":
                observed = f"a hit ({shown_text(answer.cache_words)})"
                yield "C05", "a new query to be a new address", observed, answer.title


def _origin_open(survey: CdnSurvey) -> Iterator[Row]:
    for answer in _seen(survey.origin.stranger, *survey.origin.closed.values()):
        if answer.status < 400:
            yield "C06", "nothing served past the edge", f"{answer.status}, {answer.size} bytes", answer.title


def _compression(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        large = answer.size >= survey.cdn.bounds.compress_from
        if large and is_text(look.asset.suffix) and _coding(answer) == "identity":
            yield "C07", "compressed text", f"{answer.size} bytes as they are", answer.title


def _coding(answer: Glimpse) -> str:
    return (answer.header("content-encoding") or "identity").strip().lower()


def _variants(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        vary = {word.strip().lower() for word in (answer.header("vary") or "").split(",") if word.strip()}
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


def _errors(survey: CdnSurvey) -> Iterator[Row]:
    most = survey.cdn.bounds.error_lifetime
    for edge in survey.edges:
        failures = [answer for answer in edge.glimpses if answer.status >= 500]
        for answer in (*failures, *_seen(*(edge.failing or ()))):
            if answer.status >= 400 and answer.cache == "hit":
                yield "C09", "failures asked again", f"{answer.status} from the cache", answer.title
        for answer in (*failures, *_seen(*(edge.failing or ()), edge.missing)):
            lifetime = answer.lifetime(shared=True) or timedelta(0)
            if answer.status >= 400 and lifetime > most:
                observed = f"{answer.status} for {format_duration(lifetime)}"
                yield "C09", f"errors kept for {format_duration(most)} at most", observed, answer.title


def _release(survey: CdnSurvey) -> Iterator[Row]:
    built = {asset.path for asset in survey.assets}
    if survey.manifest_source == "page":
        return
    for path in survey.page_assets:
        if path not in built and path != survey.cdn.manifest:
            yield (
                "C11",
                "a page of this build",
                f"it loads {shown_text(path)}, which is not in it",
                survey.title,
            )
    if survey.edge_manifest is not None and survey.edge_manifest != built:
        apart = sorted(survey.edge_manifest ^ built)
        observed = f"another at the edge: {len(apart)} assets differ, first {shown_text(apart[0])}"
        yield "C11", f"the manifest of the {survey.manifest_source}", observed, survey.title


def _hsts(survey: CdnSurvey) -> Iterator[Row]:
    for _, answer in _served(survey):
        if not answer.values("strict-transport-security"):
            yield "C12", "Strict-Transport-Security", "none", answer.title


def _http2(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in edge.glimpses[:1]:
            if answer.http_version not in ("HTTP/2", "HTTP/3"):
                yield "C15", "HTTP/2 or newer", answer.http_version, answer.title


def _bytes(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for look in edge.assets:
            for answer in _seen(look.first, *look.again):
                yield from _same(look.asset, answer, survey.origin.assets.get(look.asset.path))


def _same(asset: Asset, answer: Glimpse, at_origin: Look | None) -> Iterator[Row]:
    if answer.status != 200:
        yield "C16", "200", str(answer.status), answer.title
    elif answer.fits is False:
        observed = f"other bytes ({answer.size} of them)"
        yield "C16", "the bytes of the build", observed, answer.title
    elif asset.size is not None and answer.size != asset.size:
        yield "C16", f"{asset.size} bytes", str(answer.size), answer.title
    elif isinstance(at_origin, Glimpse) and at_origin.status == 200 and at_origin.sha256 != answer.sha256:
        yield "C16", f"the origin's {at_origin.size} bytes", f"others ({answer.size})", answer.title


def _types(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        accepted = accepted_types(look.asset.suffix, look.asset.type)
        said = (answer.header("content-type") or "none").partition(";")[0].strip().lower()
        if accepted and said not in accepted:
            yield "C17", " or ".join(sorted(accepted)), shown_text(said), answer.title
        elif not accepted and answer.is_page and look.asset.suffix not in (".html", ".htm"):
            yield "C17", f"a file of {look.asset.suffix or 'its own kind'}", "a page of HTML", answer.title


def _missing(survey: CdnSurvey) -> Iterator[Row]:
    for edge in survey.edges:
        for answer in _seen(edge.missing):
            if answer.status not in (404, 410) and answer.status < 500 and answer.status != 429:
                what = ", a page of HTML" if answer.is_page else ""
                yield "C18", "404", f"{answer.status}{what}", answer.title


def _cross_origin(survey: CdnSurvey) -> Iterator[Row]:
    for look, answer in _served(survey):
        allowed = answer.header("access-control-allow-origin")
        usable = allowed is not None and allowed in ("*", survey.page_origin)
        if look.asset.suffix in survey.cdn.cross_origin and not usable:
            wanted = f"Access-Control-Allow-Origin for {survey.page_origin or 'pages'}"
            yield "C19", wanted, shown_text(allowed or "none"), answer.title


def _immutable(survey: CdnSurvey) -> Iterator[Row]:
    least = survey.cdn.bounds.asset_lifetime
    for look, answer in _served(survey):
        if not is_hashed(survey.cdn, look.asset):
            continue
        said = shown_text(answer.header("cache-control") or "no Cache-Control")
        if (answer.lifetime(shared=False) or timedelta(0)) < least:
            yield "C20", f"to be kept for {format_duration(least)} or longer", said, answer.title
        elif "immutable" not in answer.policy:
            yield "C20", "immutable", said, answer.title
