"""What every instrument module declares about itself, so that no other code names an instrument."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from seepline.site import Calibration, Instrument


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a calibration: the key below it, what stands there, what was expected."""

    key: str
    found: str
    expected: str


class Converted(NamedTuple):
    """What a conversion made: value in the quantity's unit, and how exact it is ('', 'at_least', 'at_most').

    `fault` says in a sentence that the instrument itself shows there is no reading (a loop's fault current, a
    shorted thermistor); the value is then None.
    """

    value: float | None
    bound: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentKind:
    """One kind of instrument.

    `inputs` maps an input name to the channel unit it expects (required inputs are those in `primary` or
    `required`; the reading's time is that of `primary`). `references` maps a name to the quantity it takes from
    another point. `needs` tells for a sheet without faults which inputs and references each quantity is made of,
    the instrument's own signal first. `check` returns every fault of a sheet; `convert` takes (sheet, values by
    input and reference name, each in its unit; all those of at least one quantity) and returns values by quantity
    name, as many as these allow.
    `prepare`, where an instrument has it, works a sheet out once into the function of the values alone.
    `when_clipped` is the bound of a value whose own signal stood at the end of the logger's converter.
    """

    name: str
    primary: str
    inputs: Mapping[str, str]
    quantities: tuple[str, ...]
    needs: Callable[[Calibration], Mapping[str, tuple[str, ...]]]
    check: Callable[[Calibration, Instrument], list[Fault]]
    convert: Callable[[Calibration, Mapping[str, float]], dict[str, Converted]]
    required: tuple[str, ...] = ()
    references: Mapping[str, str] | None = None
    when_clipped: str = ""
    prepare: Callable[[Calibration], Callable[[Mapping[str, float]], dict[str, Converted]]] | None = None
