"""A survey mark: its elevation, and how far it moved in a declared direction since its base survey.

Source: plane coordinates; the displacement is the part of the horizontal movement along the declared azimuth.
"""

from collections.abc import Mapping
from math import cos, radians, sin

from seepline.derive.formula import NUMBER, Made, within
from seepline.hand.method import Field, Method, Parameters, Values, number

_FAR_M = 1e7


def displacement_mm(east_m: float, north_m: float, azimuth_deg: float) -> float:
    """Return the part of a movement along an azimuth from grid north, in mm.

    >>> round(displacement_mm(0.010, 0.0, 90.0), 6), round(displacement_mm(0.003, 0.004, 0.0), 6)
    (10.0, 4.0)
    """
    azimuth = radians(azimuth_deg)
    return 1000 * (east_m * sin(azimuth) + north_m * cos(azimuth))


def mark(parameters: Parameters, values: Values) -> Mapping[str, Made]:
    """Return elevation and displacement of a mark, each where it was surveyed.

    >>> base = {"base_easting_m": 500.0, "base_northing_m": 900.0, "azimuth_deg": 90.0}
    >>> made = mark(base, {"elevation_m": 121.5, "easting_m": 500.012, "northing_m": 900.0})
    >>> made["elevation"].value, round(made["mark_displacement"].value, 6)
    (121.5, 12.0)
    >>> sorted(mark(base, {"elevation_m": 121.5}))
    ['elevation']
    """
    made = {"elevation": Made(number(values, "elevation_m"))} if "elevation_m" in values else {}
    if "easting_m" in values and "northing_m" in values:
        east_m = number(values, "easting_m") - number(parameters, "base_easting_m")
        north_m = number(values, "northing_m") - number(parameters, "base_northing_m")
        made["mark_displacement"] = Made(displacement_mm(east_m, north_m, number(parameters, "azimuth_deg")))
    return made


METHOD = Method(
    name="survey_mark",
    meaning="elevation and horizontal movement of a surveyed mark",
    source="plane coordinates",
    quantities=("elevation", "mark_displacement"),
    parameters={
        "base_easting_m": NUMBER,
        "base_northing_m": NUMBER,
        "azimuth_deg": within(0, 360, "degrees from grid north"),
    },
    fields=(
        Field("easting_m", "m", "easting", -_FAR_M, _FAR_M, optional=True),
        Field("northing_m", "m", "northing", -_FAR_M, _FAR_M, optional=True),
        Field("elevation_m", "m", "elevation", -500.0, 6000.0, optional=True),
    ),
    compute=mark,
)
