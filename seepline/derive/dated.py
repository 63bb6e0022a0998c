"""A derived reading whose parameters may name dated geometry: "@crest/A" is the crest in force at its time. Pure.

The entry that was taken is named among the inputs, so that a survey that is corrected makes other readings.
"""

from dataclasses import replace
from typing import Any

from seepline.derive import evaluation
from seepline.derive.evaluation import History
from seepline.reading import Quality, Reading
from seepline.site import Site
from seepline.site_derived import Derived
from seepline.site_geometry import MARK, named


def evaluate(site: Site, derived: Derived, time_ms: int, history: History, **more: Any) -> Reading:
    """Return the derived reading at a time, as evaluation.evaluate does; `more` is what else that takes.

    Where a geometry that it names was not surveyed yet at that time, it is withheld and says so.
    """
    names = named(derived.parameters)
    if not names:
        return evaluation.evaluate(site, derived, time_ms, history, **more)
    found = {key: site.geometry.value(name, time_ms) for key, name in names.items()}
    lacking = sorted(names[key] for key, value in found.items() if value is None)
    if lacking:
        return _withheld(derived, time_ms, lacking)
    values = {key: value for key, value in found.items() if value is not None}
    given = {**derived.parameters, **{key: value for key, (value, _) in values.items()}}
    reading = evaluation.evaluate(site, replace(derived, parameters=given), time_ms, history, **more)
    used = (f"{MARK}{names[key]}@{from_ms}" for key, (_, from_ms) in values.items())
    return replace(reading, inputs=(*reading.inputs, *dict.fromkeys(used)))


def _withheld(derived: Derived, time_ms: int, lacking: list[str]) -> Reading:
    return Reading(
        point=derived.point,
        instrument="",
        quantity=derived.quantity,
        time_ms=time_ms,
        value=None,
        quality=Quality.FAIL,
        calibration=derived.label,
        judged=False,
        reasons=tuple(f"no {name} was surveyed at this time" for name in lacking),
    )
