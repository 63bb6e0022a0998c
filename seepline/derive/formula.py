"""What a formula of `[[derived]]` is: its inputs, its parameters, what it makes, and how it is computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import isfinite
from typing import Any, NamedTuple

from seepline.instruments.kind import Fault
from seepline.reading import Quality

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Value = str | float | tuple[float, ...]
Parameters = Mapping[str, Value]
Series = Sequence[tuple[int, float | None]]  # (time_ms, value), oldest first; None where nothing was measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a formula is computed from: `values` at `time_ms`, `series` over its window up to and with `time_ms`.

    `inputs` holds the quantity of each input. `geometry_ms` is when the newest surveyed ground line of the point's
    section began, None without one. `trained` is what a regression's training gave (seepline.derive.training),
    None before it; `signed_by` names who signed the declaration, '' while nobody has.
    """

    time_ms: int
    quantity: str
    parameters: Parameters
    inputs: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    geometry_ms: int | None = None
    trained: Any = None
    signed_by: str = ""

    def number(self, name: str) -> float:
        """Return a parameter that is a number."""
        value = self.parameters[name]
        assert isinstance(value, int | float)  # noqa: S101 - the rules of SITE.toml have seen to it
        return float(value)

    def text(self, name: str) -> str:
        """Return a parameter that is a text."""
        value = self.parameters[name]
        assert isinstance(value, str)  # noqa: S101
        return value

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return a parameter that is a list of numbers."""
        value = self.parameters[name]
        assert isinstance(value, tuple)  # noqa: S101
        return value

    def known(self, name: str) -> list[tuple[int, float]]:
        """Return what was measured of a series."""
        return [(time_ms, value) for time_ms, value in self.series[name] if value is not None]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: a value in the quantity's unit, or None and the reason; `bound` as in seepline.reading.

    Without a value, NOT_EVALUATED says that there is nothing to tell now, FAIL that something must be put right.
    """

    value: float | None
    reason: str = ""
    bound: str = ""
    quality: Quality = Quality.GOOD


class Kind(NamedTuple):
    """What a parameter may be."""

    accepts: Callable[[Value], bool]
    expected: str


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_rising(value: Value) -> bool:
    return isinstance(value, tuple) and len(value) > 1 and all(low < high for low, high in pairwise(value))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def utc_ms(text: str) -> int | None:
    """Return a date and time with offset as milliseconds since 1970, None when the text is none.

    >>> utc_ms("2015-12-01T00:00:00Z"), utc_ms("1 December")
    (1448928000000, None)
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment - _EPOCH) // timedelta(milliseconds=1)


def within(low: float, high: float, unit: str = "") -> Kind:
    """Return the kind of a number between two, both allowed."""
    words = f"a number from {low:g} to {high:g}{' ' + unit if unit else ''}"
    return Kind(lambda value: isinstance(value, int | float) and _is_number(value) and low <= value <= high, words)


def choice(*words: str) -> Kind:
    """Return the kind of a text that is one of some words."""
    return Kind(lambda value: value in words, "one of " + ", ".join(words))


DATE = Kind(
    lambda value: isinstance(value, str) and utc_ms(value) is not None,
    "a date and time with offset in quotes, such as '2015-12-01T00:00:00Z'",
)
DAY = Kind(lambda value: isinstance(value, str) and _is_day(value), "a day in quotes, such as '2015-12-01'")
NUMBER = Kind(_is_number, "a number")
POSITIVE = Kind(lambda value: isinstance(value, int | float) and _is_number(value) and value > 0, "more than 0")
NOT_NEGATIVE = Kind(lambda value: isinstance(value, int | float) and _is_number(value) and value >= 0, "0 or more")
TEXT = Kind(lambda value: isinstance(value, str) and bool(value.strip()), "a text that is not empty")
RISING = Kind(_is_rising, "two or more numbers that rise")
NUMBERS = Kind(lambda value: isinstance(value, tuple) and bool(value), "a list of numbers")

More = Callable[[str, Mapping[str, str], Parameters], Iterable[Fault]]


def _no_more(quantity: str, inputs: Mapping[str, str], parameters: Parameters) -> Iterable[Fault]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One row of seepline.derive.formulas.

    `inputs` maps each name to the quantities it may be, the first one driving: a derived value is made at its
    readings' times. With `free_inputs` the declaration names its own. Inputs in `series` are taken over the window
    (`window_s` of a quantity in `windows_s`, else the parameter of that name) and the others at the time, else the
    nearest; with `all_series` each is a series from its last value on. Of those and of inputs in `may_lack` the
    formula itself says what an absence means. `rising` holds +1 or -1 where more of an input always means more or
    less of the result, so that "at least" and "at most" carry over; `slopes` tells it where the parameters decide.
    `phreatic_inputs` come from points declared phreatic, or are water levels. A `collector_only` one asks for more
    than a gateway has; a `trained` one for a fit. `check` finds what the rows of the table do not say.
    """

    name: str
    meaning: str
    source: str
    quantities: tuple[str, ...]
    compute: Callable[[Given], Made]
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, Kind] = field(default_factory=dict)
    series: tuple[str, ...] = ()
    windows_s: Mapping[str, int] = field(default_factory=dict)
    rising: Mapping[str, int] = field(default_factory=dict)
    free_inputs: bool = False
    free_parameters: bool = False
    check: More = _no_more
    all_series: bool = False
    phreatic_inputs: bool = False
    may_lack: tuple[str, ...] = ()
    collector_only: bool = False
    trained: bool = False
    slopes: Callable[[Parameters, Mapping[str, str]], Mapping[str, int]] | None = None

    def is_series(self, name: str) -> bool:
        """Tell whether an input is taken over the window."""
        return self.all_series or name in self.series

    def needs(self, name: str) -> bool:
        """Tell whether nothing can be made without a value of an input."""
        return not self.all_series and name not in self.may_lack

    def rising_of(self, parameters: Parameters, inputs: Mapping[str, str]) -> Mapping[str, int]:
        """Return the ways of the inputs for a declaration; `inputs` holds the quantity of each."""
        return self.slopes(parameters, inputs) if self.slopes else self.rising

    def window_ms(self, quantity: str, parameters: Parameters) -> int:
        """Return how far its series reach back, 0 without any."""
        if not self.series and not self.all_series:
            return 0
        window_s = self.windows_s.get(quantity) or parameters["window_s"]
        assert isinstance(window_s, int | float)  # noqa: S101 - the rules of SITE.toml have seen to it
        return int(window_s * 1000)
