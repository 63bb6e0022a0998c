"""All dashboards as the text of their JSON files: the same code gives the same bytes."""

import json
from collections.abc import Mapping

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.frame import Words, frame
from dashboards.looks import draw
from dashboards.pages import PAGES
from dashboards.parts import Page
from dashboards.words import LANGUAGES, in_language

_OF_INTERVALS = ("auto", "auto_count", "auto_min")  # of interval variables; the SDK gives them to every kind


def made(manual: str = "", collector: str = "") -> Mapping[str, str]:
    """Return the JSON of every dashboard by its path below `built/`; `manual`, `collector`: where links lead."""
    spoken = (Words(language, in_language(language), manual, collector) for language in LANGUAGES)
    return {f"{words.language}/{page.name}.json": _text(page, words) for words in spoken for page in PAGES}


def _text(page: Page, words: Words) -> str:
    dashboard = frame(page, words)
    for part in page.panels:
        dashboard = dashboard.with_panel(draw(part, words))
    made = json.loads(json.dumps(dashboard.build(), cls=JSONEncoder))
    for number, panel in enumerate(made["panels"], 1):
        panel["id"] = number  # a link to one panel stays what it was
        panel.get("options", {}).pop("footer", None)  # Grafana 13 has it no more, 11 and 12 have it off
    for variable in made["templating"]["list"]:
        for key in _OF_INTERVALS:
            variable.pop(key, None)
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
