"""The routes of the pages on which people act. They read; whatever is done is an act, posted to /api/v1/acts.

GET  /alarms, /alarms/EVENT     what stands, the journal; one alarm (looking at it does nothing)
GET  /limits, /limits/new       sets of limits; the form of a new one (?from=SET begins from another)
POST /api/v1/sets/draft         what the form would be as SET.toml: pure, it stores nothing
GET  /exercise, /diary, /commissioning, /recompute; previews of the last one (preview_routes)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from collector.answers import AnswerError
from collector.body import BodyError, read_body
from collector.deeds import journal, preview_routes
from collector.deeds.alarm_page import AlarmList, alarm_page, alarms_first, free_forms, places_of
from collector.deeds.forms import for_role
from collector.deeds.other_pages import Things, other_routes
from collector.deeds.set_draft import Drafts, checked, limits_before
from collector.deeds.set_form import About, draft_from, set_form
from collector.deeds.set_view import forms_of, needs_of, rule_rows
from collector.deeds.set_words import change_words
from collector.deeds.words import GROUPS, LEVELS
from collector.present import present
from collector.recompute.job import Previews
from collector.store import StoreReader
from collector.web.limits_page import limits_page
from collector.web.shell import Shell
from collector.web.tables import event_rows
from collector.web.visitor import visitor_of
from collector.works.table import Work
from seepline.acts.roles import PROPOSERS
from seepline.sets.draft import NoDraft
from seepline.sets.ruling import Ruling, ruling_of

_GROUPS = tuple((key, words) for key, (words, _) in GROUPS.items())


@dataclass(frozen=True, slots=True)
class Deeds:
    """What the pages need: the shell, the store, what a draft is checked against, works and photos."""

    shell: Shell
    reader: StoreReader
    drafts: Drafts
    works: Callable[[], Sequence[Work]]
    photos: Callable[[str], list[str]]  # of an act
    previews: Previews


def routes(deeds: Deeds) -> list[BaseRoute]:
    """Return the routes."""
    return [
        *_alarm_routes(deeds),
        *_limit_routes(deeds),
        *preview_routes.routes(deeds.shell, deeds.previews),
        *other_routes(Things(deeds.shell, deeds.reader, deeds.works)),
    ]


def _alarm_routes(deeds: Deeds) -> list[BaseRoute]:
    shell, reader = deeds.shell, deeds.reader
    site, zone = shell.site, ZoneInfo(shell.site.info.timezone)

    def alarms(request: Request) -> Response:
        try:
            asked = journal.read_asked(request.query_params, site)
        except ValueError as error:
            return shell.refused(str(error))
        now_ms, _ = shell.now_ms(), shell.renderer(request).translate
        found = journal.events_of(reader, asked, now_ms)
        page = AlarmList(
            alarms=alarms_first(present(site, reader, now_ms), zone, _),
            asked=asked,
            events=event_rows(site, found.events, deeds.works(), zone, _, each=asked.each),
            older=found.older,
            places=places_of(site),
            forms=for_role(free_forms(site, now_ms), visitor_of(request)),
        )
        return shell.page(request, "alarm_list.html", page, groups=_GROUPS, levels=LEVELS, days=journal.DAYS)

    def alarm(request: Request) -> Response:
        event = journal.event_of(reader, request.path_params["event"])
        if event is None:
            return shell.refused("There is no such event.", HTTPStatus.NOT_FOUND)
        told = (journal.history_of(reader, event), deeds.works())
        found, _ = present(site, reader, shell.now_ms()), shell.renderer(request).translate
        page = alarm_page(site, found, event, told, visitor_of(request), _)
        photos = deeds.photos(event.id) if event.kind == "observed" else []
        return shell.page(request, "alarm.html", page, photos=photos)

    return [Route("/alarms", alarms), Route("/alarms/{event}", alarm)]


def _quantities(deeds: Deeds) -> tuple[str, ...]:
    """Return the quantities that the site measures, makes or has limits of."""
    stated = {one.quantity for one in deeds.shell.site.thresholds}
    return tuple(sorted(stated | {quantity for _, quantity in deeds.reader.latest()}))


def _limit_routes(deeds: Deeds) -> list[BaseRoute]:
    shell, reader, drafts = deeds.shell, deeds.reader, deeds.drafts

    def listed(request: Request) -> Response:
        register, now_ms, _ = reader.register(), shell.now_ms(), shell.renderer(request).translate
        visitor, policy = visitor_of(request), drafts.rules()
        forms = {one.id: for_role(forms_of(register, one), visitor) for one in register.proposals}
        opened = [one for one in register.proposals if one.is_open]
        found = {one.id: ruling_of(register, policy, one, now_ms) for one in opened} if policy else {}
        needs = {one.id: needs_of(found.get(one.id, Ruling(())), one, _) for one in opened}
        rules = {one.id: rule_rows(one.limits, _) for one in register.proposals}
        page = limits_page(shell.site, reader, now_ms)

        def where(place: str) -> str:
            return change_words(place, _)

        return shell.page(request, "limits.html", page, forms=forms, needs=needs, rules=rules, where=where)

    def new(request: Request) -> Response:
        register, _ = reader.register(), shell.renderer(request).translate
        start = request.query_params.get("from", register.head)
        begun = register.find(start)
        if start and begun is None:
            return shell.refused("There is no such set.", HTTPStatus.NOT_FOUND)
        draft = draft_from(shell.site, begun.limits if begun else None, register.head)
        before = limits_before(shell.site, register, begun.limits if begun else None, shell.now_ms())
        page = set_form(shell.site, draft, start, before, About(_quantities(deeds), _))
        return shell.page(request, "set_form.html", page, proposers=sorted(PROPOSERS))

    async def draft(request: Request) -> Response:
        _ = shell.renderer(request).translate
        try:
            data = await read_body(request.stream(), request.headers.get("Content-Encoding", ""))
            return JSONResponse(await run_in_threadpool(checked, drafts, data, shell.now_ms(), _))
        except BodyError as error:
            return AnswerError(error.status, error.code, str(error)).response
        except NoDraft as error:
            return AnswerError(400, "invalid", str(error)).response

    return [
        Route("/limits", listed),
        Route("/limits/new", new),
        Route("/api/v1/sets/draft", draft, methods=["POST"]),
    ]
