"""Units that calibration sheets print, with their exact factors: pressure to kPa, length to mm.

Source: SI Brochure, 9th edition (2019); NIST SP 811 (2008), Appendix B. Water columns are conventional: 1000 kg/m3
and standard gravity 9.80665 m/s2; mercury columns at 0 degC. Makers print rounded factors (Geokon, Table 2); those
are not used here.
"""

from collections.abc import Mapping
from types import MappingProxyType

GRAVITY_M_S2 = 9.80665

PSI_KPA = 4.4482216152605 / 0.0254**2 / 1000  # pound-force per square inch
MMHG_KPA = 0.133322387415

PRESSURE_KPA: Mapping[str, float] = MappingProxyType(
    {
        "kPa": 1.0,
        "Pa": 0.001,
        "hPa": 0.1,
        "MPa": 1000.0,
        "mbar": 0.1,
        "bar": 100.0,
        "psi": PSI_KPA,
        "kgf/cm2": 98.0665,
        "m H2O": GRAVITY_M_S2,
        "mm H2O": GRAVITY_M_S2 / 1000,
        "ft H2O": GRAVITY_M_S2 * 0.3048,
        "mmHg": MMHG_KPA,
        "inHg": MMHG_KPA * 25.4,
        "atm": 101.325,
    }
)

LENGTH_MM: Mapping[str, float] = MappingProxyType({"mm": 1.0, "in": 25.4})

# "psi/degC": kPa per degC
THERMAL_KPA_PER_DEGC: Mapping[str, float] = MappingProxyType(
    {f"{unit}/degC": factor for unit, factor in PRESSURE_KPA.items()}
)

# "psi/mbar": (kPa in the unit before the slash, kPa in the unit after it)
BAROMETRIC_KPA: Mapping[str, tuple[float, float]] = MappingProxyType(
    {f"{made}/{read}": (a, b) for made, a in PRESSURE_KPA.items() for read, b in PRESSURE_KPA.items()}
)

# A constant that a sheet adds, in the unit that its key names.
OFFSET_KPA: Mapping[str, float] = MappingProxyType(
    {"offset_kpa": 1.0, "offset_psi": PSI_KPA, "offset_bar": 100.0, "offset_m_h2o": GRAVITY_M_S2}
)


def offset_kpa(coefficients: Mapping[str, float]) -> float:
    """Return the sum of the offsets among a sheet's coefficients, in kPa.

    >>> round(offset_kpa({"A": 1.0, "offset_psi": -0.762}), 4)
    -5.2538
    """
    return sum(factor * coefficients[key] for key, factor in OFFSET_KPA.items() if key in coefficients)
