"""What can be seen of telling people. Nothing here changes anything; no address and no secret is shown.

    GET /api/v1/messages?after=&limit=&event=     messages in the order in which they were made, with their state
    GET /api/v1/messages/{event}/attempts         every try to send them
    GET /api/v1/duty                              who is on duty, the plan of 7 days, gaps and overlaps
    GET /api/v1/alarm-load                        alarms per person, floods, chattering, stale, shares of levels
    GET /told                                     all of it as a page

notify.toml is read for each question, so that the page says what will be used; one with faults is told as such.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.asked import piece, piece_of
from collector.notify import book, page
from collector.notify.book_reader import BookReader
from collector.notify.channels.ways import WAYS
from collector.notify.measured import alarm_load, duty_now
from collector.notify.sender import Way
from collector.notify.settings import read_contacts
from collector.store import StoreReader
from collector.web.sentence import Sentence
from collector.web.shell import Shell
from collector.web.visitor import visitor_of
from collector.web.words import LEVEL_WORDS, noted
from seepline.notices.contacts import Contacts
from seepline.thresholds import Level
from seepline.toml_file import Faulty

_DAY_MS = 86_400_000


def routes(shell: Shell, reader: StoreReader, data: Path, ways: Mapping[str, Way] = WAYS) -> list[Route]:
    """Return the routes of the door."""
    told = BookReader(data / book.FILE_NAME)

    def messages(request: Request) -> Response:
        try:
            asked = piece(request)
        except ValueError as error:
            return AnswerError(400, "invalid", str(error)).response
        found = told.messages(asked.after, asked.limit + 1, request.query_params.get("event", ""))
        return piece_of(request, asked, [(one["number"], one) for one in found])

    def attempts(request: Request) -> Response:
        return JSONResponse([one._asdict() for one in told.attempts(request.path_params["event"])])

    def duty(_request: Request) -> Response:
        contacts, _ = contacts_of(data, ways)
        found = duty_now(contacts, reader, shell.now_ms()) if contacts else ()
        return JSONResponse([_duty_json(asdict(one)) for one in found])

    def load(_request: Request) -> Response:
        contacts, _ = contacts_of(data, ways)
        measured = alarm_load(contacts, told, reader, shell.now_ms())
        return JSONResponse({**asdict(measured), "persons": [one._asdict() for one in measured.persons]})

    def told_page(request: Request) -> Response:
        contacts, fault = contacts_of(data, ways)
        found = page.told_page(shell, reader, told, contacts, fault, visitor_of(request))
        return shell.page(request, "told.html", found)

    return [
        Route("/api/v1/messages", messages),
        Route("/api/v1/messages/{event}/attempts", attempts),
        Route("/api/v1/duty", duty),
        Route("/api/v1/alarm-load", load),
        Route("/told", told_page),
    ]


def on_duty_now(data: Path, reader: StoreReader, now_ms: int) -> tuple[str, ...]:
    """Return the ids of the persons who are on duty in any rota, none without a usable notify.toml."""
    contacts, _ = contacts_of(data)
    found = duty_now(contacts, reader, now_ms) if contacts else ()
    return tuple(dict.fromkeys(person for one in found for person in one.persons))


def contacts_of(data: Path, ways: Mapping[str, Way] = WAYS) -> tuple[Contacts | None, str]:
    """Return the contacts, or None and what is wrong with them ('': there is no notify.toml)."""
    try:
        return read_contacts(data, ways), ""
    except Faulty as error:
        return None, str(error.problems[0])


def sentences(data: Path, now_ms: int) -> list[str]:
    """Return what everybody must read who looks: an orange or red of the last day that nobody has got."""
    lost = BookReader(data / book.FILE_NAME).unreached(now_ms - _DAY_MS)
    if not lost:
        return []
    text = noted(
        "%(count)s events of the last 24 hours, the worst %(worst)s, have reached nobody: see Duty and messages."
    )
    return [Sentence(text, count=len(lost), worst=LEVEL_WORDS[Level(max(level for _, level in lost))])]


def _duty_json(duty: dict[str, Any]) -> dict[str, Any]:
    spans = ("begin_ms", "end_ms", "person")
    planned = [dict(zip(spans, span, strict=True)) for span in duty["planned"]]
    overlaps = [[dict(zip(spans, span, strict=True)) for span in pair] for pair in duty["overlaps"]]
    return {**duty, "planned": planned, "overlaps": overlaps}
