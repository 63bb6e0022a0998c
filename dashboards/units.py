"""Grafana's own ids for the units of seepline.quantities; what it has no id for is printed as a suffix.

Metres and millimetres are suffixes too: Grafana's own ids make 4.1 km of an elevation and 500 µm of half a
millimetre of rain; hours and days as well, of which they make 2.86 weeks.
"""

from seepline.quantities import QUANTITIES

UNITS = {
    "kPa": "pressurekpa",
    "degC": "celsius",
    "deg": "degree",
    "mA": "mamp",
    "1": "none",
}


def unit_of(quantity: str) -> str:
    """Return Grafana's id for the unit of a quantity."""
    unit = QUANTITIES[quantity].unit
    return UNITS.get(unit, f"suffix:{unit}")
