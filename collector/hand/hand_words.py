"""The words of readings by hand in the reader's language: those of seepline/hand/methods.py, and of rounds."""

from collections.abc import Iterable, Iterator

from collector.web.words import Translate, noted, unit_word
from seepline.acts.hand import ANSWERS
from seepline.hand.methods import INCLINOMETER, METHODS

SURVEY = noted("manual inclinometer survey")
_PROBE = noted("probe %(serial)s, a file of %(lines)s lines")


def texts() -> Iterator[str]:
    """Yield every text that is said here and stands in a table of seepline/."""
    yield from ANSWERS
    for method in METHODS.values():
        yield method.meaning
        for field in method.fields:
            yield field.label
            yield from field.choices


def method_word(method: str, _: Translate) -> str:
    """Return what is done: 'water level dipped below the collar of a standpipe'."""
    return _(SURVEY if method == INCLINOMETER else METHODS[method].meaning)


def value_words(method: str, name: str, value: object, _: Translate) -> str:
    """Return one value as it was written, with its label and unit.

    >>> value_words("standpipe", "dip_m", 2.85, str), value_words("bucket", "water", "clear", str)
    ('dip below the collar 2.85 m', 'the water is clear')
    """
    field = next((one for one in METHODS[method].fields if one.name == name), None)
    if field is None:
        return f"{name} {value}"
    several = value if isinstance(value, list) else [value]
    shown = " ".join(_(one) if isinstance(one, str) else str(one) for one in several)
    return f"{_(field.label)} {shown} {unit_word(field.unit, _)}".strip()


def survey_words(probe: object, file: str, _: Translate) -> str:
    """Return what an inclinometer survey holds."""
    return _(_PROBE) % {"serial": probe, "lines": len(file.splitlines())}


def answers(
    questions: Iterable[tuple[str, str]], said: dict[str, str], notes: dict[str, str], _: Translate
) -> Iterator[str]:
    """Yield each question of a round with its answer and note; the questions are the site's own."""
    for item, question in questions:
        note = notes.get(item, "")
        yield f"{question or item} {_(said.get(item, ''))}{': ' if note else ''}{note}"
