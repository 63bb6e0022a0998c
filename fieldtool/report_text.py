"""The commissioning report as plain text, 100 columns, for a terminal, a mail or a printer without a PDF."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from seepline.paper.blocks import Block, Facts, Heading, Paragraph, Signatures, Table

WIDTH = 100
_LABEL = 34
_UNDERLINE = {1: "=", 2: "-", 3: ""}


def as_text(blocks: Sequence[Block]) -> str:
    """Return the whole report."""
    return "\n".join(line.rstrip() for block in blocks for line in _lines(block)) + "\n"


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from ("", block.text)
        if rule := _UNDERLINE[block.level]:
            yield rule * len(block.text)
    elif isinstance(block, Facts):
        for label, value in block.rows:
            yield from _hanging(label, value)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Paragraph):
        yield from ("", *textwrap.wrap(block.text, WIDTH))
    elif isinstance(block, Signatures):
        yield from _signatures(block)
    else:
        yield from ("", f"[{block.title}: drawn in the PDF]")


def _hanging(label: str, value: str) -> list[str]:
    lines = textwrap.wrap(value, WIDTH - _LABEL - 2) or [""]
    heads = textwrap.wrap(label, _LABEL) or [""]
    count = max(len(lines), len(heads))
    heads, lines = ([*part, *[""] * (count - len(part))] for part in (heads, lines))
    return [f"  {head:<{_LABEL}}{line}" for head, line in zip(heads, lines, strict=True)]


def _table(table: Table) -> Iterator[str]:
    widths = _widths(table)
    yield ""
    for number, row in enumerate([table.heads, *table.rows]):
        cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for line in zip_longest(*cells, fillvalue=""):
            yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        if not number:
            yield "  " + "  ".join("-" * width for width in widths)


def _widths(table: Table) -> list[int]:
    """Return how wide each column is: as its longest cell, but all together as wide as the page."""
    rows = [table.heads, *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.heads))]
    while sum(widths) + 2 * len(widths) > WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def _signatures(block: Signatures) -> Iterator[str]:
    name, date, signature = block.words
    for role in block.roles:
        yield from ("", f"  {role}", "")
        yield f"  {name}: {'_' * 28}  {date}: {'_' * 12}  {signature}: {'_' * 22}"
