"""One instrument, its sheets, and a new sheet that is looked at before anything is kept.

GET  /instruments/ID             where it measured, its sheets with their validity, sheets that wait for SITE.toml
POST /instruments/ID/sheet       a SHEET.toml as the body -> every fault, or what was read and how it differs
POST /instruments/ID/preview     the same body -> 303 to the preview of what history would become with it
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from collector.acts.sheets import accepted_sheets
from collector.body import BodyError, read_body
from collector.deeds.preview_routes import to_preview
from collector.places.instruments import instrument_page
from collector.places.sheet_check import Looking, sheet_at, sheet_page
from collector.recompute.job import About, Job, NoPreviewError, Previews, asked_for, points_of
from collector.sent_file import toml_text
from collector.web.shell import Shell
from collector.web.visitor import visitor_of
from collector.web.words import noted
from seepline.acts.sheets import MOST_BYTES, waiting
from seepline.sheets.fit import as_if_since, with_sheet
from seepline.sheets.sheet_file import Sheet, parse_sheet
from seepline.site import Site
from seepline.toml_file import Faulty

_AS_IF_MS = 30 * 86_400_000
_NOWHERE = noted("This instrument has never measured at a point: no reading would change.")
_UNSOUND = noted("This sheet has faults: mend them first.")


@dataclass(frozen=True, slots=True)
class Gauges:
    """What the pages need: the shell, the journal's file with what was accepted, and who makes previews."""

    shell: Shell
    journal: Path
    previews: Previews


def routes(gauges: Gauges) -> list[BaseRoute]:
    """Return the routes; plain functions run in Starlette's thread pool."""
    shell, site = gauges.shell, gauges.shell.site
    zone = ZoneInfo(site.info.timezone)

    def one(request: Request) -> Response:
        if (name := _known(request, site)) is None:
            return _no_such(shell)
        waits = [
            each for each in waiting(site, accepted_sheets(gauges.journal)) if each.act.body["instrument"] == name
        ]
        page = instrument_page(site, name, waits, shell.now_ms(), zone)
        return shell.page(request, "instrument.html", page, most=MOST_BYTES)

    async def sheet(request: Request) -> Response:
        def answer(name: str, text: str) -> Response:
            looking = Looking(site, name, shell.now_ms(), visitor_of(request))
            page = sheet_page(text, looking)
            status = HTTPStatus.OK if page.is_sound else HTTPStatus.UNPROCESSABLE_ENTITY
            return shell.page(request, "sheet.html", page, status, most=MOST_BYTES)

        return await _of_text(request, shell, answer)

    async def preview(request: Request) -> Response:
        def answer(name: str, text: str) -> Response:
            job = _begin(gauges, name, text)
            return to_preview(request, job.id, "../../recompute/")

        return await _of_text(request, shell, answer)

    return [
        Route("/instruments/{instrument}", one),
        Route("/instruments/{instrument}/sheet", sheet, methods=["POST"]),
        Route("/instruments/{instrument}/preview", preview, methods=["POST"]),
    ]


def _known(request: Request, site: Site) -> str | None:
    name: str = request.path_params["instrument"]
    return name if name in site.instrument_by_id else None


def _no_such(shell: Shell) -> Response:
    return shell.refused("This site has no such instrument.", HTTPStatus.NOT_FOUND)


async def _of_text(request: Request, shell: Shell, answer: Callable[[str, str], Response]) -> Response:
    """Answer to the text of a sheet for a known instrument, in the thread pool; or say why it is none."""
    _ = shell.renderer(request).translate
    if (name := _known(request, shell.site)) is None:
        return _no_such(shell)
    try:
        data = await read_body(request.stream(), request.headers.get("Content-Encoding", ""), MOST_BYTES)
        text = toml_text(data, "a SHEET.toml")
        return await run_in_threadpool(answer, name, text)
    except BodyError as error:
        return shell.refused(str(error), error.status)
    except NoPreviewError as error:
        return shell.refused(_(str(error)), HTTPStatus.CONFLICT)
    except ValueError as error:  # a SentFileError is one too
        return shell.refused(_(str(error)))


def _begin(gauges: Gauges, name: str, text: str) -> Job:
    """Begin the preview of a sheet. Raises ValueError for one with faults, NoPreviewError."""
    site, now_ms = gauges.shell.site, gauges.shell.now_ms()
    try:
        found = parse_sheet(text, site)
    except Faulty as error:
        raise ValueError(_UNSOUND) from error
    if found.calibration.instrument != name:
        raise ValueError(_UNSOUND)
    if not (points := points_of(site, name)):
        raise ValueError(_NOWHERE)
    corrected, from_ms, as_if = _corrected(site, found, now_ms)
    about = About("sheet", found.calibration.label, as_if)
    return gauges.previews.begin(corrected, about, asked_for(points, from_ms, now_ms))


def _corrected(site: Site, sheet: Sheet, now_ms: int) -> tuple[Site, int, bool]:
    """Return the site with a sheet, from when on it counts, and whether that is only as if."""
    one = sheet.calibration
    if one.valid_from_ms <= now_ms:
        return with_sheet(site, one), one.valid_from_ms, False
    present = sheet_at(site, one)
    from_ms = now_ms - _AS_IF_MS if present is None else max(present.valid_from_ms, now_ms - _AS_IF_MS)
    return as_if_since(site, one, from_ms), from_ms, True
