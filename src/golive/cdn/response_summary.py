"""What is kept of an answer of the asset host: its headers and what its bytes come to, not the bytes."""

import hashlib

from golive.cdn.asset_manifest import Asset
from golive.cdn.observation import ResponseSummary
from golive.net.http_observation import HttpObservation

_NUMBERS = ("max-age", "s-maxage")


def summarise(
    answer: HttpObservation, asset: Asset | None = None, claimed: str | None = None
) -> ResponseSummary:
    """Keep of an answer what matters; its bytes are let go.

    Args:
        answer: complete.
        asset: what the manifest says of it.
        claimed: a host name that the suite claimed to be asked by.
    """
    fits = None
    if asset is not None and asset.digest is not None:
        algorithm, digest = asset.digest
        fits = hashlib.new(algorithm, answer.body).hexdigest() == digest
    start = answer.body[:512].lstrip().lower()
    echoes = claimed is not None and (
        claimed.encode() in answer.body or any(claimed in value for _, value in answer.headers)
    )
    return ResponseSummary(
        title=answer.title,
        status=answer.status,
        http_version=answer.http_version,
        headers=answer.headers,
        size=len(answer.body),
        sha256=hashlib.sha256(answer.body).hexdigest(),
        fits=fits,
        is_page=start.startswith((b"<!doctype html", b"<html")),
        echoes=echoes,
    )
