"""All dashboards as the text of their JSON files: the same code gives the same bytes."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.frame import Words
from dashboards.pages import (
    alarms,
    authority,
    deformation,
    facility,
    health,
    instrument,
    piezometers,
    portfolio,
    seepage,
)
from dashboards.words import LANGUAGES, in_language

PAGES: tuple[ModuleType, ...] = (
    portfolio, facility, piezometers, deformation, seepage, instrument, health, alarms, authority,
)  # fmt: skip
MANUAL = "https://seepline.invalid/docs"


def made(manual: str = MANUAL) -> Mapping[str, str]:
    """Return every dashboard's JSON by its path below `built/`; `manual` is where panels send who asks what to do."""
    return dict(_made(manual))


def _made(manual: str) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        words = Words(language, in_language(language), manual)
        for page in PAGES:
            yield f"{language}/{page.NAME}.json", _text(page.page, words)


def _text(page: Callable[[Words], object], words: Words) -> str:
    built = page(words).build()  # type: ignore[attr-defined]
    return json.dumps(built, cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
