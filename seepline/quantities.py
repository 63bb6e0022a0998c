"""What Seepline measures: one row per quantity, with its one unit and the range that nature allows.

A quantity's name carries no unit; variables and columns that hold one do (`pore_pressure_kpa`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured or derived quantity. The plausible range is for a gross-range check, not for an alarm."""

    name: str
    unit: str
    meaning: str
    plausible_min: float
    plausible_max: float

    def is_plausible(self, value: float) -> bool:
        """Tell whether nature allows this value."""
        return self.plausible_min <= value <= self.plausible_max


_ROWS = (
    Quantity("pore_pressure", "kPa", "pore-water pressure at the tip, gauge (above atmosphere)", -100.0, 5000.0),
    Quantity("temperature", "degC", "temperature at the instrument", -60.0, 80.0),
    Quantity("barometric_pressure", "kPa", "station pressure, not reduced to sea level", 50.0, 110.0),
    Quantity("water_pressure", "kPa", "pressure at a submerged probe, gauge (above atmosphere)", -20.0, 5000.0),
    Quantity("water_level", "m", "elevation of a free water surface in the site's vertical datum", -500.0, 6000.0),
    Quantity("water_depth", "m", "depth of water above a probe", -1.0, 500.0),
    Quantity("rain", "mm", "rain since the scan before", 0.0, 200.0),
    Quantity("tilt", "deg", "inclination from the vertical, positive towards A+", -90.0, 90.0),
    Quantity(
        "displacement",
        "mm",
        "horizontal displacement against the fixed end, positive towards A+",
        -5000.0,
        5000.0,
    ),
    Quantity("current", "mA", "loop current", 0.0, 25.0),
)

QUANTITIES = {row.name: row for row in _ROWS}
