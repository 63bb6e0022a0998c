"""The short way to a derived reading of which nothing has to be explained; evaluation.py has the long one.

Such a reading is made of single values at its own time that are neither suspect nor bounds, by a formula that
looks at nothing else. Most are such.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import NamedTuple

from seepline.derive.evaluation import Key, Sample, inputs_of
from seepline.derive.formula import Formula, Given
from seepline.derive.formulas import FORMULAS
from seepline.quantities import QUANTITIES, Quantity
from seepline.reading import Quality, Reading
from seepline.site_derived import Derived
from seepline.site_geometry import named

# Formulas of single values and numbers of the declaration, and of nothing else.
_PLAIN = frozenset(
    {
        "piezometric_elevation",
        "pore_pressure_ratio",
        "b_bar",
        "hydraulic_gradient",
        "critical_gradient_share",
        "freeboard",
        "settlement",
    }
)
_EXPLAINED = (Quality.SUSPECT, Quality.FAIL, Quality.MISSING)

# (point and quantity, time) -> the reading at that time; None asks for the longer way
Exact = Callable[[Key, int], Sample | None]


class Plan(NamedTuple):
    """A declaration as it is made the short way, worked out once."""

    derived: Derived
    label: str
    formula: Formula
    inputs: Mapping[str, str]
    sources: tuple[tuple[str, Key, str], ...]
    quantity: Quantity


def plan_of(derived: Derived) -> Plan | None:
    """Return the plan of a declaration, None where its formula has no short way, or it names a survey."""
    if derived.formula not in _PLAIN or named(derived.parameters):
        return None
    sources = inputs_of(derived)
    return Plan(
        derived,
        derived.label,
        FORMULAS[derived.formula],
        {name: key[1] for name, key in sources.items()},
        tuple((name, key, "/".join(key)) for name, key in sources.items()),
        QUANTITIES[derived.quantity],
    )


def plain(plan: Plan, time_ms: int, exact: Exact) -> Reading | None:
    """Return what seepline.derive.evaluation.evaluate does, None where something has to be explained."""
    values: dict[str, float] = {}
    identities: list[str] = []
    quality = Quality.GOOD
    for name, key, source in plan.sources:
        sample = exact(key, time_ms)
        if sample is None or sample.value is None or sample.bound or sample.quality in _EXPLAINED:
            return None
        values[name] = sample.value
        identities.append(f"{source}@{time_ms}")
        if sample.quality is Quality.NOT_EVALUATED:
            quality = Quality.NOT_EVALUATED
    derived = plan.derived
    made = plan.formula.compute(
        Given(
            time_ms=time_ms,
            quantity=derived.quantity,
            parameters=derived.parameters,
            inputs=plan.inputs,
            values=values,
        )
    )
    value = made.value
    if value is None or made.reason or made.bound or made.quality is not Quality.GOOD:
        return None
    if not isfinite(value) or not plan.quantity.is_plausible(value):
        return None
    names = tuple(identities)
    return Reading(derived.point, "", derived.quantity, time_ms, value, quality, plan.label, True, (), names)
