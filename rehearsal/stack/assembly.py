"""How the parts of a stack are put together: what each is made of, and which waits for which."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from rehearsal import frontend
from rehearsal.code.forge_data import ForgeData
from rehearsal.database.catalogue import GENRE_CENTRES
from rehearsal.monitoring.facts import monitoring_facts
from rehearsal.monitoring.programs import NoPrograms, find_programs
from rehearsal.monitoring.stack import MonitoringStack
from rehearsal.people.records import PeopleRecords
from rehearsal.stack.configuration import api_variables, configuration_facts, write_configuration
from rehearsal.stack.control import ControlTarget
from rehearsal.stack.data import contents
from rehearsal.stack.data.cache import PART as CACHE
from rehearsal.stack.data.cache import Cache, empty_cache, start_cache
from rehearsal.stack.data.contents import Contents
from rehearsal.stack.data.database_facts import database_facts, database_secrets
from rehearsal.stack.data.postgres import PART as POSTGRES
from rehearsal.stack.data.postgres import Database, start_postgres
from rehearsal.stack.errors import PartFailed
from rehearsal.stack.facts import Facts
from rehearsal.stack.fleet_facts import FleetFacts
from rehearsal.stack.grounds import Grounds
from rehearsal.stack.network.certificates import Authorities, CertificateStore
from rehearsal.stack.network.delay_gate import DelayGate
from rehearsal.stack.network.edge import PART as EDGE
from rehearsal.stack.network.edge import admin_socket, reload_edge, start_edge
from rehearsal.stack.network.edge_config import EdgeAddresses, Site, configuration
from rehearsal.stack.network.name_service import NameService, start_name_service
from rehearsal.stack.network.ports import LOOPBACK, public_addresses
from rehearsal.stack.network.probing import answers_http
from rehearsal.stack.partners import NAME as THIRD_PARTIES
from rehearsal.stack.plan import API_HOST, APP_HOST, CDN_HOST, ReplicaPlan, StackPlan
from rehearsal.stack.processes import Child
from rehearsal.stack.services import ASSET_EDGE, FORGE, IDENTITY_PROVIDER, PREVIEWS, Services

MONITORING = "monitoring"
READY_PATH = "/health/ready"
RECONNECT_SECONDS = 1.0
Result = TypeVar("Result")


class Assembly:
    """One plan, being brought about on the grounds of a stack."""

    def __init__(self, grounds: Grounds, plan: StackPlan) -> None:
        secret = plan.spotify_client_secret
        issued = {} if secret is None else {"spotify_client_secret": secret}
        self._plan = plan
        self._grounds = grounds
        self._parts = grounds.parts
        self._ports = grounds.ports
        self._children = grounds.children
        self._credentials = dataclasses.replace(grounds.issued, **issued)
        self._services = Services(
            grounds.run, self._ports, self._children, plan, self._credentials, grounds.partners
        )
        self._at = self._addresses()

    async def bring_up(self, began: float) -> Facts:
        """Make what is not there as planned, and return the facts. `began` is of `time.monotonic`."""
        grounds, plan = self._grounds, self._plan
        async with asyncio.TaskGroup() as group:
            authorities = group.create_task(self._authorities())
            certificates = group.create_task(self._certificates(authorities))
            site = group.create_task(self._site(certificates))
            database = group.create_task(self._database())
            cache = group.create_task(self._cache())
            nameservers = group.create_task(self._nameservers())
            people = group.create_task(self._people())
            code = group.create_task(self._code())
            control = group.create_task(self._control())
            replicas = [
                group.create_task(self._replica(replica, database, cache)) for replica in plan.replicas
            ]
            group.create_task(self._identity_provider())
            asset_edge = group.create_task(self._asset_edge(site))
            group.create_task(self._third_parties(authorities))
            group.create_task(self._edge(site, [*replicas, asset_edge]))
        monitoring = await self._monitoring(database.result())
        folder = await self._configuration(database.result(), cache.result())
        database_files = await self._database_files(database.result())
        await self._break_down()
        return Facts(
            plan=plan,
            accounts=grounds.accounts,
            certificates=certificates.result(),
            control_port=control.result(),
            fleet=self._fleet(),
            nameserver_ports=nameservers.result(),
            jwt_secret=self._credentials.jwt_secret,
            operations_token=self._credentials.operations_token,
            spotify_client_id=self._credentials.spotify_client_id,
            asset_origin_port=self._at.asset_origin,
            origin_key=self._credentials.origin_key,
            purge_token=self._credentials.purge_token,
            database_url=database.result().url,
            database=database_files,
            database_secrets=database_secrets(database.result().url, grounds.roles),
            cache_url=cache.result().url,
            people=people.result(),
            monitoring=monitoring_facts(monitoring, plan),
            configuration=configuration_facts(folder, self._at.asset_origin),
            code=code.result(),
            forge_token=self._credentials.forge_token,
            partners=grounds.partners,
            started_seconds=time.monotonic() - began,
            part_seconds=dict(self._parts.seconds),
            touched=tuple(self._parts.touched),
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
            replicas=tuple(reserve(replica.name) for replica in self._plan.replicas),
        )

    def _fleet(self) -> FleetFacts:
        at, inside = self._at, {"database": POSTGRES, "cache": CACHE}
        return FleetFacts(
            plan=self._plan,
            edge={"https": at.https, "http": at.http},
            inside={service: self._ports.reserve(part) for service, part in inside.items()}
            | {"asset origin": at.asset_origin, "asset edge": at.asset_edge},
            replicas={replica.name: self._ports.reserve(replica.name) for replica in self._plan.replicas},
        )

    async def _process(
        self, name: str, told: dict[str, str], start: Callable[[], Awaitable[Child]], *more: object
    ) -> Child:
        """A process that is what it is told, and what `more` says."""
        return await self._parts.bring(name, (told, more), start, self._end)

    async def _end(self, child: Child) -> None:
        await self._children.end(child.name)

    async def _written(self, name: str, recipe: object, write: Callable[[], Result]) -> Result:
        """A part that is files."""
        return await self._parts.bring(name, recipe, lambda: asyncio.to_thread(write))

    async def _authorities(self) -> Authorities:
        return await self._written("authorities", (), lambda: Authorities(self._grounds.run))

    async def _certificates(self, authorities: asyncio.Task[Authorities]) -> CertificateStore:
        issuing, leaves = await authorities, self._plan.leaves
        return await self._written("certificates", leaves, lambda: issuing.mint(leaves))

    async def _site(self, certificates: asyncio.Task[CertificateStore]) -> Site:
        plan = self._plan
        config = frontend.FrontendConfig(
            api_url=f"https://{API_HOST}{plan.api_prefix}",
            socket_url=f"https://{API_HOST}{plan.api_prefix}",
            frontend_url=f"https://{APP_HOST}",
            assets_url=f"https://{CDN_HOST}",
            spotify_client_id=self._credentials.spotify_client_id,
            release_version=plan.release.version,
            release_commit=plan.release.commit,
        )

        def build() -> Path:
            destination = self._grounds.run.subdirectory("site")
            frontend.build(destination, config, plan.frontend_edits, plan.flavour)
            frontend.write_previews(destination / "assets" / PREVIEWS, GENRE_CENTRES)
            return destination

        built = await self._written("site", (config, plan.frontend_edits, plan.flavour), build)
        return Site(built / "app", built / "assets", await certificates, self._credentials.origin_key)

    async def _database(self) -> Database:
        plan, grounds = self._plan.database, self._grounds
        settings, addresses = plan.settings, self._plan.database_addresses

        async def start() -> Database:
            return await start_postgres(grounds.run, self._ports, self._children, settings, addresses)

        async def end(server: Database) -> None:
            await self._end(server.child)

        server = await self._parts.bring(POSTGRES, (settings, addresses), start, end)

        async def fill() -> Contents:
            return await Contents(server, grounds.accounts, grounds.roles).made(plan.edits)

        async def renew(known: Contents) -> Contents:
            return await known.renewed(plan.edits) if known.server is server else await fill()

        known = self._parts.find(contents.PART)
        if known is None or known.server is not server or await known.is_used():
            grounds.uses += 1
        recipe = (server.url, plan.edits, grounds.uses)
        await self._parts.bring(contents.PART, recipe, fill, change=renew)
        return server

    async def _database_files(self, server: Database) -> dict[str, Any]:
        run, plan = self._grounds.run, self._plan.database
        # Backups are of the database as it is, so they begin anew with it.
        recipe = (server.url, plan, self._grounds.beginnings)
        return await self._written("database files", recipe, lambda: database_facts(run, server, plan))

    async def _cache(self) -> Cache:
        addresses = self._plan.cache_addresses

        async def start() -> Cache:
            return await start_cache(self._grounds.run, self._ports, self._children, addresses)

        async def end(cache: Cache) -> None:
            await self._end(cache.child)

        cache = await self._parts.bring(CACHE, addresses, start, end)
        if self._grounds.beginnings:
            await empty_cache(cache)
        return cache

    async def _replica(
        self, replica: ReplicaPlan, database: asyncio.Task[Database], cache: asyncio.Task[Cache]
    ) -> None:
        name, urls = replica.name, ((await database).url, (await cache).url)
        if not replica.running:
            await self._parts.end(name)
            return
        variables = api_variables(self._plan, self._credentials, *urls)
        told = self._services.replica_variables(replica, variables)
        known = self._parts.generation(name)
        child = await self._process(name, told, lambda: self._services.start_replica(name, told))
        if self._parts.generation(name) == known:
            # It has lost its connections to the database, and finds new ones; a broken one never does.
            port = self._ports.reserve(name)
            with contextlib.suppress(PartFailed):
                await child.wait_until(lambda: answers_http(port, READY_PATH), "", RECONNECT_SECONDS)

    async def _identity_provider(self) -> None:
        told = self._services.identity_provider_variables()
        await self._process(IDENTITY_PROVIDER, told, lambda: self._services.start_identity_provider(told))

    async def _asset_edge(self, site: asyncio.Task[Site]) -> None:
        told, origin = self._services.asset_edge_variables(self._at.asset_origin), self._plan.asset_edge
        assets = (await site).assets
        # What it has stored is of the origin and of the site as they were.
        await self._process(ASSET_EDGE, told, lambda: self._services.start_asset_edge(told), origin, assets)

    async def _third_parties(self, authorities: asyncio.Task[Authorities]) -> None:
        issuing, partners = await authorities, self._grounds.partners
        served = await self._written("third parties' certificate", (), issuing.mint_for_partners)
        replicas = [replica.name for replica in self._plan.replicas]
        told = partners.variables(self._plan.partners, served, replicas)
        await self._process(THIRD_PARTIES, told, lambda: partners.start(self._children, told))

    async def _edge(self, site: asyncio.Task[Site], behind: list[asyncio.Task[None]]) -> None:
        # After what is behind it: the edge's first health check then decides rightly, and at once.
        built = await site
        await asyncio.gather(*behind)
        plan, run, at = self._plan, self._grounds.run, self._at
        document = configuration(plan.edge, plan.asset_edge, built, at, admin_socket(run))
        for purpose in ("edge-https", "edge-http", "asset-origin"):
            self._ports.hand_over(purpose)

        async def start() -> Child:
            return await start_edge(run, self._children, document, at)

        async def reload(edge: Child) -> Child:
            await reload_edge(edge, admin_socket(run), document, at)
            return edge

        # Loaded with each beginning: while the database was made anew, its health checks will have failed.
        recipe = (document, self._grounds.beginnings)
        await self._parts.bring(EDGE, recipe, start, self._end, reload)

    async def _nameservers(self) -> dict[str, int]:
        plan = self._plan
        recipe = (plan.nameservers, plan.parent, plan.resolver, plan.signs_with_another_key)

        async def start() -> NameService:
            return await start_name_service(plan, self._ports, self._grounds.in_process)

        async def end(service: NameService) -> None:
            for listener in service.listeners:
                await self._grounds.close(listener)

        return (await self._parts.bring("dns", recipe, start, end)).ports

    async def _people(self) -> dict[str, Any]:
        plan, run = self._plan, self._grounds.run
        recipe = (plan.people, plan.release, plan.environment, self._grounds.beginnings)
        return await self._written(
            "people", recipe, lambda: PeopleRecords(run, plan.people, plan.release, plan.environment).write()
        )

    async def _code(self) -> dict[str, Any]:
        plan, run = self._plan.code, self._grounds.run

        def written() -> ForgeData:
            data = ForgeData(run.subdirectory("code"), plan)
            data.write()
            return data

        data = await self._written("code", plan, written)
        told = self._services.forge_variables(data.home)
        await self._process(FORGE, told, lambda: self._services.start_forge(told))
        return data.facts(f"http://{LOOPBACK}:{self._ports.reserve(FORGE)}")

    async def _control(self) -> int:
        async def start() -> int:
            control, gate = ControlTarget(), DelayGate()
            self._grounds.in_process += [control, gate]
            port = self._ports.hand_over("control")
            await control.start(port)
            self._ports.hand_over("delay-gate")
            await gate.start(self._at.delay_gate)
            return port

        return await self._parts.bring("control", (), start)

    async def _configuration(self, database: Database, cache: Cache) -> str:
        plan, run = self._plan, self._grounds.run
        variables = api_variables(plan, self._credentials, database.url, cache.url)
        recipe = (variables, plan.configuration_edits, plan.flavour)
        return await self._written(
            "configuration", recipe, lambda: write_configuration(run, plan, self._credentials, variables)
        )

    async def _monitoring(self, database: Database) -> MonitoringStack | NoPrograms:
        grounds, plan = self._grounds, self._plan.monitoring
        url = grounds.roles.exporter_url(database.url, plan.exporter_password)

        async def start() -> MonitoringStack | NoPrograms:
            programs = find_programs()
            if isinstance(programs, NoPrograms):
                grounds.remarks.append(f"{programs.reason}; {programs.remedy}")
                return programs
            replicas = tuple(self._ports.reserve(replica.name) for replica in self._plan.replicas)
            monitoring = MonitoringStack(
                run=grounds.run,
                ports=self._ports,
                children=self._children,
                services=self._services,
                plan=plan,
                programs=programs,
                replicas=replicas,
                database_url=url,
            )
            grounds.in_process.append(monitoring)
            await monitoring.open()
            return monitoring

        async def end(monitoring: MonitoringStack | NoPrograms) -> None:
            if isinstance(monitoring, MonitoringStack):
                await grounds.close(monitoring)

        async def forget(monitoring: MonitoringStack | NoPrograms) -> MonitoringStack | NoPrograms:
            if (
                isinstance(monitoring, MonitoringStack)
                and not monitoring.started
                and monitoring.plan == plan
                and monitoring.database_url == url
            ):
                return monitoring
            await end(monitoring)
            return await start()

        # What it has seen is of the stack as it was; where nobody has looked, it has seen nothing.
        recipe = (plan, url, grounds.beginnings)
        return await self._parts.bring(MONITORING, recipe, start, end, forget)

    async def _break_down(self) -> None:
        for name in self._plan.outages:
            assert self._children.find(name) is not None, f"no part is called {name}"
            await self._parts.end(name)
