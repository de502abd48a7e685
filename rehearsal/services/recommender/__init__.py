"""The recommender: content and interactions over the catalogue, without any I/O.

`Recommender` ranks; what it ranks (tracks, history) is handed to it, so that the same input gives
the same order in every replica.
"""

from __future__ import annotations

from rehearsal.services.recommender.model import Catalogue, Crowd, Scored, Signal, Track, disliked_by
from rehearsal.services.recommender.ranking import Recommender

__all__ = ["Catalogue", "Crowd", "Recommender", "Scored", "Signal", "Track", "disliked_by"]
