"""Names of the third parties: outside Audotics' own zone, as in life."""

from __future__ import annotations

SENTRY = "sentry.partners.test"
LOKI = "loki.partners.test"
GRAFANA = "grafana.partners.test"
CALENDAR = "calendar.partners.test"
CHAT = "chat.partners.test"
MAIL = "mail.partners.test"
PAGER = "pager.partners.test"
STATUS = "status.partners.test"

HOSTS = (SENTRY, LOKI, GRAFANA, CALENDAR, CHAT, MAIL, PAGER, STATUS)
"""All of them; one certificate names them."""
