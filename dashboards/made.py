"""All dashboards as the text of their JSON files: the same code gives the same bytes."""

import json
from collections.abc import Mapping

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.frame import Words, frame
from dashboards.looks import draw
from dashboards.pages import PAGES
from dashboards.parts import Page
from dashboards.words import LANGUAGES, in_language

MANUAL = "https://seepline.invalid/docs"


def made(manual: str = MANUAL) -> Mapping[str, str]:
    """Return the JSON of every dashboard by its path below `built/`; `manual` is the address behind "manual"."""
    spoken = (Words(language, in_language(language), manual) for language in LANGUAGES)
    return {f"{words.language}/{page.name}.json": _text(page, words) for words in spoken for page in PAGES}


def _text(page: Page, words: Words) -> str:
    dashboard = frame(page, words)
    for part in page.panels:
        dashboard = dashboard.with_panel(draw(part, words))
    return json.dumps(dashboard.build(), cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
