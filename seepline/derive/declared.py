"""Formulas whose content the engineer declares: an expression, a response surface, a fitted regression."""

from collections.abc import Iterator, Mapping
from math import prod

from seepline.derive.expression import ExpressionError, parse
from seepline.derive.formula import (
    DATE,
    DAY,
    NUMBERS,
    POSITIVE,
    RISING,
    TEXT,
    Formula,
    Given,
    Made,
    Parameters,
    choice,
    utc_ms,
)
from seepline.derive.regression import DAY_MS, Day, Fit, residual, terms
from seepline.derive.stability import CONDITIONS, MATERIALS, Surface, factor_of_safety, outside, slopes
from seepline.instruments.kind import Fault
from seepline.quantities import QUANTITIES
from seepline.reading import Quality

_AXIS = "axis_"
_TERMS = len(terms(Day(0.0, 0.0, 0.0)))


def _inputs_and_units(inputs: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, QUANTITIES[quantity].unit) for name, quantity in inputs.items())


def _expression(given: Given) -> Made:
    makes = QUANTITIES[given.quantity].unit
    compute = parse(given.text("text"), _inputs_and_units(given.inputs), makes)
    try:
        return Made(compute(given.values))
    except (ZeroDivisionError, ValueError, OverflowError) as error:
        return Made(None, f"the expression has no value here: {error}", quality=Quality.FAIL)


def _expression_parses(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    text = given.get("text")
    try:
        parse(str(text), _inputs_and_units(inputs), QUANTITIES[quantity].unit)
    except ExpressionError as error:
        if text is not None:
            yield Fault("parameters.text", str(error), "an expression in the quantity's unit")


def surface_of(given: Parameters, inputs: Mapping[str, str]) -> Surface:
    """Return the table of a declaration; the last input's axis runs fastest."""
    axes = {name: given[_AXIS + name] for name in inputs}
    values = given["values"]
    assert isinstance(values, tuple)  # noqa: S101 - the rules of SITE.toml have seen to it
    return Surface({name: axis for name, axis in axes.items() if isinstance(axis, tuple)}, values)


def _factor_of_safety(given: Given) -> Made:
    if reason := _expired(given):
        return Made(None, reason, quality=Quality.FAIL)
    if not given.signed_by:
        return Made(None, "the table is not signed: see `seepline surface`", quality=Quality.FAIL)
    surface = surface_of(given.parameters, given.inputs)
    if reason := outside(surface, given.values):
        return Made(None, reason, quality=Quality.FAIL)
    words = ", ".join(given.text(name) for name in ("condition", "method", "analysed_on", "signed_by"))
    return Made(factor_of_safety(surface, given.values), f"{words}; signed by {given.signed_by}")


def _expired(given: Given) -> str:
    """Return why the surface says nothing of the dam as it stands at this time, '' when it does."""
    made_for_ms = utc_ms(given.text("geometry_from"))
    if given.geometry_ms is None or made_for_ms is None:
        return "the section has no surveyed ground line at this time"
    if given.geometry_ms > made_for_ms:
        return f"expired: made for the geometry of {given.text('geometry_from')}, and a newer crest stands"
    if given.geometry_ms < made_for_ms:
        return f"made for the geometry of {given.text('geometry_from')}, which does not stand yet"
    return ""


def _surface_fits(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    axes = {name: given.get(_AXIS + name) for name in inputs}
    for name, axis in axes.items():
        if axis is None or not RISING.accepts(axis):
            yield Fault(f"parameters.{_AXIS}{name}", "nothing" if axis is None else "a list", RISING.expected)
    for name in given:
        if name not in _SURFACE and name.removeprefix(_AXIS) not in inputs:
            yield Fault(f"parameters.{name}", "an unknown parameter", "axis_ and the name of an input")
    if given.get("material") == "contractive" and given.get("condition") == "drained":
        found = "'drained', of contractive material"
        yield Fault("parameters.condition", found, "an undrained analysis: a drained one is unsafe there")
    values = given.get("values")
    if isinstance(values, tuple) and all(isinstance(axis, tuple) for axis in axes.values()):
        count = prod(len(axis) for axis in axes.values() if isinstance(axis, tuple))
        if len(values) != count:
            yield Fault("parameters.values", f"{len(values)} numbers", f"{count}, one for each corner of the axes")


def _residual(given: Given) -> Made:
    reference_ms = utc_ms(given.text("reference"))
    assert reference_ms is not None  # noqa: S101 - the rules of SITE.toml have seen to it
    day = Day((given.time_ms - reference_ms) / DAY_MS, given.values["pond"], given.values["rain"])
    fit = Fit(given.numbers("coefficients"), given.number("sigma"), 0)
    return Made(residual(fit, day, given.values["value"]))


def _residual_fits(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    coefficients, of = given.get("coefficients"), inputs.get("value")
    if isinstance(coefficients, tuple) and len(coefficients) != _TERMS:
        yield Fault("parameters.coefficients", f"{len(coefficients)} numbers", f"{_TERMS}, one for each term")
    made = "pore_pressure_residual" if of == "pore_pressure" else "level_residual"
    if of is not None and quantity != made:
        yield Fault("quantity", repr(quantity), f"{made}, the residual of {of}")


_SURFACE = {
    "values": NUMBERS,
    "condition": choice(*CONDITIONS),
    "material": choice(*MATERIALS),
    "method": TEXT,
    "analysed_on": DAY,
    "signed_by": TEXT,
    "signature": TEXT,
    "geometry_from": DATE,
}

ROWS = (
    Formula(
        name="expression",
        meaning="what the text says, units checked; a quantity of any kind; the first input drives",
        source="the declaration",
        quantities=(),
        parameters={"text": TEXT},
        free_inputs=True,
        compute=_expression,
        check=_expression_parses,
    ),
    Formula(
        name="factor_of_safety",
        meaning="read from the engineer's table inside its box, while the geometry it was made for stands",
        source="the engineer's analyses; multilinear between them",
        quantities=("factor_of_safety",),
        parameters=_SURFACE,
        free_inputs=True,
        free_parameters=True,
        collector_only=True,
        compute=_factor_of_safety,
        check=_surface_fits,
        slopes=lambda parameters, inputs: slopes(surface_of(parameters, inputs)),
    ),
    Formula(
        name="regression_residual",
        meaning="measured minus expected from pond, rain, season and time, by coefficients of a frozen window",
        source="Willm and Beaujoint (1967), reduced for earth dams (seepline/derive/regression.py)",
        quantities=("pore_pressure_residual", "level_residual"),
        inputs={
            "value": ("pore_pressure", "piezometric_elevation", "water_level"),
            "pond": ("water_level",),
            "rain": ("antecedent_rain", "rain_24h", "rain_72h"),
        },
        parameters={
            "coefficients": NUMBERS,
            "sigma": POSITIVE,
            "reference": DATE,
            "trained_from": DATE,
            "trained_to": DATE,
        },
        rising={"value": 1},
        compute=_residual,
        check=_residual_fits,
    ),
)
