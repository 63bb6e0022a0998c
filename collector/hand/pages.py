"""What a browser sees of readings by hand: the form, photos, and the list of what was done and is due."""

from collections.abc import Callable
from pathlib import Path

from starlette.routing import BaseRoute

from collector.hand import field_page, photos
from collector.hand.reader import HandReader
from seepline.site import Site


def routes(site: Site, data: Path, store: Path, now_ms: Callable[[], int]) -> list[BaseRoute]:
    """Return the routes."""
    reader = HandReader(store)
    return [
        *field_page.routes(field_page.Field(site, reader, now_ms)),
        *photos.routes(photos.Photos(data / photos.FOLDER_NAME, reader.photo_bytes)),
    ]
