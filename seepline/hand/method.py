"""What a way of reading by hand is: what the site declares, what a person writes down, what is made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple

from seepline.derive.formula import Kind, Made

Written = str | float | Sequence[float]
Values = Mapping[str, Written]
Parameters = Mapping[str, str | float]


class Field(NamedTuple):
    """One thing that a person writes down. Of the fields of one `group` exactly one is filled.

    `choices` makes it a choice of words, `many` a list of up to so many numbers; else it is one number from `low`
    to `high`. An `optional` one may be left out.
    """

    name: str
    unit: str
    label: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    many: int = 1
    group: str = ""
    optional: bool = False

    @property
    def expected(self) -> str:
        """What may be written there."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        span = f"{self.low:g} to {self.high:g} {self.unit}"
        return f"a number from {span}" if self.many == 1 else f"a list of 1 to {self.many} numbers from {span}"

    def accepts(self, value: object) -> bool:
        """Tell whether a value may be written there."""
        if self.choices:
            return value in self.choices
        if self.many == 1:
            return self._is_in_span(value)
        return isinstance(value, Sequence) and 0 < len(value) <= self.many and all(map(self._is_in_span, value))

    def _is_in_span(self, value: object) -> bool:
        known = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        return known and isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One row of seepline.hand.methods.

    `compute` gets the declaration's parameters and what was written, both checked, and returns what came of each
    quantity that can be made of it.
    """

    name: str
    meaning: str
    source: str
    quantities: tuple[str, ...]
    fields: tuple[Field, ...]
    compute: Callable[[Parameters, Values], Mapping[str, Made]]
    parameters: Mapping[str, Kind] = field(default_factory=dict)


def number(values: Mapping[str, object], name: str) -> float:
    """Return a value that the checks have found to be a number."""
    value = values[name]
    assert isinstance(value, int | float)  # noqa: S101 - the rules have seen to it
    return float(value)
