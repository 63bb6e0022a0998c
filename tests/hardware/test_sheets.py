"""The sheets for the dam: every text in both languages, limits and commands that are true, files that print."""

import ast
import gettext
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # hardware/ is not installed

from fieldtool import limits  # noqa: E402
from hardware import channels  # noqa: E402
from hardware.sheets import document, sheet, words  # noqa: E402
from seepline.cli import app  # noqa: E402

_ENTRY = re.compile(r'^msgid (".*")\nmsgstr (".*")$', re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
SHEETS_OF = {  # each kind of sensor of the channel table has its installation sheets
    "vibrating_wire": {"vw-borehole", "vw-standpipe"},
    "current_loop": {"pond-probe"},
    "tipping_bucket": {"rain-gauge"},
    "second_line": {"inclinometer-string"},
    "rs485_trunk": {"commissioning"},
    "supply": {"commissioning"},
}


@pytest.fixture(scope="module")
def sheets() -> list[sheet.Sheet]:
    return sheet.read_all()


def catalogue() -> dict[str, str]:
    text = (words.LOCALE / "ru" / "LC_MESSAGES" / "hardware.po").read_text(encoding="utf-8")
    found = {ast.literal_eval(key): ast.literal_eval(word) for key, word in _ENTRY.findall(text)}
    return {key: word for key, word in found.items() if key}


def test_every_text_is_in_the_catalogue_and_the_catalogue_in_the_mo_file(sheets):
    wanted = {text for one in sheets for text in one.texts} | set(words.ALL)
    assert len(wanted) > 200
    assert wanted == catalogue().keys()
    compiled = gettext.translation(words.DOMAIN, words.LOCALE, ["ru"])
    assert {key: compiled.gettext(key) for key in wanted} == catalogue()


def test_russian_is_cyrillic_and_keeps_numbers_and_commands():
    for key, word in catalogue().items():
        commands = re.findall("`[^`]+`", key)
        assert commands == re.findall("`[^`]+`", word), key
        assert re.search("[а-яА-Я№]", word) or commands, f"{key!r} is not translated: {word!r}"
        assert _numbers(key) == _numbers(word), f"{key!r}: {word!r}"


def _numbers(text: str) -> list[str]:
    return sorted(number.replace(",", ".") for number in _NUMBER.findall(text))


def test_the_limits_on_paper_are_those_that_the_laptop_judges_by(sheets):
    text = "\n".join(next(one for one in sheets if one.id == "vw-borehole").texts)
    value = limits.value
    for said in (
        f"Within {value('zero_digits'):g} digits of the maker's zero",
        f"{value('stable_s') / 60:g} minutes in which readings spread over {value('stable_digits'):g} digits"
        f" and {value('stable_degc'):g} degC at most",
        f"Coil {value('coil_ohm'):g} ohm +- {100 * value('coil_share'):g} %",
        f"2 x {value('cable_ohm_per_km'):g} ohm/km of cable +- {100 * value('cable_share'):g} %",
        f"{value('insulation_megohm'):g} Mohm or more (from memory",
        f"within {100 * value('factor_share'):g} % and 2 x {1000 * value('depth_m'):g} mm",
    ):
        assert said in text


def test_every_command_on_paper_exists(sheets):
    named = {command for one in sheets for text in one.texts for command in re.findall("`([^`]+)`", text)}
    assert len(named) > 5
    for command in named:
        here = get_command(app)
        for word in command.split()[1:]:
            if word.startswith("--"):
                assert any(word in one.opts for one in here.params), command
            else:
                here = here.commands[word]


def test_each_kind_of_sensor_has_its_sheet_with_a_zero_reading(sheets):
    ids = {one.id for one in sheets}
    kinds = {one.kind for one in channels.read().sensors.values()}
    assert kinds == SHEETS_OF.keys()
    assert set().union(*SHEETS_OF.values()) <= ids
    assert {one.id for one in sheets if not one.zero} == {"commissioning", "maintenance"}


def test_no_sheet_calls_a_dam_safe(sheets):
    for one in sheets:
        assert not re.search(r"\bsafe\b|безопас", "\n".join([*one.texts, *catalogue().values()]), re.IGNORECASE)


def test_a_document_asks_for_a_figure_at_every_step_and_for_signatures(sheets):
    for one in sheets:
        blocks = document.document(one, words.in_language("ru"))
        tables = [block for block in blocks if hasattr(block, "heads")]
        assert sum(len(table.rows) for table in tables) == len(one.steps) + len(one.zero)
        assert all(row[-1].startswith("____") for table in tables for row in table.rows)
        assert blocks[-1].roles == ["Исполнитель", "Проверил"]


def test_the_command_writes_each_sheet_in_both_languages(sheets, tmp_path):
    command = [sys.executable, "-m", "hardware.sheets", "--out", tmp_path]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"{one.id}.{language}.pdf" for one in sheets for language in words.LANGUAGES}
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert data.startswith(b"%PDF")
        assert b"Roboto" in data
        assert 1 <= len(re.findall(rb"/Type /Page\b", data)) <= 3
    text = subprocess.run(
        ["pdftotext", tmp_path / "pond-probe.ru.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert "Датчик уровня в пруде, 4-20 мА" in text.stdout
    assert "Нулевой отсчёт" in text.stdout


BREAKS = [
    ('id = "barometer"', 'id = "barometre"', "id is 'barometre', expected the file's name"),
    ("[[zero]]", "[[zeros]]", "has the unknown key zeros"),
    ("intro = ", "introduction = ", "intro is missing"),
    ("\npass = ", "\npasses = ", "steps 1 is"),
]


@pytest.mark.parametrize(("old", "new", "said"), BREAKS)
def test_a_broken_sheet_is_refused(tmp_path, old, new, said):
    text = (sheet.HERE / "barometer.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "barometer.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(sheet.SheetError, match=re.escape(said)):
        sheet.read(tmp_path / "barometer.toml")
