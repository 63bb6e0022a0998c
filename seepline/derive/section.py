"""Along a section: displacement of an inclinometer's node, and the head that Dupuit gives between two wells."""

from collections.abc import Iterator, Mapping, Sequence

from seepline.convert import MAX_AGE_MS
from seepline.derive.formula import (
    NOT_NEGATIVE,
    NUMBER,
    NUMBERS,
    POSITIVE,
    TEXT,
    Formula,
    Given,
    Made,
    Parameters,
    Series,
    choice,
    within,
)
from seepline.derive.inclinometer import profile
from seepline.derive.phreatic import dupuit_m
from seepline.instruments.kind import Fault
from seepline.instruments.terms import READING_SIGNS, order
from seepline.reading import Quality

_HEADS = ("piezometric_elevation", "water_level")


def _now(series: Series, time_ms: int) -> float | None:
    """Return the tilt at a time: the reading of that time, else the newest one that is not too old."""
    newest = series[-1] if series else None
    return newest[1] if newest and time_ms - newest[0] <= MAX_AGE_MS else None


def _last(series: Series) -> float | None:
    return next((deg for _, deg in reversed(series) if deg is not None), None)


def _node(given: Given) -> Made:
    names = list(given.inputs)
    now = [_now(given.series[name], given.time_ms) for name in names]
    last = [_last(given.series[name]) for name in names]
    node = profile(given.numbers("lengths_m"), given.numbers("base_deg"), now, last)[-1]
    if node.displacement_mm is None:
        lost = next(name for name, deg in zip(names, last, strict=True) if deg is None)
        return Made(
            None, f"{lost} has no reading in the window: nothing is known from there on", quality=Quality.FAIL
        )
    moved_mm = order(given.text("sign")) * node.displacement_mm
    if not node.suspect:
        return Made(moved_mm)
    held = ", ".join(name for name, deg in zip(names, now, strict=True) if deg is None)
    return Made(moved_mm, f"{held} has no reading: its last tilt is held, never 0", quality=Quality.SUSPECT)


def _segments_fit(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    for name, of in inputs.items():
        if of != "tilt":
            yield Fault(f"inputs.{name}", repr(of), "the tilt of a segment, from the fixed end on")
    for name in ("lengths_m", "base_deg"):
        numbers = given.get(name)
        if isinstance(numbers, tuple) and len(numbers) != len(inputs):
            yield Fault(f"parameters.{name}", f"{len(numbers)} numbers", f"{len(inputs)}, one for each segment")
    lengths = given.get("lengths_m")
    if isinstance(lengths, tuple) and min(lengths, default=1.0) <= 0:
        yield Fault("parameters.lengths_m", f"{min(lengths):g}", "lengths of more than 0 m")


def _dupuit(given: Given) -> Made:
    base_m, x_m, length_m = given.number("base_elevation_m"), given.number("x_m"), given.number("length_m")
    heads_m: Sequence[float] = [given.values[name] - base_m for name in ("upstream", "downstream")]
    if min(heads_m) < 0:
        return Made(None, f"a head lies below the base at {base_m:g} m", quality=Quality.FAIL)
    said = f"by Dupuit, as assumed by {given.text('assumed_by')}"
    return Made(base_m + dupuit_m(heads_m[0], heads_m[1], x_m, length_m), said)


def _place_fits(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    x_m, length_m = given.get("x_m"), given.get("length_m")
    if isinstance(x_m, int | float) and isinstance(length_m, int | float) and x_m > length_m:
        yield Fault("parameters.x_m", f"{x_m:g}", f"0 to length_m: no line beyond the wells, {length_m:g} m apart")


ROWS = (
    Formula(
        name="inclinometer_node",
        meaning="displacement at the far end of the last segment named, from the fixed end on; a dead one is held",
        source="Geokon 6180 manual, Eq. 1 and 2; the rule for a missing segment is this project's",
        quantities=("displacement",),
        parameters={
            "lengths_m": NUMBERS,
            "base_deg": NUMBERS,
            "sign": choice(*READING_SIGNS),
            "window_s": within(60, 366 * 86_400, "s"),
        },
        free_inputs=True,
        all_series=True,
        compute=_node,
        check=_segments_fit,
    ),
    Formula(
        name="dupuit_elevation",
        meaning="phreatic surface between two wells over a level impervious base, where somebody assumes so",
        source="Dupuit (1863)",
        quantities=("piezometric_elevation",),
        inputs={"upstream": _HEADS, "downstream": _HEADS},
        parameters={
            "base_elevation_m": NUMBER,
            "x_m": NOT_NEGATIVE,
            "length_m": POSITIVE,
            "assumed_by": TEXT,
        },
        rising={"upstream": 1, "downstream": 1},
        phreatic_inputs=True,
        compute=_dupuit,
        check=_place_fits,
    ),
)
