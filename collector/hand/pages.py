"""What a browser sees of readings by hand: the form, photos, and the list of what was done and is due."""

from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from collector.hand import field_page, photos
from collector.hand.reader import HandReader
from collector.hand.view import HandPage, due_rows, profile, written_rows
from collector.web.shell import Shell
from collector.web.words import Translate
from seepline.hand.methods import INCLINOMETER
from seepline.site import Site

_MOST_ROWS = 200


def read_page(site: Site, reader: HandReader, now_ms: int, zone: ZoneInfo, _: Translate = str) -> HandPage:
    """Ask the store for everything that the list shows."""
    holes = sorted({one.point for one in site.hands if one.method == INCLINOMETER})
    drawn = (profile(site, hole, reader.surveys(f"{hole}/{INCLINOMETER}"), zone) for hole in holes)
    return HandPage(
        due=due_rows(site, reader.duties(), now_ms, zone, _),
        written=written_rows(site, reader.newest(_MOST_ROWS), zone, _),
        profiles=tuple(one for one in drawn if one is not None),
    )


def routes(shell: Shell, data: Path, store: Path) -> list[BaseRoute]:
    """Return the routes."""
    reader, site, now_ms = HandReader(store), shell.site, shell.now_ms
    zone = ZoneInfo(site.info.timezone)

    def listed(request: Request) -> Response:
        page = read_page(site, reader, now_ms(), zone, shell.renderer(request).translate)
        return shell.page(request, "hand.html", page)

    return [
        Route("/hand", listed),
        *field_page.routes(field_page.Field(site, reader, now_ms)),
        *photos.routes(photos.Photos(data / photos.FOLDER_NAME, reader.photo_bytes)),
    ]
