"""A content delivery network that keeps what it must not, or does not do what it is there for."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from rehearsal.faults.api.rewriting import rewrite
from rehearsal.faults.base import ApiFault, AssetEdgeFault, Fault
from rehearsal.stack.plan import CDN_HOST, StackPlan


def rewrite_origin(edge: Any, change: Any, path: str = "/") -> None:
    """Have `change(scope, answer)` called on every answer of the origin before the cache sees it."""
    origin = edge.origin
    shim = SimpleNamespace(asgi=lambda: origin)
    rewrite(shim, change, path)
    edge.origin = shim.asgi()


class CachesNothing(AssetEdgeFault):
    """The asset edge passes every request on to the origin."""

    name = "cdn.caches-nothing"
    case = "C01"
    expected_failures = ("infra.cdn",)
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def modify(self, edge: Any) -> None:
        edge.cached = edge.origin


class CookieOnAssets(Fault):
    """Every asset sets a cookie, which the edge then gives to everybody."""

    name = "cdn.cookie-on-assets"
    case = "C02"
    expected_failures = ("infra.cdn",)
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.cookie = "visitor=1; Path=/; Secure; HttpOnly; SameSite=Lax"


class PrivateAnswerShared(ApiFault):
    """The answer about one's own account may be stored and given to others."""

    name = "cdn.private-answer-shared"
    case = "C03"
    expected_failures = ("infra.cdn",)
    proves = ("test_pages_and_personal_answers_pass_unshared",)

    def modify(self, app: Any) -> None:
        rewrite(
            app, lambda _scope, answer: answer.set_header("cache-control", "public, max-age=300"), "/users/me"
        )


class IgnoresQuery(AssetEdgeFault):
    """The asset edge gives the same stored answer whatever the query is."""

    name = "cdn.ignores-query"
    case = "C05"
    expected_failures = ("infra.cdn",)
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def modify(self, edge: Any) -> None:
        healthy = edge.cached

        async def cached(scope: Any, receive: Any, send: Any) -> None:
            await healthy({**scope, "query_string": b""}, receive, send)

        edge.cached = cached
        # What is stored for everybody is stored for a while.
        rewrite_origin(edge, _keep_for_a_minute)


def _keep_for_a_minute(_scope: Any, answer: Any) -> None:
    if ("cache-control", "no-cache") in answer.headers:
        answer.set_header("cache-control", "public, max-age=60")


class OriginOpen(Fault):
    """The asset origin serves anybody who finds it, past the edge."""

    name = "cdn.origin-open"
    case = "C06"
    expected_failures = ("infra.cdn",)
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.asks_for_key = False


class NothingCompressed(Fault):
    """Assets are sent uncompressed."""

    name = "cdn.nothing-compressed"
    case = "C07"
    expected_failures = ("infra.cdn",)
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.compresses = False


class KeepsErrors(AssetEdgeFault):
    """A failure of the origin is stored and served for ten minutes."""

    name = "cdn.keeps-errors"
    case = "C09"
    expected_failures = ("infra.cdn",)
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def modify(self, edge: Any) -> None:
        rewrite_origin(edge, _keep_failure)


def _keep_failure(_scope: Any, answer: Any) -> None:
    if answer.status >= 500:
        answer.set_header("cache-control", "public, max-age=600")


class PageCachedForAYear(Fault):
    """The page may be kept for a year, so nobody sees the next release."""

    name = "cdn.page-cached-for-a-year"
    case = "C10"
    expected_failures = ("infra.cdn",)
    proves = ("test_pages_and_personal_answers_pass_unshared",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.page_cache_control = "public, max-age=31536000, immutable"


class PreviousManifest(AssetEdgeFault):
    """The asset edge still has the manifest of the previous release."""

    name = "cdn.previous-manifest"
    case = "C11"
    expected_failures = ("infra.cdn", "step.frontend.assets")
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def modify(self, edge: Any) -> None:
        rewrite_origin(edge, _of_the_previous_release, "/manifest.json")


def _of_the_previous_release(_scope: Any, answer: Any) -> None:
    manifest = answer.json
    manifest.pop("favicon.svg")
    answer.body = json.dumps(manifest).encode()
    answer.set_header("etag", '"previous"')


class RewritesStyles(AssetEdgeFault):
    """The asset edge optimises style sheets, so they are not the bytes that were built."""

    name = "cdn.rewrites-styles"
    case = "C16"
    expected_failures = ("infra.cdn", "step.frontend.assets")
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def modify(self, edge: Any) -> None:
        rewrite_origin(edge, _optimise)


def _optimise(scope: Any, answer: Any) -> None:
    if urlsplit(scope["path"]).path.endswith(".css") and answer.body:
        answer.body += b"\n/* optimised at the edge */\n"


class PurgeDoesNothing(AssetEdgeFault):
    """A purge is accepted, and everything stays as it was."""

    name = "cdn.purge-does-nothing"
    expected_failures = ("infra.cdn",)
    proves = ("test_purged_asset_is_fetched_anew",)

    def modify(self, edge: Any) -> None:
        edge.forget = lambda _path: None


class OldHttp(Fault):
    """The asset host speaks nothing newer than HTTP/1.1."""

    name = "cdn.no-http2"
    case = "C15"
    expected_failures = ("infra.cdn",)
    proves = ("test_no_cdn_case_of_assets_is_met",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.http1_only.add(CDN_HOST)
