"""What Seepline measures: one row per quantity, with its one unit and the range that nature allows.

A quantity's name carries no unit; variables and columns that hold one do (`pore_pressure_kpa`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured or derived quantity. The plausible range is for a gross-range check, not for an alarm.

    An `occasional` one is of an event: it comes when there is one, and no reading is no silence.
    """

    name: str
    unit: str
    meaning: str
    plausible_min: float
    plausible_max: float
    occasional: bool = False

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
    Quantity("piezometric_elevation", "m", "elevation to which water would rise above a tip", -500.0, 6000.0),
    Quantity("pore_pressure_ratio", "1", "pore pressure by overburden (ru)", -1.0, 2.0),
    Quantity("b_bar", "1", "rise of pore pressure by rise of overburden (B-bar)", -2.0, 2.0),
    Quantity("hydraulic_gradient", "1", "hydraulic gradient, positive from lower to upper", -20.0, 20.0),
    Quantity("critical_gradient_share", "1", "hydraulic gradient in critical ones", -20.0, 20.0),
    Quantity("freeboard", "m", "lowest crest above pond and allowance", -50.0, 200.0),
    Quantity("beach_width", "m", "distance of the pond from the crest", 0.0, 10_000.0),
    Quantity("rise_rate", "mm/h", "rate at which a level rises", -2000.0, 2000.0),
    Quantity("hours_to_limit", "h", "time until a rising level reaches its limit", 0.0, 1e6),
    Quantity("elevation", "m", "elevation of a mark or plate in the site's vertical datum", -500.0, 6000.0),
    Quantity("settlement", "mm", "settlement since the base reading, positive downwards", -5000.0, 20_000.0),
    Quantity("mark_displacement", "mm", "movement of a survey mark along a declared azimuth", -20_000.0, 20_000.0),
    Quantity("interval_displacement", "mm", "most over one interval of an inclinometer survey", -1000.0, 1000.0),
    Quantity("velocity", "mm/d", "velocity of a displacement", -10_000.0, 10_000.0),
    Quantity("days_to_failure", "d", "where the line through inverse velocity meets zero", 0.0, 10_000.0),
    Quantity("flow", "L/s", "seepage flow", 0.0, 10_000.0),
    Quantity("rain_1h", "mm", "rain over the last hour", 0.0, 500.0),
    Quantity("rain_24h", "mm", "rain over the last 24 h", 0.0, 2000.0),
    Quantity("rain_72h", "mm", "rain over the last 72 h", 0.0, 4000.0),
    Quantity("antecedent_rain", "mm", "antecedent precipitation index", 0.0, 5000.0),
    Quantity("factor_of_safety", "1", "read from the engineer's analyses, not measured", 0.0, 20.0),
    Quantity("pore_pressure_trend", "kPa/d", "robust slope of a pore pressure", -1000.0, 1000.0),
    Quantity("level_trend", "m/d", "robust slope of a level or piezometric elevation", -100.0, 100.0),
    Quantity("cusum", "1", "one-sided cumulative sum, in standard deviations", 0.0, 1e6),
    Quantity("pore_pressure_residual", "kPa", "measured minus expected by regression", -5000.0, 5000.0),
    Quantity("level_residual", "m", "measured minus expected by regression", -500.0, 500.0),
    Quantity("flow_residual", "L/s", "measured minus expected by regression", -10_000.0, 10_000.0),
    Quantity("residual_sigmas", "1", "residual in standard deviations of its training", -1e6, 1e6),
    Quantity("peak_acceleration", "m/s2", "largest acceleration of an axis in an event", 0.0, 100.0, True),
    Quantity("peak_acceleration_z", "m/s2", "largest acceleration along z in an event", 0.0, 100.0, True),
    Quantity("arias_intensity", "m/s", "Arias intensity of an event, three axes", 0.0, 500.0, True),
    Quantity("cumulative_absolute_velocity", "m/s", "CAV of an event, largest axis", 0.0, 500.0, True),
    Quantity("shaking_duration", "s", "bracketed duration of an event", 0.0, 3600.0, True),
    Quantity("significant_duration", "s", "5 to 95 % of an event's Arias intensity", 0.0, 3600.0, True),
)

QUANTITIES = {row.name: row for row in _ROWS}
