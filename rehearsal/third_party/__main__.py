"""`python -m rehearsal.third_party`: all stand-ins, configured by the environment."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys

import uvicorn

from rehearsal.services.serving import KEEP_ALIVE_SECONDS
from rehearsal.third_party.application import ThirdParties
from rehearsal.third_party.settings import Settings


def build(settings: Settings) -> ThirdParties:
    """The stand-ins with the named faults put in. Raises UnknownFault."""
    parties = ThirdParties(settings)
    if settings.faults:
        # Imported only now: healthy stand-ins need not know that there are faults.
        from rehearsal.faults import named  # noqa: PLC0415
        from rehearsal.faults.base import PartnerFault  # noqa: PLC0415

        for fault in named(settings.faults):
            if isinstance(fault, PartnerFault):
                fault.modify(parties)
    return parties


async def serve(parties: ThirdParties) -> None:
    """Serve HTTPS and SMTP until the process is ended."""
    settings = parties.settings
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.certificate, settings.key)
    mail = await asyncio.get_running_loop().create_server(
        lambda: parties.mail.session(context), settings.host, settings.mail_port
    )
    config = uvicorn.Config(
        parties.asgi(),
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.key,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
        lifespan="off",
    )
    async with mail:
        await uvicorn.Server(config).serve()


def main() -> int:
    try:
        settings = Settings.from_environment(os.environ)
    except (KeyError, ValueError) as problem:
        sys.stderr.write(f"missing or wrong variable: {problem}\n")
        return 2
    asyncio.run(serve(build(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
