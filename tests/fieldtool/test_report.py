"""The commissioning report in both languages: nothing recorded is lost, nothing untranslated, the PDF opens."""

import ast
import gettext
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fieldtool import commissioning, compare, limits, report_words, verdicts
from fieldtool.immersion import immersion
from fieldtool.records import BASELINE, COMPARISON, STEP, ZERO, Book
from fieldtool.verdicts import FAIL, PASS, Cause, Outcome, cause_in_words
from fieldtool.walk import record_of
from fieldtool.words import LANGUAGES, LOCALE, in_language
from seepline.cli import app
from seepline.wire import status
from tests.fieldtool.conftest import NOW_MS, SITE_FILE, STATION_KPA, at_rest, digits_at, reading
from tests.fieldtool.test_commissioning import in_water

ROOT = Path(__file__).parents[2]
_ENTRY = re.compile(r'^msgid (".*")\nmsgstr (".*")$', re.MULTILINE)


def words_of_the_code():
    """Return every text that the code marks for translation, and the logger's status words."""
    for path in (ROOT / "fieldtool").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                yield ast.literal_eval(node.args[0])
    yield from (name for _, name in status.STATUS_NAMES)


def catalogue(language):
    text = (LOCALE / language / "LC_MESSAGES" / "fieldtool.po").read_text(encoding="utf-8")
    found = {ast.literal_eval(key): ast.literal_eval(word) for key, word in _ENTRY.findall(text)}
    return {key: word for key, word in found.items() if key}  # without the catalogue's own head


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_the_catalogue_and_the_catalogue_in_the_mo_file(language):
    wanted, written = set(words_of_the_code()), catalogue(language)
    assert len(wanted) > 100
    assert wanted == written.keys()
    assert all(written.values())
    compiled = gettext.translation("fieldtool", LOCALE, [language])
    assert {key: compiled.gettext(key) for key in written} == written


def test_russian_is_cyrillic_and_keeps_what_is_filled_in():
    for key, word in catalogue("ru").items():
        assert re.search("[а-яА-Я°№]", word), f"{key!r} is not translated: {word!r}"
        assert set(re.findall(r"\{\w+\}", key)) == set(re.findall(r"\{\w+\}", word)), key


def test_every_label_that_a_record_may_need_exists(gauge):
    made = [
        commissioning.serial(gauge, "x"),
        commissioning.cable(gauge, 100.0),
        commissioning.coil(180.0, 0.0),
        commissioning.insulation(50.0),
        commissioning.zero(gauge, at_rest(8900.0), STATION_KPA),
        immersion(gauge, in_water(gauge, 1.0), in_water(gauge, 4.0)),
        commissioning.placed(gauge, [reading(8000.0, 0)], STATION_KPA),
    ]
    assert {key for outcome in made for key in outcome.values} <= report_words.VALUES.keys()
    assert limits.LIMITS.keys() == report_words.LIMITS.keys()
    units = {label.unit for label in report_words.VALUES.values()} | {row.unit for row in limits.LIMITS.values()}
    assert units - {"", "1"} <= set(report_words.UNITS)


@pytest.fixture
def book(gauge, tmp_path):
    """A gauge with everything behind it: a failed zero that was repeated, a comparison, a baseline."""
    book, right = Book(tmp_path), digits_at(gauge, 0.0)

    def keep(kind, outcome, who="Айгуль С.", step=""):
        book.append(record_of(gauge, kind, outcome, who, NOW_MS, step))

    steps = {
        "serial": commissioning.serial(gauge, "A101"),
        "cable": commissioning.cable(gauge, 100.0),
        "coil": commissioning.coil(190.0, 100.0),
        "insulation": commissioning.insulation(60.0),
        "zero": commissioning.zero(gauge, at_rest(right + 70), STATION_KPA),
    }
    for step, outcome in steps.items():
        keep(STEP, outcome, step=step)
    zero = commissioning.zero(gauge, at_rest(right), STATION_KPA)
    keep(STEP, zero, step="zero")
    keep(ZERO, zero, step="zero")
    keep(STEP, immersion(gauge, in_water(gauge, 1.0), in_water(gauge, 4.0)), step="immersion")
    weak = commissioning.placed(gauge, [reading(8000.0, 0, status=status.LOW_SIGNAL)], STATION_KPA)
    keep(STEP, weak, step="placed")
    keep(COMPARISON, compare.compare(gauge, compare.Typed(digits=8001.0), reading(8000.0, 0)))
    keep(BASELINE, Outcome(PASS, {"reason": "a quiet week"}), who="E. Record")
    return book


def printed(book, *more):
    words = ["logger", "report", str(SITE_FILE), "--records", str(book.folder), *map(str, more)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_text_tells_steps_values_causes_zero_limits_and_where_to_sign(book, gauge):
    text = printed(book)
    for expected in (
        "Commissioning report",
        "Field test dam (field)",
        "vw-1: vw_piezometer, test, A 101",
        "baseline accepted",
        "E. Record, 2016-01-01T00:00:00Z: a quiet week",
        "weak wire signal",
        f"{digits_at(gauge, 0.0) + 0.15:.1f} digits",
        "80.00 kPa",
        "Geokon 4500AL manual 3.2",
        "from memory",
        "Signature: ____",
        "Айгуль С.",
    ):
        assert expected in text, expected
    assert re.search(r"Field zero in air +2016-01-01T00:00:00Z +Айгуль С\. +pass", text)
    assert re.search(r"Reading after placing .* FAIL", text)
    assert max(map(len, text.splitlines())) <= 102


def test_the_russian_text_has_no_english_of_ours(book):
    text = printed(book, "--lang", "ru")
    assert "Акт ввода в эксплуатацию" in text
    assert "Замечание логгера к отсчёту: слабый сигнал струны." in text
    assert "НЕ ГОДЕН" in text
    ours = {word for word in words_of_the_code() if len(word) > 5 and " " in word}
    assert not [word for word in ours if word in text]


def test_a_step_not_done_is_said_and_a_foreign_gauge_s_records_do_not_count(gauge, tmp_path):
    book = Book(tmp_path)
    old = record_of(gauge, STEP, commissioning.insulation(60.0), "A", NOW_MS, "insulation")
    book.append(type(old)(**{**{name: getattr(old, name) for name in old.__slots__}, "instrument": "vw-0"}))
    assert re.search(r"Insulation +not done", printed(book))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_carries_the_same_words_in_an_embedded_font(book, tmp_path, language):
    file = tmp_path / "report.pdf"
    printed(book, "--lang", language, "--pdf", file)
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"Roboto" in data
    assert b"/FontFile2" in data  # embedded: it prints where no such font is
    if pdftotext := _found("pdftotext"):
        text = subprocess.run([pdftotext, "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
        say = in_language(language)
        for expected in (say("Commissioning report"), say("Field zero in air"), say("Signature"), "Айгуль С."):
            assert expected in text


def _found(program):
    import shutil

    return shutil.which(program)


def test_without_a_record_the_report_says_what_to_do(tmp_path):
    result = CliRunner().invoke(app, ["logger", "report", str(SITE_FILE), "--records", str(tmp_path)])
    assert result.exit_code == 2
    assert "No point has a record yet" in result.stderr


def test_every_cause_can_be_said_in_both_languages():
    for key in verdicts.CAUSES:
        for language in LANGUAGES:
            said = cause_in_words(Cause(key, "X-1").text, in_language(language))
            assert said != key
            assert "{" not in said
    assert FAIL in catalogue("en")
