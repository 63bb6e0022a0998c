"""What a dashboard consists of: panels as plain data, their texts in English, marked for translation by N_.

A page module holds one `Page`. dashboards.looks draws it; nothing here knows Grafana.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from dashboards import questions


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated later"
    """Mark a text for translation where it is written down, and return it as it is."""
    return text


MONTH, WEEK, TWO_DAYS = 30 * 24, 7 * 24, 48  # hours that a panel looks back, where not the page's own time

NO_RAW = N_(
    "No raw value of this kind came in this time: the choice has none, or collector.toml says raw = false."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What every panel has: a title, what it shows and what to do about it, and its width of 24 columns."""

    title: str
    about: str
    width: int = 24
    intervals: int = 40  # a column of its width at most, if it is over time: else a wide screen asks for thousands
    hours: int | None = None  # it looks back from the end of the page's time, where that is not the page's own
    nothing: str = N_("No data for this choice and time. Look at Data health; what was renamed has an old name.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend(Panel):
    """Quantities of one unit over time, with each point's limits as they were in force with every reading."""

    quantities: tuple[str, ...]
    where: str = questions.IN_SECTION
    limits: bool = True
    interval: bool = False  # of an estimate: its ends are drawn beside it
    each: str = ""  # the variable of which every chosen value has a panel of its own
    beside: bool = False  # pond or rain, as the variable `beside` says, on the axis at the right


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Panel):
    """The answer to one question over time; `alias` names its series, `bars` draws sums of intervals."""

    question: str
    alias: str
    unit: str = "none"
    bars: bool = False
    more: str = ""  # a second question for the same lines


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNow(Panel):
    """The newest alarm level of each series, with symbol and word."""

    question: str
    alias: str
    width: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberNow(Panel):
    """The newest number of each series."""

    question: str
    alias: str
    width: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsOverTime(Panel):
    """Alarm levels over time, a row for each alarm."""

    question: str
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Panel):
    """An answer as a table; levels and qualities stand as words, `hidden` columns do not."""

    question: str
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Panel):
    """Places by x and y: a section seen from the side, or a map without tiles."""

    x: str
    unit: str
    lines: tuple["Line", ...]
    x_unit: str = ""  # `unit` without one
    order: str = ""  # the column along which a line runs; x without one


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of places, or single marks; `question` takes the name under which the answer gives y."""

    name: str
    question: Callable[[str], str]
    color: str
    marks: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal(Rows):
    """What happened, newest first; that nothing did is no sign of a fault."""

    nothing: str = N_("Nothing of this kind happened in this time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One dashboard. `variables` beside the facility; `days` are shown at first."""

    name: str
    title: str
    about: str
    panels: tuple[Panel, ...]
    variables: tuple[str, ...] = field(default=())
    days: int = 14
