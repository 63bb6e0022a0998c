"""The bench form: every row of the check-list, numbered once, in English and Russian, as a PDF."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.bench import form
from seepline.paper.blocks import Heading, Table

ROOT = Path(__file__).resolve().parents[2]
ROWS = form.rows_by_section(form.CHECKLIST.read_text(encoding="utf-8"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hardware.bench", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )


def test_every_line_of_a_table_is_a_row_with_all_its_cells_and_a_number_of_its_own() -> None:
    rows = [row for section in ROWS.values() for row in section]
    numbers = [row.number for row in rows]
    assert len(numbers) == len(set(numbers))
    lines = re.findall(r"^\| [A-Z]\d+ \|", form.CHECKLIST.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == len(rows) > 100
    assert all(all(row) for row in rows)


def test_russian_has_every_row_section_and_word_and_no_others() -> None:
    table = form.words_of("ru")
    assert set(table["rows"]) == {row.number for section in ROWS.values() for row in section}
    assert set(table["sections"]) == set(ROWS)
    shown = [block.text for block in form.form("ru") if isinstance(block, Heading)]
    assert all(re.search("[а-яА-Я]", text) for text in shown)
    for what, mark in table["rows"].values():
        assert re.search("[а-я]", what), what
        assert mark


@pytest.mark.parametrize("language", form.LANGUAGES)
def test_a_figure_of_a_pass_mark_is_the_same_in_both_languages(language: str) -> None:
    shown = {
        row[0].strip(): row[2] for block in form.form(language) if isinstance(block, Table) for row in block.rows
    }
    for section in ROWS.values():
        for row in section:
            asked = set(re.findall(r"\d+(?:\.\d+)?", row.pass_mark))
            said = set(re.findall(r"\d+(?:\.\d+)?", shown[row.number].replace(",", ".")))
            assert asked - {"1"} <= said | {"0"}, (row.number, asked - said)


@pytest.mark.parametrize("language", form.LANGUAGES)
def test_the_form_is_written(tmp_path: Path, language: str) -> None:
    path = tmp_path / "form.pdf"
    done = run(language, str(path))
    assert done.returncode == 0, done.stderr
    assert path.read_bytes().startswith(b"%PDF")
    assert path.stat().st_size > 20000


@pytest.mark.parametrize(("arguments", "code"), [((), 2), (("de", "x.pdf"), 2), (("en", "/no/such/x.pdf"), 1)])
def test_it_refuses_in_one_sentence(arguments: tuple[str, ...], code: int) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert len(done.stderr.strip().splitlines()) == 1
