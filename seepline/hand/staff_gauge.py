"""A pond's level read from a staff: elevation = elevation of the staff's zero + reading."""

from collections.abc import Mapping

from seepline.derive.formula import NUMBER, POSITIVE, Made
from seepline.hand.method import Field, Method, Parameters, Values, number
from seepline.reading import Quality


def level(parameters: Parameters, values: Values) -> Mapping[str, Made]:
    """Return the level; a dry or drowned staff gives a bound.

    >>> staff = {"zero_elevation_m": 118.0, "length_m": 4.0}
    >>> level(staff, {"stage_m": 1.25})["water_level"].value
    119.25
    >>> level(staff, {"seen": "drowned"})["water_level"].bound
    'at_least'
    """
    return {"water_level": _level(parameters, values)}


def _level(parameters: Parameters, values: Values) -> Made:
    zero_m, length_m = number(parameters, "zero_elevation_m"), number(parameters, "length_m")
    seen = values.get("seen")
    if seen == "lost":
        return Made(None, "the staff is lost or cannot be read", quality=Quality.FAIL)
    if seen == "dry":
        return Made(zero_m, "the water is below the staff", "at_most")
    if seen == "drowned":
        return Made(zero_m + length_m, "the water is above the staff", "at_least")
    stage_m = number(values, "stage_m")
    if stage_m > length_m:
        reason = f"a reading of {stage_m:g} m is beyond the staff's {length_m:g} m"
        return Made(zero_m + stage_m, reason, quality=Quality.SUSPECT)
    return Made(zero_m + stage_m)


METHOD = Method(
    name="staff_gauge",
    meaning="level of a pond read from a staff",
    source="elevation of the staff's zero from survey",
    quantities=("water_level",),
    parameters={"zero_elevation_m": NUMBER, "length_m": POSITIVE},
    fields=(
        Field("stage_m", "m", "reading of the staff", 0.0, 100.0, group="level"),
        Field("seen", "", "no reading", choices=("dry", "drowned", "lost"), group="level"),
    ),
    compute=level,
)
