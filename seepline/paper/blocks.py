"""What a document to be signed is made of. Text here is final: translated, rounded, with its units."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 begins a page."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with heads."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: role, and the words for name, date and signature."""

    roles: Sequence[str]
    words: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart: its name, and (time ms, value) in order of time."""

    name: str
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over one time axis; `unit` names the values, `band` draws two level lines (of a tolerance)."""

    title: str
    unit: str
    curves: Sequence[Curve]
    band: tuple[float, float] | None = None


Block = Heading | Facts | Table | Paragraph | Signatures | Chart
