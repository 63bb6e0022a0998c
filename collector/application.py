"""The web application of a collector: ingest, bundle, API and pages, and who may reach which of them."""

import asyncio
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware

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
    web,
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
from collector.people.service import chain_of, people_of
from collector.places import pages as places
from collector.recompute import seen as seen_runs
from collector.rooms import Rooms
from collector.store import STORE_NAME as STORE_NAME
from collector.storm import bus_table
from collector.storm import door as storm_door
from collector.storm import page as storm_page
from collector.storm.bus_table import BusTable
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
    """Return the web application: ingest, bundle, API and page."""

    async def append(batch: Batch) -> int:
        committed = await rooms.ask(rooms.journal.append, batch)
        news.set()
        return committed

    async def watermark(gateway: str) -> tuple[str, int] | None:
        return await rooms.ask(rooms.journal.watermark, gateway)

    token_file = tokens.TokenFile(data / tokens.FILE_NAME)
    door = ingest.Door(
        site=rooms.site.info.id,
        loggers_of=ingest.loggers_by_gateway(rooms.site),
        gateway_of=token_file.gateway_of,
        append=append,
        watermark=watermark,
        now_ms=rooms.now_ms,
        wishes=book.open_for,
    )
    seen = api.Seen(
        site=rooms.site,
        reader=rooms.reader,
        now_ms=rooms.now_ms,
        counts=lambda: rooms.ask(rooms.journal.counts),
        identities=lambda logger: rooms.ask(rooms.journal.identities, logger),
    )
    people = people_of(rooms.site, data, data / acts_door.POLICY_NAME, real_ms, rooms.now_ms)
    chain = chain_of(rooms)
    shell = Shell(
        rooms.site,
        rooms.now_ms,
        lambda now_ms: running(rooms.reader, now_ms),
        lambda: (
            *people.notices(),
            *seen_runs.sentences(rooms.reader),
            *telling_door.sentences(data, rooms.now_ms()),
        ),
    )
    pages = web.routes(shell, rooms.reader, partial(seen_works.works, rooms.reader))
    bundles = bundle.routes(data / bundle.FILE_NAME, token_file.gateway_of)
    acts = acts_door.routes(_act_desk(rooms, data, news, chain))
    sets = sets_api.routes(rooms.site, rooms.reader, data / acts_door.POLICY_NAME, rooms.now_ms)
    decisions = [*acts, *sets, *dossiers.routes(rooms, data)]  # what people do, and its proof
    counts = BusTable(data / bus_table.FILE_NAME)
    sources = storm_page.Sources(data / journal_file.FILE_NAME, rooms.reader, counts)
    storm = [
        *storm_door.routes(storm_door.Door(token_file.gateway_of, door.loggers_of, counts, rooms.now_ms)),
        *storm_page.routes(shell, sources),
    ]
    looked_at = places.Sources(
        data / journal_file.FILE_NAME, rooms.reader, partial(seen_works.works, rooms.reader)
    )
    by_hand = hand_pages.routes(shell, data, data / STORE_NAME)
    told = telling_door.routes(shell, rooms.reader, data)
    history = [*seen_runs.routes(rooms.reader), *seen_works.routes(rooms.reader)]
    described = [
        *points_api.routes(rooms.site, rooms.reader, rooms.now_ms),
        *events_api.routes(rooms.site, rooms.reader),
        *openapi.routes(),
    ]
    of_others = facilities_page.routes(shell, rooms.reader, lambda: facilities.words)
    by_place = [*of_others, *places.routes(shell, looked_at), *journals.routes(shell, rooms.reader)]
    acted = deeds.routes(rooms, data, shell)
    who = people.routes(shell, chain, partial(telling_door.on_duty_now, data, rooms.reader))
    for_people = [
        *api.routes(seen),
        *described,
        *history,
        *by_hand,
        *acted,
        *told,
        *storm,
        *by_place,
        *pages,
        *who,
    ]
    routes = [*ingest.routes(door), *decisions, *bundles, *imports.status.routes(), *for_people]
    middleware = [people.gate(routes), Middleware(Packing)]
    return Starlette(routes=routes, middleware=middleware, exception_handlers=refusals.handlers())


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
