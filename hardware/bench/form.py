"""The bench check-list as a form: every row with a place for figure, instrument, date and name."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seepline.paper.blocks import Block, Facts, Heading, Paragraph, Signatures, Table

HERE = Path(__file__).parent
CHECKLIST = HERE.parents[1] / "docs/bench-checklist.md"
LANGUAGES = ("en", "ru")
_HEADS = ("no.", "what", "pass mark", "figure, instrument's number", "date, name")
_NOTE = (
    "Instrument and procedure of each row: docs/bench-checklist.md. Write the figure, not only pass. A board type "
    "goes to a dam when every row is signed; a single logger repeats the rows marked each."
)
_ROOM = 5 * "\u00a0"  # so that the number stands in one line
_TO_FILL = ("Board", "Firmware version", "Place and date")


class Row(NamedTuple):
    """One row of the check-list."""

    number: str
    what: str
    instrument: str
    procedure: str
    pass_mark: str


def rows_by_section(text: str) -> dict[str, list[Row]]:
    r"""Return the rows of each section that has some.

    >>> rows_by_section("## A\n| no. | what | x | y | z |\n|---|---|---|---|---|\n| A1 | *a* | b | c | `d` |")["A"]
    [Row(number='A1', what='a', instrument='b', procedure='c', pass_mark='d')]
    """
    found: dict[str, list[Row]] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        cells = [re.sub(r"[*`]", "", cell).strip() for cell in line.strip("|").split(" | ")]
        if re.fullmatch(r"[A-Z]\d+", cells[0]) and len(cells) == len(Row._fields):
            found.setdefault(section, []).append(Row(*cells))
    return found


def words_of(language: str) -> Mapping[str, Any]:
    """Return a language's table; English has none."""
    if language == "en":
        return {"words": {}, "sections": {}, "rows": {}}
    return tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))


def form(language: str) -> Iterator[Block]:
    """Yield the form's blocks."""
    table = words_of(language)

    def say(text: str) -> str:
        return str(table["words"].get(text, text))

    yield Heading(say("Bench form"), 1)
    yield Facts([(say(one), "") for one in _TO_FILL])
    yield Paragraph(say(_NOTE))
    for section, rows in rows_by_section(CHECKLIST.read_text(encoding="utf-8")).items():
        yield Heading(table["sections"].get(section, section), 2)
        told = [(row, *table["rows"].get(row.number, (row.what, row.pass_mark))) for row in rows]
        yield Table(tuple(say(head) for head in _HEADS), [
            (row.number + _ROOM, what, pass_mark, " " * 24, " " * 16) for row, what, pass_mark in told
        ])  # fmt: skip
    yield Signatures([say("Tested by"), say("Checked by")], (say("Name"), say("Date"), say("Signature")))


def title(language: str) -> tuple[str, str]:
    """Return the form's title and the word for a page."""
    words = words_of(language)["words"]
    return f"Seepline, {words.get('Bench form', 'Bench form')}", words.get("page", "page")
