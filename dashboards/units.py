"""Grafana's own ids for the units of seepline.quantities; what it has no id for is printed as a suffix."""

from seepline.quantities import QUANTITIES

UNITS = {
    "kPa": "pressurekpa",
    "m": "lengthm",
    "mm": "lengthmm",
    "degC": "celsius",
    "deg": "degree",
    "mA": "mamp",
    "1": "none",
    "h": "h",
    "d": "d",
    "L/s": "lps",
}


def unit_of(quantity: str) -> str:
    """Return Grafana's id for the unit of a quantity."""
    unit = QUANTITIES[quantity].unit
    return UNITS.get(unit, f"suffix: {unit}")
