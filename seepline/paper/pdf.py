"""A document as PDF, A4. Only seepline/paper/ imports reportlab; the font is Roboto, which has Cyrillic.

Roboto (Apache-2.0) comes as the package font-roboto and is embedded, so that the file prints anywhere.
"""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from seepline.paper.blocks import Block, Chart, Facts, Heading, Paragraph, Signatures, Table
from seepline.paper.chart import drawn

_MARGIN_MM = 18
_FRAME_PAD = 6  # points that a frame of reportlab keeps inside its edges
_FONTS = {"Roboto": "Roboto-Regular.ttf", "Roboto-Bold": "Roboto-Bold.ttf"}
_SIZES = {1: 18, 2: 13, 3: 10.5}
_CELL_SIZE, _CELL_PAD = 8.5, 7  # points: letters, and what a cell keeps at its sides
_MOST_LINE = 200  # points: a longer line may wrap
_BELOW_HEADING = 90  # points: a heading with less room below it begins the next page
_GREY = "#666666"
_RULE = "#BBBBBB"


class PaperError(Exception):
    """A document cannot be written: one sentence that says why."""


def write_pdf(path: Path, blocks: Sequence[Block], title: str, page_word: str) -> None:
    """Write a document.

    Raises
    ------
    PaperError
        When the file cannot be written.
    ModuleNotFoundError
        When reportlab or the font is not installed: they stand in the extra `pdf`.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    _register_fonts()
    margin = _MARGIN_MM * mm
    document = SimpleDocTemplate(
        str(path), pagesize=A4, title=title, author="Seepline",
        leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
    )  # fmt: skip
    foot = partial(_foot, title=title, page_word=page_word)
    width, after = document.width - 2 * _FRAME_PAD, [*blocks[1:], None]
    story = [part for block, then in zip(blocks, after, strict=True) for part in _laid_out(block, then, width)]
    try:
        document.build(story, onFirstPage=foot, onLaterPages=foot)
    except OSError as error:
        raise PaperError(f"{path} cannot be written ({error.strerror}).") from error


def _register_fonts() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    spec = find_spec("font_roboto")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("No font with Cyrillic", name="font-roboto")
    folder = Path(spec.submodule_search_locations[0]) / "files"
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily(
        "Roboto", normal="Roboto", bold="Roboto-Bold", italic="Roboto", boldItalic="Roboto-Bold"
    )


def _foot(canvas: Any, document: Any, title: str, page_word: str) -> None:
    canvas.setFont("Roboto", 8)
    canvas.setFillColor(_GREY)
    left, right = document.leftMargin + _FRAME_PAD, document.leftMargin + document.width - _FRAME_PAD
    canvas.drawString(left, document.bottomMargin / 2, title)
    canvas.drawRightString(right, document.bottomMargin / 2, f"{page_word} {canvas.getPageNumber()}")


def _style(size: float, *, bold: bool = False, before: float = 0.0, after: float = 0.0, keep: bool = False) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    font = "Roboto-Bold" if bold else "Roboto"
    return ParagraphStyle(
        f"{font}-{size}", fontName=font, fontSize=size, leading=1.3 * size, spaceBefore=before, spaceAfter=after,
        keepWithNext=int(keep),
    )  # fmt: skip


def _cell(text: str, *, bold: bool = False) -> Any:
    from reportlab.platypus import Paragraph as Flowing

    return Flowing(_escaped(text), _style(_CELL_SIZE, bold=bold))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")


def _laid_out(block: Block, then: Block | None, width: float) -> list[Any]:
    """Return a block as reportlab's flowables; `then` is what comes after it."""
    from reportlab.platypus import CondPageBreak, Spacer
    from reportlab.platypus import Paragraph as Flowing

    if isinstance(block, Heading):
        size, whole = (
            _SIZES[block.level],
            isinstance(then, Signatures | Chart),
        )  # what is never parted stays with it
        style = _style(size, bold=True, before=size, after=size / 3, keep=whole)
        return [CondPageBreak(_BELOW_HEADING), Flowing(_escaped(block.text), style)]
    if isinstance(block, Facts):
        rows = [[_cell(label), _cell(value)] for label, value in block.rows]
        return [_grid(rows, [0.36 * width, 0.64 * width])]
    if isinstance(block, Table):
        heads = [[_cell(head, bold=True) for head in block.heads]]
        rows = heads + [[_cell(cell) for cell in row] for row in block.rows]
        return [_grid(rows, _widths(block, width), head=True)]
    if isinstance(block, Paragraph):
        return [Flowing(_escaped(block.text), _style(8.5, before=10, after=4))]
    if isinstance(block, Chart):
        return [Spacer(0, 8), drawn(block, width)]
    return [_signatures(block, width)]


def _words(text: str) -> list[str]:
    """Return what is not broken: a space that must not be broken parts no words."""
    return text.replace("\n", " ").split(" ")


def _widths(table: Table, width: float) -> list[float]:
    """Return column widths: room for the longest word of each, and what is left by how much more text it has."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    def widest(column: int, parts: Callable[[str], list[str]]) -> float:
        heads = (stringWidth(part, "Roboto-Bold", _CELL_SIZE) for part in parts(table.heads[column]))
        cells = (stringWidth(part, "Roboto", _CELL_SIZE) for row in table.rows for part in parts(row[column]))
        return max((*heads, *cells), default=0.0)

    columns = range(len(table.heads))
    least = [widest(one, _words) + _CELL_PAD for one in columns]
    whole = [max(least[one], min(widest(one, str.splitlines), _MOST_LINE)) for one in columns]
    left, more = width - sum(least), sum(whole) - sum(least)
    share = left / more if more and left > 0 else 0.0
    wants = [low + share * (most - low) for low, most in zip(least, whole, strict=True)]
    return [width * want / sum(wants) for want in wants]


def _grid(rows: list[list[Any]], widths: list[float], *, head: bool = False) -> Any:
    from reportlab.platypus import Table as Grid
    from reportlab.platypus import TableStyle

    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    style += [("LINEBELOW", (0, 0), (-1, 0), 1.0, _GREY)] if head else []
    return Grid(rows, widths, style=TableStyle(style), repeatRows=int(head), spaceBefore=8 * head, hAlign="LEFT")


def _signatures(block: Signatures, width: float) -> Any:
    """Return one row per role with lines to write on, never split over two pages, nor from its heading."""
    from reportlab.platypus import Table as Grid
    from reportlab.platypus import TableStyle

    heads = [_cell(""), *(_cell(word) for word in block.words)]
    rows = [heads, *([_cell(role, bold=True), "", "", ""] for role in block.roles)]
    style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "BOTTOM"), ("NOSPLIT", (0, 0), (-1, -1))]
    style += [("LINEBELOW", (column, 1), (column, -1), 0.6, _GREY) for column in (1, 2, 3)]
    shares = (0.22, 0.32, 0.16, 0.30)
    heights = [None, *[30.0] * len(block.roles)]
    return Grid(rows, [share * width for share in shares], heights, style=TableStyle(style))
