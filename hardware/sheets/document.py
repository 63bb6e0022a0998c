"""A sheet as a document for paper: heads to fill in, numbered steps with their pass marks, places to sign."""

from collections.abc import Iterator, Sequence

from hardware.sheets import words as w
from hardware.sheets.sheet import Sheet, Step
from seepline.paper.blocks import Block, Facts, Heading, Paragraph, Signatures, Table

_LINE = "______________________________"
_BLANK = "______________"


def document(sheet: Sheet, say: w.Say) -> list[Block]:
    """Return the blocks of a sheet in a language."""
    return [
        Heading(say(sheet.title), 1),
        Facts([(say(head), _LINE) for head in (w.PLACE, w.LOGGER, w.WEATHER)]),
        Paragraph(say(sheet.intro)),
        *_steps(w.STEPS, sheet.steps, say),
        *_steps(w.ZERO, sheet.zero, say),
        Heading(say(w.FIELDS), 3),
        Facts([(say(field), _LINE) for field in sheet.fields]),
        Paragraph(say(w.NOTICE)),
        Signatures([say(role) for role in w.ROLES], _three(say)),
    ]


def _three(say: w.Say) -> tuple[str, str, str]:
    name, date, signature = (say(word) for word in w.SIGNING)
    return name, date, signature


def _steps(title: str, steps: Sequence[Step], say: w.Say) -> Iterator[Block]:
    if steps:
        heads = tuple(say(word) for word in (w.NUMBER, w.DO, w.PASS, w.FIGURE))
        rows = [
            (str(n), _plain(say(step.do)), _plain(say(step.passes)), _BLANK) for n, step in enumerate(steps, 1)
        ]
        yield Heading(say(title), 3)
        yield Table(heads, rows)


def _plain(text: str) -> str:
    """Return a text without the marks that commands wear on a screen."""
    return text.replace("`", "")
