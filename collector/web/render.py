"""The page as HTML: the one door to Jinja2. Everything printed is escaped; words go through gettext."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collector.notify.sentences import Said, part_words, said
from collector.web.catalogue import catalogue
from collector.web.deciding import DIRECTION_WORDS, ROLE_WORDS, STATUS_WORDS, VERDICT_WORDS
from collector.web.replayed import Replayed, limits_text
from collector.web.thing_words import kind_word
from collector.web.words import GREY_WORD, LEVEL_WORDS, Translate, unit_word
from seepline.thresholds import Level

DAY_CHOICES = (1, 7, 14, 90)

_COLOUR_WORDS = {level.name.lower(): word for level, word in LEVEL_WORDS.items()} | {"grey": GREY_WORD}
_TABLES = {
    "role_word": ROLE_WORDS,
    "direction_word": DIRECTION_WORDS,
    "status_word": STATUS_WORDS,
    "verdict_word": VERDICT_WORDS,
}
_TEMPLATES = Path(__file__).parent / "templates"
_STATIC = Path(__file__).parent / "static"


class Told(Protocol):
    """Anything that is of a kind of event and has its sentence, as it is kept."""

    @property
    def kind(self) -> str:
        """Return the kind of event."""

    @property
    def text(self) -> str:
        """Return the sentence."""


class Renderer:
    """The templates in one language; English where a translation is missing.

    Parameters
    ----------
    language
        Language code of a catalogue below collector/locale, as 'en' or 'ru'.
    """

    def __init__(self, language: str = "en") -> None:
        self._language = language
        words = catalogue(language)
        self.translate: Translate = words.gettext
        self._templates = Environment(
            loader=FileSystemLoader((_TEMPLATES, _STATIC)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        # newstyle: `_` takes a literal and its values, and escapes the values; it must never get a variable
        self._templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
        self._templates.filters["word"] = self.translate  # of a text that was noted where its table stands
        self._templates.filters["level_word"] = self._level_word
        self._templates.filters["mark_name"] = _mark_name
        self._templates.filters["colour_word"] = self._colour_word
        self._templates.filters["told"] = self.told
        self._templates.filters["part"] = self._part
        self._templates.filters["kind_word"] = partial(kind_word, _=self.translate)
        self._templates.filters["unit_word"] = partial(unit_word, _=self.translate)
        for name, table in _TABLES.items():
            self._templates.filters[name] = partial(self._of_table, table)

    def replayed(self, page: Replayed, alone: bool = False) -> str:
        """Return the page of a replay; `alone` puts the style into it, so that the file needs nothing else."""
        template = self._templates.get_template("replayed.html")
        return template.render(page=page, alone=alone, limits_text=limits_text, language=self._language)

    def framed(self, template: str, frame: object, page: object, **more: object) -> str:
        """Return a page that extends shell.html, with what stands around it as `frame`."""
        shown = self._templates.get_template(template)
        return shown.render(frame=frame, page=page, language=self._language, **more)

    def told(self, event: Told) -> Said:
        """Return what an event says, in the reader's language where its sentence can be said in it."""
        return said(event.kind, event.text, self._language)

    def _part(self, text: str, place: str) -> str:
        return part_words(place, text, self._language)

    def _level_word(self, level: Level) -> str:
        return self.translate(LEVEL_WORDS[level])

    def _of_table(self, table: Mapping[str, str], key: str) -> str:
        """Return the word of a table; what it does not hold is shown as it is."""
        return self.translate(table[key]) if key in table else key.replace("_", " ")

    def _colour_word(self, colour: str) -> str:
        return self.translate(_COLOUR_WORDS.get(colour, colour))


def _mark_name(level: Level | None) -> str:
    """Return which mark of symbols.html stands for a level; a value without limits has a plain one."""
    return "plain" if level is None else level.name.lower()
