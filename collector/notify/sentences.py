"""What an event says, in the reader's language: its stored sentence is read by its kind, and said again.

The store keeps one English sentence of each event, as evidence; its bytes never change. Here it is taken apart at
the places of the one template of its kind that fits (collector/notify/sentence_table.py), and said by the
template's translation: numbers, levels, quantities and roles as people say them, a person's words as they are, in
quotation marks. So nothing is said that does not stand in the store. What no template fits is given as it is kept.
Pure.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from collector.notify import words
from collector.notify.sentence_parts import (
    AMOUNTS,
    AS_IT_IS,
    LISTS,
    OPEN_TABLES,
    PARTS,
    QUOTED,
    SHAPES,
    TABLES,
)
from collector.notify.sentence_table import REAL, SENTENCES
from collector.web.catalogue import catalogue
from collector.web.words import Translate

KEPT = "en"  # the language of what is kept
_PLACE = re.compile(r"%\((\w+)\)s")
_QUOTES = {"ru": ("«", "»")}
_NESTED = 4  # of a sentence within a sentence


class Said(NamedTuple):
    """A sentence and the language that it is in: the reader's, or English where it is given as it is kept."""

    text: str
    language: str


def said(kind: str, text: str, language: str) -> Said:
    """Return what the stored sentence of an event of a kind says."""
    if language == KEPT:
        return Said(text, KEPT)
    found = _Reader(language).sentence(text, (kind,))
    return Said(text, KEPT) if found is None else Said(found, language)


def part_words(place: str, text: str, language: str) -> str:
    """Return what stands at a place of sentences ('duty', 'lacking', 'reason'), where it is said by itself."""
    return text if language == KEPT else _Reader(language).at(place, text)


class _Reader:
    """Says what stands in stored sentences in one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._translate: Translate = catalogue(language).gettext
        self._depth = 0

    def sentence(self, text: str, kinds: tuple[str, ...]) -> str | None:
        """Return a sentence of one of some kinds, None where no template fits."""
        return self._by((REAL, *(one for kind in kinds for one in SENTENCES.get(kind, ()))), text)

    def _by(self, templates: tuple[str, ...], text: str) -> str | None:
        for template in templates:
            found = _pattern(template).fullmatch(text)
            if found is not None:
                shown = {name: self.at(name, part) for name, part in found.groupdict().items()}
                return self._translate(template) % shown
        return None

    def at(self, place: str, text: str) -> str:
        """Return what stands at a place."""
        if place in TABLES or place in OPEN_TABLES:
            word = _table(place).get(text.replace(" ", "_"), _table(place).get(text))
            return self._translate(word) if word else text
        if place in AMOUNTS:
            number, _, unit = text.partition(" ")
            return words.with_unit(float(number), unit, self._language, self._translate)
        if place in QUOTED:
            return "".join((_quotes(self._language)[0], text, _quotes(self._language)[1])) if text else ""
        if place in LISTS:
            between, each = LISTS[place]
            return between.join(self.at(each, one) for one in text.split(between))
        return self._part(place, text)

    def _part(self, place: str, text: str) -> str:
        if place == "sentence":
            self._depth += 1
            found = self.sentence(text, tuple(SENTENCES)) if self._depth < _NESTED else None
            self._depth -= 1
        else:
            found = self._by(PARTS.get(place, ()), text)
        return text if found is None else found


def _quotes(language: str) -> tuple[str, str]:
    return _QUOTES.get(language, ("\u201c", "\u201d"))


def _table(place: str) -> dict[str, str]:
    return dict(TABLES[place] if place in TABLES else OPEN_TABLES[place][1])


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("".join(_pieces(template)), re.DOTALL)


def _pieces(template: str) -> Iterator[str]:
    end = 0
    for place in _PLACE.finditer(template):
        yield re.escape(template[end : place.start()])
        yield f"(?P<{place[1]}>{_allowed(place[1])})"
        end = place.end()
    yield re.escape(template[end:])


def _allowed(place: str) -> str:
    """Return the expression of what may stand at a place."""
    for simple in (AS_IT_IS, QUOTED, AMOUNTS, SHAPES):
        if place in simple:
            return simple[place]
    if place in OPEN_TABLES:
        return OPEN_TABLES[place][0]
    if place in TABLES:
        keys = {form for key in TABLES[place] for form in (key, key.replace("_", " "))}
        return "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
    return ".+"
