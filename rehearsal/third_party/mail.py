"""A real SMTP server (aiosmtpd) in front of a stand-in mailbox, which is read by Mailpit's API.

Shape: mailpit.axllent.org/docs/api-v1 (messages).
"""

from __future__ import annotations

import email
import email.policy
import secrets
import ssl
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.third_party.bearer import carries
from rehearsal.third_party.settings import MAIL_USER

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

DELIVERED = "250 Message accepted for delivery"


class Mail:
    """One mailbox; everybody's mail ends up here."""

    def __init__(self, password: str, token: str) -> None:
        self.messages: list[dict[str, Any]] = []
        self._password = password
        self._token = token

    def routes(self) -> list[BaseRoute]:
        """Of the mailbox."""
        return [Route("/api/v1/messages", self._read)]

    def session(self, tls: ssl.SSLContext) -> SMTP:
        """The server of one connection, which wants TLS and a password."""
        # Not above: most rehearsals send no mail, and each would wait for it.
        from aiosmtpd.smtp import SMTP  # noqa: PLC0415

        return SMTP(
            self,
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=self.authenticate,
            ident="mail (stand-in)",
        )

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        """Whether somebody may send."""
        from aiosmtpd.smtp import AuthResult, LoginPassword  # noqa: PLC0415

        right = (
            isinstance(given, LoginPassword)
            and given.login == MAIL_USER.encode()
            and secrets.compare_digest(given.password, self._password.encode())
        )
        return AuthResult(success=right, handled=False)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a message, as aiosmtpd's handlers do."""
        self.keep(envelope)
        return DELIVERED

    def keep(self, envelope: Envelope) -> None:
        """Put a message into the mailbox."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        self.messages.insert(
            0,
            {
                "ID": secrets.token_urlsafe(16),
                "From": {"Name": "", "Address": envelope.mail_from},
                "To": [{"Name": "", "Address": address} for address in envelope.rcpt_tos],
                "Subject": str(message.get("Subject", "")),
                "Snippet": " ".join(body.get_content().split())[:250] if body else "",
            },
        )

    async def _read(self, request: Request) -> Response:
        if not carries(request, self._token):
            return PlainTextResponse("Unauthorized.", 401)
        return JSONResponse({"total": len(self.messages), "messages": self.messages[:50]})
