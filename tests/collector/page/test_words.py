"""Every text that a page can show has a Russian one, with the same places for values."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from collector.events import KINDS
from collector.hand import hand_words
from collector.web.catalogue import LOCALE, best_language, catalogue
from collector.web.words import duration, rule_unit, unit_word, value_text
from seepline.acts.kinds import KINDS as ACTS

ROOM = Path("collector")
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "noted": None, "translate": None}
PLACES = re.compile(r"%\(\w+\)s")


def texts() -> set[str]:
    """Return every literal that is marked for translation in the collector."""
    options = {"**/templates/**.html": {"trimmed": "false"}}
    found = extract_from_dir(ROOM, METHODS, options, KEYWORDS, ())
    said = {one[2] if isinstance(one[2], str) else one[2][0] for one in found}
    from_tables = {*KINDS.values(), *hand_words.texts(), *(one.told for one in ACTS.values())}
    return said | from_tables


def entries(path: Path) -> dict[str, str]:
    read = read_po(BytesIO(path.read_bytes()), abort_invalid=True)
    return {str(one.id): str(one.string) for one in read if one.id}


def test_every_text_has_a_russian_one():
    known = {key for path in (LOCALE / "ru").glob("*.po") for key, text in entries(path).items() if text}
    assert sorted(texts() - known) == []


@pytest.mark.parametrize("path", sorted((LOCALE / "ru").glob("*.po")), ids=lambda path: path.name)
def test_a_translation_keeps_the_places_of_values(path):
    for key, text in entries(path).items():
        assert sorted(PLACES.findall(key)) == sorted(PLACES.findall(text)), key


def test_two_parts_say_the_same_of_one_text():
    said: dict[str, tuple[str, str]] = {}
    for path in sorted((LOCALE / "ru").glob("*.po")):
        for key, text in entries(path).items():
            assert said.setdefault(key, (text, path.name))[0] == text, (key, path.name, said[key][1])


def test_nothing_is_translated_that_nobody_says():
    known = {key for path in (LOCALE / "ru").glob("*.po") for key in entries(path)}
    assert sorted(known - texts()) == []


def test_a_language_comes_from_the_browser_and_english_where_none_fits():
    assert best_language("ru") == "ru"
    assert best_language("de, fr;q=x") == "en"
    assert catalogue("en").gettext("green") == "green"
    assert catalogue("ru").gettext("green") == "зелёный"


def test_units_are_those_that_people_of_the_field_write():
    ru = catalogue("ru").gettext
    assert value_text("pore_pressure", 61.25, _=ru) == "61.25 кПа"
    assert [unit_word(one, ru) for one in ("m H2O", "kgf/cm2", "m")] == ["м вод. ст.", "кгс/см²", "м"]
    assert rule_unit("pore_pressure", "rate_up", ru) == "кПа/ч"
    assert duration(5400, ru) == "1 ч 30 мин"
