"""What history would become, shown before anybody asks for it. Nothing of it is kept.

POST /recompute/previews         begin one: by the site file that runs (a form: point, from), or by a SITE.toml as
                                 the body (?point=&from=) -> 303 to its page
GET  /recompute/previews/ID      how far it is, or what it found
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from collector.body import BodyError, read_body
from collector.deeds.preview_page import preview_page
from collector.people.forms import FormError, form_of
from collector.recompute.asked import EVER_MS
from collector.recompute.job import About, Job, NoPreviewError, Previews, asked_for
from collector.sent_file import SentFileError, toml_text
from collector.web.shell import Shell
from seepline.site import Site
from seepline.site_digest import site_digest
from seepline.site_file import SiteError, parse_site

_FORM = "application/x-www-form-urlencoded"
_MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which points ('': all) from which day of the site on ('': all)."""

    point: str
    day: str


def routes(shell: Shell, previews: Previews) -> list[BaseRoute]:
    """Return the routes."""
    zone = ZoneInfo(shell.site.info.timezone)

    async def begin(request: Request) -> Response:
        _ = shell.renderer(request).translate
        try:
            site, about, wanted = await _asked(request, shell.site)
            begun = partial(_begin, previews, shell, (site, about, wanted))
            job = await run_in_threadpool(begun)
        except (BodyError, FormError) as error:
            return shell.refused(str(error), error.status)
        except NoPreviewError as error:
            return shell.refused(_(str(error)), HTTPStatus.CONFLICT)
        except ValueError as error:  # a SentFileError is one too
            return shell.refused(str(error))
        return to_preview(request, job.id, "")

    def shown(request: Request) -> Response:
        job = previews.find(request.path_params["preview"])
        if job is None:
            return shell.refused("There is no such preview, or none any more.", HTTPStatus.NOT_FOUND)
        return shell.page(request, "preview.html", preview_page(job, zone, shell.renderer(request).translate))

    return [
        Route("/recompute/previews", begin, methods=["POST"]),
        Route("/recompute/previews/{preview}", shown),
    ]


def to_preview(request: Request, job_id: str, up: str) -> Response:
    """Return the way to a preview's page, in the language that was asked for; `up` leads to /recompute/."""
    language = request.query_params.get("lang", "")
    return RedirectResponse(f"{up}previews/{job_id}{'?lang=' + language if language.isalpha() else ''}", 303)


async def _asked(request: Request, running: Site) -> tuple[Site, About, _Wanted]:
    if request.headers.get("Content-Type", "").startswith(_FORM):
        form = await form_of(request)
        return running, About("running"), _Wanted(form.get("point", ""), form.get("from", ""))
    data = await read_body(request.stream(), request.headers.get("Content-Encoding", ""))
    site = await run_in_threadpool(_read, data, running)
    query = request.query_params
    return site, About("file", site_digest(site)), _Wanted(query.get("point", ""), query.get("from", ""))


def _read(data: bytes, running: Site) -> Site:
    """Return the site of an uploaded SITE.toml. Raises ValueError with every fault, one a line."""
    try:
        site = parse_site(toml_text(data, "a SITE.toml"))
    except SiteError as error:
        said = [str(one) for one in error.problems]
        more = [f"... and {len(said) - _MOST_FAULTS} more"] if len(said) > _MOST_FAULTS else []
        raise ValueError("\n".join((*said[:_MOST_FAULTS], *more))) from error
    if site.info.id != running.info.id:
        raise SentFileError(f"This is the site {site.info.id}; expected a SITE.toml of {running.info.id}.")
    return site


def _begin(previews: Previews, shell: Shell, asked: tuple[Site, About, _Wanted]) -> Job:
    site, about, wanted = asked
    if wanted.point and wanted.point not in site.point_by_id:
        raise ValueError(f"point is {wanted.point[:64]!r}: expected a point of the site")
    points = (wanted.point,) if wanted.point else ()
    zone = ZoneInfo(shell.site.info.timezone)
    return previews.begin(site, about, asked_for(points, _from_ms(wanted.day, zone), shell.now_ms()))


def _from_ms(day: str, zone: ZoneInfo) -> int:
    """Return the first moment of a day at the site, of all days for ''. Raises ValueError."""
    if not day:
        return EVER_MS
    try:
        found = date.fromisoformat(day)
        return round(datetime(found.year, found.month, found.day, tzinfo=zone).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"from is {day[:20]!r}: expected a day such as 2026-08-14") from error
