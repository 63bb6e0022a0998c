"""The web application of a collector: ingest, bundle, API and pages, and who may reach which of them."""

import asyncio
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from collector import (
    api,
    bundle,
    events_api,
    ingest,
    journal_file,
    openapi,
    points_api,
    refusals,
    sets_api,
    tokens,
    wishes,
)
from collector.acts import door as acts_door
from collector.acts.followed import followed
from collector.acts.table import KeptAct
from collector.clock import real_ms
from collector.deeds import wired as deeds
from collector.dossier import door as dossiers
from collector.exercises import running
from collector.facilities import page as facilities_page
from collector.facilities.watch import FacilityWatch
from collector.hand import pages as hand_pages
from collector.imports.watch import Watch
from collector.journal import Batch
from collector.journals import pages as journals
from collector.notify import door as telling_door
from collector.packing import Packing
from collector.people.audit_page import Chain
from collector.people.service import People, chain_of, people_of
from collector.places import instrument_routes
from collector.places import pages as places
from collector.recompute import seen as seen_runs
from collector.recompute.job import Previews
from collector.rooms import Rooms
from collector.store import STORE_NAME as STORE_NAME
from collector.storm import bus_table
from collector.storm import door as storm_door
from collector.storm import page as storm_page
from collector.storm.bus_table import BusTable
from collector.web import state_page
from collector.web.shell import Shell
from collector.works import seen as seen_works


def application(
    rooms: Rooms,
    data: Path,
    news: asyncio.Event,
    book: wishes.WishBook,
    imports: Watch,
    facilities: FacilityWatch,
) -> Starlette:
    """Return the web application: what gateways, programs and people reach, behind one gate.

    Who has run it calls its `state.close()`.
    """
    people = people_of(rooms.site, data, data / acts_door.POLICY_NAME, real_ms, rooms.now_ms)
    chain, shell = chain_of(rooms), _shell(rooms, data, people)
    previews = Previews(data / journal_file.FILE_NAME, data / STORE_NAME)
    routes = [
        *_for_gateways(rooms, data, news, book),
        *_decisions(rooms, data, news, chain),
        *imports.status.routes(),
        *_for_programs(rooms),
        *_for_people(rooms, data, shell, previews),
        *facilities_page.routes(shell, rooms.reader, lambda: facilities.words),
        *people.routes(shell, chain, partial(telling_door.on_duty_now, data, rooms.reader)),
    ]
    middleware = [people.gate(routes), Middleware(Packing)]
    made = Starlette(routes=routes, middleware=middleware, exception_handlers=refusals.handlers())
    made.state.close = previews.close
    return made


def _shell(rooms: Rooms, data: Path, people: People) -> Shell:
    def notices() -> tuple[str, ...]:
        of_telling = telling_door.sentences(data, rooms.now_ms())
        return (*people.notices(), *seen_runs.sentences(rooms.reader), *of_telling)

    return Shell(rooms.site, rooms.now_ms, lambda now_ms: running(rooms.reader, now_ms), notices)


def _for_gateways(rooms: Rooms, data: Path, news: asyncio.Event, book: wishes.WishBook) -> list[BaseRoute]:
    """Return what gateways reach with their own tokens: ingest, bundle, reports of their buses."""

    async def append(batch: Batch) -> int:
        committed = await rooms.ask(rooms.journal.append, batch)
        news.set()
        return committed

    async def watermark(gateway: str) -> tuple[str, int] | None:
        return await rooms.ask(rooms.journal.watermark, gateway)

    gateway_of, loggers_of = (
        tokens.TokenFile(data / tokens.FILE_NAME).gateway_of,
        ingest.loggers_by_gateway(rooms.site),
    )
    door = ingest.Door(
        site=rooms.site.info.id,
        loggers_of=loggers_of,
        gateway_of=gateway_of,
        append=append,
        watermark=watermark,
        now_ms=rooms.now_ms,
        wishes=book.open_for,
    )
    buses = storm_door.Door(gateway_of, loggers_of, BusTable(data / bus_table.FILE_NAME), rooms.now_ms)
    bundles = bundle.routes(data / bundle.FILE_NAME, gateway_of)
    return [*ingest.routes(door), *bundles, *storm_door.routes(buses)]


def _decisions(rooms: Rooms, data: Path, news: asyncio.Event, chain: Chain) -> list[BaseRoute]:
    """Return what people do, and its proof."""
    return [
        *acts_door.routes(_act_desk(rooms, data, news, chain)),
        *sets_api.routes(rooms.site, rooms.reader, data / acts_door.POLICY_NAME, rooms.now_ms),
        *dossiers.routes(rooms, data),
    ]


def _for_programs(rooms: Rooms) -> list[BaseRoute]:
    """Return what is read as JSON."""
    seen = api.Seen(
        site=rooms.site,
        reader=rooms.reader,
        now_ms=rooms.now_ms,
        counts=lambda: rooms.ask(rooms.journal.counts),
        identities=lambda logger: rooms.ask(rooms.journal.identities, logger),
    )
    return [
        *api.routes(seen),
        *points_api.routes(rooms.site, rooms.reader, rooms.now_ms),
        *events_api.routes(rooms.site, rooms.reader),
        *openapi.routes(),
        *seen_runs.routes(rooms.reader),
        *seen_works.routes(rooms.reader),
    ]


def _for_people(rooms: Rooms, data: Path, shell: Shell, previews: Previews) -> list[BaseRoute]:
    """Return the pages."""
    journal, works = data / journal_file.FILE_NAME, partial(seen_works.works, rooms.reader)
    after_storm = storm_page.Sources(journal, rooms.reader, BusTable(data / bus_table.FILE_NAME))
    return [
        *hand_pages.routes(shell, data, data / STORE_NAME),
        *deeds.routes(rooms, data, shell, previews),
        *telling_door.routes(shell, rooms.reader, data),
        *storm_page.routes(shell, after_storm),
        *places.routes(shell, places.Sources(journal, rooms.reader, works)),
        *instrument_routes.routes(instrument_routes.Gauges(shell, journal, previews)),
        *journals.routes(shell, rooms.reader),
        *state_page.routes(shell, rooms.reader, works),
    ]


def _act_desk(rooms: Rooms, data: Path, news: asyncio.Event, chain: Chain) -> acts_door.Desk:
    async def append(act_id: str, text: str, policy: str, arrival_ms: int) -> bool:
        await rooms.ask(rooms.journal.append_policy, policy, arrival_ms)
        new = await rooms.ask(rooms.journal.append_act, act_id, text, arrival_ms)
        news.set()
        return new

    async def after(line: int, limit: int) -> list[KeptAct]:
        return await rooms.ask(rooms.journal.acts.after, line, limit)

    return acts_door.Desk(
        rooms.site, data / acts_door.POLICY_NAME, append, after, rooms.now_ms, partial(followed, rooms), chain.ring
    )
