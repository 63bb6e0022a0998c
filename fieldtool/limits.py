"""What commissioning and comparison judge by: each limit with its source, or named from memory or our own choice.

Read in manuals: Geokon 4500AL (3.2 zero reading, 3.3 checking the performance), Geokon 6350 (5 troubleshooting),
RST VW2100 (6.1), Geokon 8900 (appendix A, GeoNet node). A maker's own figure for the gauge in hand goes before any
of these: the commands take it as an option.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

OWN, MEMORY = "Seepline's own choice", "from memory"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit and where it comes from."""

    name: str
    value: float
    unit: str
    source: str

    @property
    def is_sourced(self) -> bool:
        """Tell whether the number was read somewhere."""
        return not self.source.startswith((OWN, MEMORY))

    def as_dict(self) -> dict[str, Any]:
        """Return the limit as records keep it."""
        return {"name": self.name, "value": self.value, "unit": self.unit, "source": self.source}


_ROWS = (
    Limit("zero_digits", 50.0, "digits", "Geokon 4500AL manual 3.2, after temperature and barometer"),
    Limit("stable_s", 900.0, "s", "Geokon 4500AL manual 3.2: 15 to 20 minutes to thermal equilibrium"),
    Limit("stable_digits", 5.0, "digits", f"{OWN}: spread of all readings in that time"),
    Limit("stable_degc", 0.5, "degC", f"{OWN}: spread of all readings in that time"),
    Limit("stable_share", 0.001, "1", f"{OWN}: spread of a gauge that has no wire, of its reading"),
    Limit("stable_count", 4, "1", f"{OWN}: fewest readings in that time"),
    Limit("coil_ohm", 180.0, "ohm", "RST VW2100 manual 6.1: nominal coil"),
    Limit("coil_share", 0.05, "1", "RST VW2100 manual 6.1: of the nominal coil"),
    Limit("cable_ohm_per_km", 48.5, "ohm/km", "Geokon 6350 manual 5: 22 AWG, one conductor"),
    Limit("cable_share", 0.10, "1", f"{OWN}: of the cable's resistance, for its temperature and splices"),
    Limit("coil_short_ohm", 100.0, "ohm", "Geokon 6350 manual 5: below it a short is likely"),
    Limit("insulation_megohm", 20.0, "Mohm", f"{MEMORY}: check the maker's manual"),
    Limit("cable_length_share", 0.05, "1", f"{OWN}: of the length in the site file"),
    Limit("depth_m", 0.01, "m", f"{OWN}: how well a depth is known, each"),
    Limit("factor_share", 0.01, "1", f"{OWN}: of the change between the two depths"),
    Limit("no_answer_share", 0.05, "1", f"{OWN}: a smaller share of the change is no answer to the water"),
    Limit(
        "compare_hz", 0.46, "Hz", "2 x (trueness 0.082 + precision 0.146 Hz): Geokon 8900 manual A, both readouts"
    ),
    Limit("compare_degc", 1.0, "degC", "2 x 0.5 degC: Geokon 8900 manual A, thermistor of both readouts"),
    Limit("compare_thermistor_share_per_degc", 0.048, "1/degC", "Steinhart-Hart of the 3 kohm bead at 10 degC"),
    Limit("compare_ma", 0.02, "mA", f"{OWN}: 0.1 % of 20 mA, a multimeter's class"),
    Limit("compare_share", 0.001, "1", f"{OWN}: of the reading, for other units"),
)

LIMITS: Mapping[str, Limit] = MappingProxyType({row.name: row for row in _ROWS})


def value(name: str) -> float:
    """Return the number of a limit."""
    return LIMITS[name].value


def used(*names: str, **given: float) -> tuple[dict[str, Any], ...]:
    """Return limits as records keep them; `given` are those that the operator stated instead of ours."""
    own = (LIMITS[name].as_dict() for name in names if name not in given)
    stated = (
        {"name": name, "value": number, "unit": LIMITS[name].unit, "source": "stated by the operator"}
        for name, number in given.items()
    )
    return (*own, *stated)
