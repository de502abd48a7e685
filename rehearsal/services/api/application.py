"""The API as an object of small parts, each of which can be replaced before it begins to serve."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection

from starlette.routing import Router
from starlette.types import ASGIApp

from rehearsal.services.api.access_log import AccessLog
from rehearsal.services.api.accounts.access import Access
from rehearsal.services.api.accounts.identity import IdentityProvider
from rehearsal.services.api.accounts.passwords import Passwords
from rehearsal.services.api.accounts.refresh import TokenFamilies
from rehearsal.services.api.accounts.tokens import AccessTokens
from rehearsal.services.api.accounts.users import Users
from rehearsal.services.api.cache import Cache
from rehearsal.services.api.database import Database
from rehearsal.services.api.errors import ErrorShape
from rehearsal.services.api.gateway import Gateway
from rehearsal.services.api.health import Health
from rehearsal.services.api.library import Library
from rehearsal.services.api.live.broadcast import RedisBroadcast
from rehearsal.services.api.live.lean_socketio import socketio
from rehearsal.services.api.live.presence import Presence
from rehearsal.services.api.live.realtime import Realtime
from rehearsal.services.api.live.sessions import GroupSessions
from rehearsal.services.api.machine import Machine
from rehearsal.services.api.metrics import Metrics
from rehearsal.services.api.rate_limits import RateLimits
from rehearsal.services.api.replica_state import ReplicaState
from rehearsal.services.api.routes import all_routes
from rehearsal.services.api.settings import Settings
from rehearsal.services.api.suggestions import Suggestions


class Application:
    """Builds every part; `asgi()` is what the server runs. Parts look each other up only through here."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.errors = ErrorShape()
        self.access_log = AccessLog(settings.access_log, settings.instance)
        self.metrics = Metrics(settings.instance, settings.release)
        self.machine = Machine(settings.memory_bytes)
        self.replica_state = ReplicaState(settings.operations_token, self.errors)
        self.cache = Cache(settings.redis_url)
        self.database = Database(settings.database_url)
        self.tokens = AccessTokens(settings.jwt_secret, settings.access_token_seconds)
        self.families = TokenFamilies(self.cache, self.tokens)
        self.passwords = Passwords()
        self.users = Users(self.database)
        self.access = Access(self.tokens, self.families, self.database)
        self.rate_limits = RateLimits(self.cache, settings.limits)
        self.identity = IdentityProvider(settings)
        self.library = Library(self.database, settings.previews_url)
        self.suggestions = Suggestions(self.library)
        self.sessions = GroupSessions(self.database, self.library)
        self.realtime = Realtime(
            origin=settings.frontend_origin,
            access=self.access,
            sessions=self.sessions,
            presence=Presence(self.cache),
            broadcast=RedisBroadcast(self.cache),
            metrics=self.metrics,
            limits=settings.realtime,
        )
        self.families.tell = self._cut_off
        self.health = Health(
            {
                "database": self._ping_database,
                "cache": self.cache.ping,
                "identityProvider": self.identity.ping,
                "recommender": self.library.ping,
            },
            essential=frozenset({"database", "recommender"}),
        )

    def allows_origin(self, origin: str) -> bool:
        """Whether a browser page of this origin may call the API: exactly the frontend's."""
        return origin == self.settings.frontend_origin

    def asgi(self) -> ASGIApp:
        """The whole application: Socket.IO under /socket.io/, HTTP everywhere else."""
        routes = Router(all_routes(self), redirect_slashes=False, lifespan=self._lifespan)
        app: ASGIApp = socketio.ASGIApp(self.realtime.server, Gateway(self, routes))
        return self.access_log.around(self.replica_state.around(app))

    @contextlib.asynccontextmanager
    async def _lifespan(self, _routes: Router) -> AsyncIterator[None]:
        await self.database.open()
        await self.realtime.start()
        warm_up = asyncio.create_task(self._warm_up())
        try:
            yield
        finally:
            warm_up.cancel()
            await self.realtime.stop()
            await self.cache.close()
            await self.database.close()

    async def _warm_up(self) -> None:
        """Load the catalogue before anybody asks; a database that is not there yet is asked later."""
        with contextlib.suppress(Exception):
            recommender = await self.library.recommender()
            recommender.recommend([], await self.library.crowd())

    async def _cut_off(self, token_ids: Collection[str]) -> None:
        # Looked up only now: another deployment has connections of another kind.
        await self.realtime.cut_off(token_ids)

    async def _ping_database(self) -> None:
        await self.database.value("SELECT 1")
