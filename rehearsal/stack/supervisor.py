"""Starts every part of a stack side by side, watches them, and ends them in one go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from rehearsal import database as schema
from rehearsal import frontend
from rehearsal.code.desk import Desk
from rehearsal.database import Roles
from rehearsal.database.accounts import Accounts
from rehearsal.database.catalogue import GENRE_CENTRES
from rehearsal.monitoring.facts import monitoring_facts
from rehearsal.monitoring.programs import NoPrograms, find_programs
from rehearsal.monitoring.watch import Watch
from rehearsal.people.office import Office
from rehearsal.stack.cache import Cache, start_cache
from rehearsal.stack.certificates import mint
from rehearsal.stack.configuration import api_variables, configuration_facts, write_configuration
from rehearsal.stack.control import ControlTarget
from rehearsal.stack.database_facts import database_facts, database_secrets
from rehearsal.stack.delay_gate import DelayGate
from rehearsal.stack.dns import NameserverListener
from rehearsal.stack.edge import find_caddy, start_edge
from rehearsal.stack.edge_config import EdgeAddresses, Site
from rehearsal.stack.empty_answers import EmptyAnswers
from rehearsal.stack.errors import PartFailed
from rehearsal.stack.facts import Facts
from rehearsal.stack.fleet_facts import FleetFacts
from rehearsal.stack.name_service import plan_name_service
from rehearsal.stack.partners import NAME as THIRD_PARTIES
from rehearsal.stack.partners import Partners
from rehearsal.stack.plan import API_HOST, APP_HOST, CDN_HOST, ReplicaPlan, StackPlan
from rehearsal.stack.ports import LOOPBACK, PortReservations, public_addresses
from rehearsal.stack.postgres import Database, find_installation, start_postgres
from rehearsal.stack.processes import Children
from rehearsal.stack.run_directory import RunDirectory, reap_leftovers
from rehearsal.stack.services import ASSET_EDGE, FORGE, IDENTITY_PROVIDER, PREVIEWS, Credentials, Services

START_LIMIT_SECONDS = 60.0

Result = TypeVar("Result")
Progress = Callable[[str, float], None]
"""Told the name of a part and the seconds since the start of the stack, when the part is ready."""


class Stack:
    """One copy of the application. `start` once, `stop` once; two stacks do not know of each other."""

    def __init__(self, plan: StackPlan, progress: Progress) -> None:
        self.plan = plan
        self._progress = progress
        self._children = Children()
        self._ports = PortReservations()
        self._credentials = Credentials(**_issued(plan))
        self._roles = Roles()
        self._in_process: list[NameserverListener | EmptyAnswers | Watch] = []
        self._part_seconds: dict[str, float] = {}
        self._reported_dead: set[str] = set()
        self._run: RunDirectory | None = None
        self.ready = False
        self.remarks: list[str] = []
        """What is not as it could be, for those who watch the start."""
        self._began = 0.0

    @property
    def run(self) -> RunDirectory:
        """The directory of this run; exists once `start` was called."""
        assert self._run is not None, "the stack was not started"
        return self._run

    async def start(self) -> Facts:
        """Start everything and return the facts. Raises PartFailed for the first part that fails.

        After an exception, and after cancellation, `stop` must still be called.
        """
        self._began = time.monotonic()
        find_installation()
        find_caddy()
        await asyncio.to_thread(reap_leftovers)
        self._run = RunDirectory()
        await self._children.start_guard()
        try:
            async with asyncio.timeout(START_LIMIT_SECONDS):
                facts = await self._start_parts()
        except TimeoutError:
            missing = f"not everything was ready after {START_LIMIT_SECONDS:g} s"
            raise PartFailed("stack", missing, "is the machine overloaded?") from None
        except ExceptionGroup as failures:
            raise _first_failure(failures) from failures
        self.ready = True
        return facts

    def newly_dead(self) -> list[tuple[str, list[str]]]:
        """Name and last log lines of every part that ended by itself since the last call."""
        dead = [child for child in self._children.died() if child.name not in self._reported_dead]
        self._reported_dead.update(child.name for child in dead)
        return [(child.name, child.log_tail()) for child in dead]

    async def stop(self) -> None:
        """End every part and remove the run's directory. Never leaves a process behind."""
        for listener in self._in_process:
            await listener.stop()
        await self._children.stop()
        self._ports.close()
        # A thread that still writes cannot be cancelled: it would leave files where all was removed.
        await asyncio.get_running_loop().shutdown_default_executor()
        if self._run is not None:
            self._run.remove()

    async def _start_parts(self) -> Facts:
        accounts = Accounts.generate()
        partners = Partners(self.run, self._ports)
        services = Services(self.run, self._ports, self._children, self.plan, self._credentials, partners)
        at = self._addresses()
        async with asyncio.TaskGroup() as group:
            site = group.create_task(self._timed("site", self._build_site()))
            database = group.create_task(self._prepared_database(accounts))
            cache = group.create_task(self._timed("cache", self._start_cache()))
            nameservers = group.create_task(self._timed("dns", self._start_nameservers()))
            office = Office(self.run, self.plan.people, self.plan.release, self.plan.environment)
            people = group.create_task(self._timed("people", asyncio.to_thread(office.furnish)))
            code = group.create_task(self._timed(FORGE, self._start_forge(services)))
            control = group.create_task(self._timed("control", self._start_control(at.delay_gate)))
            replicas = [
                group.create_task(self._start_replica(services, replica, database, cache))
                for replica in self.plan.replicas
                if replica.running
            ]
            group.create_task(self._timed(IDENTITY_PROVIDER, services.start_identity_provider()))
            group.create_task(self._timed(ASSET_EDGE, services.start_asset_edge(at.asset_origin)))
            group.create_task(self._start_partners(partners, site))
            group.create_task(self._start_edge(site, replicas, at))
        watch = await self._open_watch(services, database.result())
        await self._break_down()
        return Facts(
            plan=self.plan,
            accounts=accounts,
            certificates=site.result().certificates,
            control_port=control.result(),
            fleet=self._fleet(at),
            nameserver_ports=nameservers.result(),
            jwt_secret=self._credentials.jwt_secret,
            operations_token=self._credentials.operations_token,
            spotify_client_id=self._credentials.spotify_client_id,
            asset_origin_port=at.asset_origin,
            origin_key=self._credentials.origin_key,
            purge_token=self._credentials.purge_token,
            database_url=database.result().url,
            database=database_facts(self.run, database.result(), self.plan.database),
            database_secrets=database_secrets(database.result().url, self._roles),
            cache_url=cache.result().url,
            people=people.result(),
            monitoring=monitoring_facts(watch, self.plan),
            configuration=configuration_facts(self._write_configuration(database, cache), at.asset_origin),
            code=code.result(),
            forge_token=self._credentials.forge_token,
            partners=partners,
            started_seconds=time.monotonic() - self._began,
            part_seconds=dict(self._part_seconds),
        )

    async def _start_forge(self, services: Services) -> dict[str, Any]:
        desk = Desk(self.run.subdirectory("code"), self.plan.code)
        await asyncio.to_thread(desk.furnish)
        await services.start_forge(desk.home)
        return desk.facts(f"http://{LOOPBACK}:{self._ports.reserve(FORGE)}")

    def _fleet(self, at: EdgeAddresses) -> FleetFacts:
        inside = {"database": "postgres", "cache": "cache"}
        return FleetFacts(
            plan=self.plan,
            edge={"https": at.https, "http": at.http},
            inside={service: self._ports.reserve(part) for service, part in inside.items()}
            | {"asset origin": at.asset_origin, "asset edge": at.asset_edge},
            replicas={replica.name: self._ports.reserve(replica.name) for replica in self.plan.replicas},
        )

    def _addresses(self) -> EdgeAddresses:
        reserve, outside = self._ports.reserve, public_addresses()
        return EdgeAddresses(
            outside=outside,
            https=reserve("edge-https", *outside),
            http=reserve("edge-http", *outside),
            asset_origin=reserve("asset-origin"),
            asset_edge=reserve(ASSET_EDGE),
            identity_provider=reserve(IDENTITY_PROVIDER),
            delay_gate=reserve("delay-gate"),
            replicas=tuple(reserve(replica.name) for replica in self.plan.replicas),
        )

    async def _prepared_database(self, accounts: Accounts) -> Database:
        plan = self.plan.database
        started = await self._timed("postgres", self._start_postgres())
        work = schema.prepare(
            started.url, accounts, self._roles, plan, collects_statistics=started.collects_statistics
        )
        try:
            await self._timed("database", work)
        except (OSError, asyncpg.PostgresError) as error:
            remedy = "a migration or the seed does not fit; see the end of the log below"
            raise PartFailed("database", str(error), remedy, started.child.log_tail()) from error
        return started

    async def _start_postgres(self) -> Database:
        plan = self.plan
        return await start_postgres(
            self.run, self._ports, self._children, plan.database.settings, plan.database_addresses
        )

    async def _start_cache(self) -> Cache:
        return await start_cache(self.run, self._ports, self._children, self.plan.cache_addresses)

    async def _start_replica(
        self,
        services: Services,
        replica: ReplicaPlan,
        database: asyncio.Task[Database],
        cache: asyncio.Task[Cache],
    ) -> None:
        await database
        await cache
        variables = self._variables(database, cache)
        await self._timed(replica.name, services.start_replica(replica, variables))

    def _variables(self, database: asyncio.Task[Database], cache: asyncio.Task[Cache]) -> dict[str, str]:
        return api_variables(self.plan, self._credentials, database.result().url, cache.result().url)

    def _write_configuration(self, database: asyncio.Task[Database], cache: asyncio.Task[Cache]) -> str:
        variables = self._variables(database, cache)
        return write_configuration(self.run, self.plan, self._credentials, variables)

    async def _start_partners(self, partners: Partners, site: asyncio.Task[Site]) -> None:
        served = (await site).certificates.partners
        replicas = [replica.name for replica in self.plan.replicas]
        work = partners.start(self._children, self.plan.partners, served, replicas)
        await self._timed(THIRD_PARTIES, work)

    async def _start_edge(
        self, site: asyncio.Task[Site], replicas: list[asyncio.Task[None]], at: EdgeAddresses
    ) -> None:
        # After the replicas: the edge's first health check then decides rightly, and at once.
        built = await site
        await asyncio.gather(*replicas)
        for purpose in ("edge-https", "edge-http", "asset-origin"):
            self._ports.hand_over(purpose)
        await self._timed("edge", start_edge(self.run, self._children, self.plan, built, at))

    async def _build_site(self) -> Site:
        destination = self.run.subdirectory("site")
        configuration = frontend.FrontendConfig(
            api_url=f"https://{API_HOST}{self.plan.api_prefix}",
            socket_url=f"https://{API_HOST}{self.plan.api_prefix}",
            frontend_url=f"https://{APP_HOST}",
            assets_url=f"https://{CDN_HOST}",
            spotify_client_id=self._credentials.spotify_client_id,
            release_version=self.plan.release.version,
            release_commit=self.plan.release.commit,
        )
        certificates = await asyncio.to_thread(mint, self.run, self.plan.leaves)
        await asyncio.to_thread(
            frontend.build, destination, configuration, self.plan.frontend_edits, self.plan.flavour
        )
        previews = destination / "assets" / PREVIEWS
        await asyncio.to_thread(frontend.write_previews, previews, GENRE_CENTRES)
        key = self._credentials.origin_key
        return Site(destination / "app", destination / "assets", certificates, key)

    async def _start_nameservers(self) -> dict[str, int]:
        ports: dict[str, int] = {}
        for answers in plan_name_service(self.plan):
            name = answers.plan.name
            ports[name] = self._ports.reserve_both(name)
            if answers.plan.running:
                listener = NameserverListener(answers)
                self._in_process.append(listener)
                await listener.start(ports[name], datagrams=self._ports.hand_over_both(name))
        return ports

    async def _start_control(self, gate_port: int) -> int:
        control, gate = ControlTarget(), DelayGate()
        self._in_process += [control, gate]
        port = self._ports.hand_over("control")
        await control.start(port)
        self._ports.hand_over("delay-gate")
        await gate.start(gate_port)
        return port

    async def _open_watch(self, services: Services, database: Database) -> Watch | NoPrograms:
        programs = find_programs()
        if isinstance(programs, NoPrograms):
            self.remarks.append(f"{programs.reason}; {programs.remedy}")
            return programs
        watch = Watch(
            run=self.run,
            ports=self._ports,
            children=self._children,
            services=services,
            plan=self.plan.monitoring,
            programs=programs,
            replicas=tuple(self._ports.reserve(replica.name) for replica in self.plan.replicas),
            database_url=self._roles.exporter_url(database.url, self.plan.monitoring.exporter_password),
        )
        self._in_process.append(watch)
        await watch.open()
        return watch

    async def _break_down(self) -> None:
        for name in self.plan.outages:
            child = self._children.find(name)
            assert child is not None, f"no part is called {name}"
            await child.stop()

    async def _timed(self, part: str, work: Awaitable[Result]) -> Result:
        began = time.monotonic()
        result = await work
        now = time.monotonic()
        self._part_seconds[part] = now - began
        self._progress(part, now - self._began)
        return result


def _issued(plan: StackPlan) -> dict[str, str]:
    """Credentials that others gave to the application."""
    secret = plan.spotify_client_secret
    return {} if secret is None else {"spotify_client_secret": secret}


def _first_failure(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    known = failures.subgroup(PartFailed)
    group: BaseExceptionGroup[BaseException] = known or failures
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
