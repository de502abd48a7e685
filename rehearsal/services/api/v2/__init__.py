"""The second deployment: the same application behind other routes, words, cookies and real time.

Nothing of the application knows about it; it translates what comes in and what goes out.
"""

from __future__ import annotations

from rehearsal.services.api.v2.translation import Translation

__all__ = ["Translation"]
