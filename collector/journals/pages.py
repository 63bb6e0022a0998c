"""GET /journals and the PDFs below it: point/ID.pdf?period=, commissioning/ID.pdf, report.pdf?period=."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.journals.commissioning_act import commissioning_act
from collector.journals.period import month_of, period
from collector.journals.point_journal import point_journal
from collector.journals.report import site_report
from collector.journals.sums import day_sums, series_sums
from collector.present import present
from collector.store import StoreReader
from collector.web.shell import HEADERS, Shell
from collector.web.words import noted
from seepline.paper.blocks import Block
from seepline.paper.pdf import write_pdf
from seepline.quantities import QUANTITIES
from seepline.site import Point

_PDF = {**HEADERS, "Content-Type": "application/pdf"}


@dataclass(frozen=True, slots=True)
class JournalPage:
    """What the page offers: the points, and the month that has just ended or runs."""

    points: tuple[Point, ...]
    month: str


class _NoSuchPointError(Exception):
    """The site has no such point."""


def routes(shell: Shell, store: StoreReader) -> list[Route]:
    """Return the routes; plain functions run in Starlette's thread pool."""
    zone, site = ZoneInfo(shell.site.info.timezone), shell.site

    def offered(request: Request) -> Response:
        return shell.page(request, "journals.html", JournalPage(site.points, month_of(shell.now_ms(), zone)))

    def point(request: Request) -> Response:
        def made() -> tuple[str, list[Block]]:
            found, over = _point(shell, request), period(request.query_params.get("period", ""), zone)
            with store.connected() as connection:
                days = {name: list(day_sums(connection, (found.id, name), over, zone)) for name in QUANTITIES}
            days = {name: rows for name, rows in days.items() if rows}
            events = store.events_between(over.from_ms, over.to_ms, found.id)
            words = shell.renderer(request)
            return f"{found.id}-{over.text}", point_journal(
                site, found, over, days, events, words.translate, words.told
            )

        return _answer(shell, request, made)

    def commissioning(request: Request) -> Response:
        def made() -> tuple[str, list[Block]]:
            found, now = _point(shell, request), present(site, store, shell.now_ms())
            say = shell.renderer(request).translate
            return f"{found.id}-commissioning", commissioning_act(now.site, found, now.time_ms, say)

        return _answer(shell, request, made)

    def report(request: Request) -> Response:
        def made() -> tuple[str, list[Block]]:
            over = period(request.query_params.get("period", ""), zone)
            now = present(site, store, shell.now_ms())
            with store.connected() as connection:
                sums = series_sums(connection, over)
            events = store.events_between(over.from_ms, over.to_ms)
            words = shell.renderer(request)
            return f"report-{over.text}", site_report(site, now, over, sums, events, words.translate, words.told)

        return _answer(shell, request, made)

    return [
        Route("/journals", offered),
        Route("/journals/point/{point}.pdf", point),
        Route("/journals/commissioning/{point}.pdf", commissioning),
        Route("/journals/report.pdf", report),
    ]


def _point(shell: Shell, request: Request) -> Point:
    found = shell.site.point_by_id.get(request.path_params["point"])
    if found is None:
        raise _NoSuchPointError
    return found


def _answer(shell: Shell, request: Request, make: Callable[[], tuple[str, list[Block]]]) -> Response:
    try:
        name, blocks = make()
    except _NoSuchPointError:
        return shell.refused("This site has no such point.", HTTPStatus.NOT_FOUND)
    except ValueError as error:
        return shell.refused(str(error))
    say = shell.renderer(request).translate
    title = f"{shell.site.info.name}: {name}"
    headers = {**_PDF, "Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(pdf_bytes(blocks, title, say(noted("page"))), headers=headers)


def pdf_bytes(blocks: Sequence[Block], title: str, page_word: str) -> bytes:
    """Return a document as a PDF."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.pdf"
        write_pdf(path, blocks, title, page_word)
        return path.read_bytes()
