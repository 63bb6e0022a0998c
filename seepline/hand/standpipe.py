"""Water in a standpipe, dipped from its collar: elevation = collar - dip cos(inclination).

Source: the plane geometry of an inclined pipe; the dip is measured along the pipe from the surveyed collar mark. A
pipe of small bore follows the ground late (Hvorslev 1951): what stands in it is what it shows, not more.
"""

from collections.abc import Mapping
from math import cos, radians

from seepline.derive.formula import NUMBER, POSITIVE, Made, within
from seepline.hand.method import Field, Method, Parameters, Values, number
from seepline.reading import Quality


def elevation_m(collar_elevation_m: float, dip_m: float, inclination_deg: float) -> float:
    """Return the elevation of the water; the inclination is from the vertical.

    >>> elevation_m(102.35, 10.0, 0.0), round(elevation_m(102.35, 10.0, 60.0), 6)
    (92.35, 97.35)
    """
    return collar_elevation_m - dip_m * cos(radians(inclination_deg))


def water(parameters: Parameters, values: Values) -> Mapping[str, Made]:
    """Return the piezometric elevation; dry and overflowing are bounds at bottom and collar.

    >>> pipe = {"collar_elevation_m": 102.35, "inclination_deg": 0.0, "bottom_dip_m": 25.0}
    >>> water(pipe, {"seen": "dry"})["piezometric_elevation"]
    Made(value=77.35, reason='dry down to its bottom', bound='at_most', quality=<Quality.GOOD: 1>)
    >>> water(pipe, {"dip_m": 25.5})["piezometric_elevation"].quality.name
    'SUSPECT'
    """
    return {"piezometric_elevation": _water(parameters, values)}


def _water(parameters: Parameters, values: Values) -> Made:
    collar_m, bottom_m = number(parameters, "collar_elevation_m"), number(parameters, "bottom_dip_m")
    inclination_deg = number(parameters, "inclination_deg")
    seen = values.get("seen")
    if seen == "blocked":
        return Made(None, "the pipe is blocked", quality=Quality.FAIL)
    if seen == "dry":
        return Made(elevation_m(collar_m, bottom_m, inclination_deg), "dry down to its bottom", "at_most")
    if seen == "overflowing":
        return Made(collar_m, "water runs over the collar", "at_least")
    dip_m = number(values, "dip_m")
    value = elevation_m(collar_m, dip_m, inclination_deg)
    if dip_m > bottom_m:
        reason = f"a dip of {dip_m:g} m is deeper than the bottom of the pipe at {bottom_m:g} m"
        return Made(value, reason, quality=Quality.SUSPECT)
    return Made(value)


METHOD = Method(
    name="standpipe",
    meaning="water level dipped below the collar of a standpipe",
    source="plane geometry of an inclined pipe",
    quantities=("piezometric_elevation",),
    parameters={
        "collar_elevation_m": NUMBER,
        "inclination_deg": within(0, 80, "degrees from the vertical"),
        "bottom_dip_m": POSITIVE,
    },
    fields=(
        Field("dip_m", "m", "dip below the collar", 0.0, 1000.0, group="water"),
        Field("seen", "", "no water level", choices=("dry", "overflowing", "blocked"), group="water"),
    ),
    compute=water,
)
