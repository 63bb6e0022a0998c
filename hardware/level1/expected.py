"""What a meter and the logger's own commands must show at each step of building level 1: reckoned, never measured.

Resistances are those of wiring.toml and bom.csv; a test holds the shunt to the driver's limits.
"""

from math import log

SHUNT_OHM = 90.9
UPPER_OHM, LOWER_OHM = 1_000_000, 180_000
FIXED_OHM = 5090.0  # 4.99 kohm and 100 ohm in a row, as on the carrier
_A, _B, _C = 1.4051e-3, 2.369e-4, 1.019e-7  # thermistor of 3 kohm, RST VW2100 manual, p. 33
_ZERO_K = 273.15


def loop_volts(current_ma: float) -> float:
    """Return the volts over a loop's shunt.

    >>> round(loop_volts(12), 3)
    1.091
    """
    return current_ma * SHUNT_OHM / 1000


def tap_volts(supply_v: float) -> float:
    """Return the volts at the tap of the supply's divider.

    >>> round(tap_volts(12.8), 3)
    1.953
    """
    return supply_v * LOWER_OHM / (UPPER_OHM + LOWER_OHM)


def thermistor_volts(resistance_ohm: float, reference_v: float = 3.3) -> float:
    """Return the volts over a thermistor below the fixed resistor.

    >>> round(thermistor_volts(3000), 3)
    1.224
    """
    return reference_v * resistance_ohm / (resistance_ohm + FIXED_OHM)


def thermistor_degc(resistance_ohm: float) -> float:
    """Return the temperature of the usual 3 kohm thermistor.

    >>> round(thermistor_degc(3000), 3)
    24.992
    """
    ln = log(resistance_ohm)
    return 1 / (_A + _B * ln + _C * ln**3) - _ZERO_K


def coil_ohm(cable_m: float, coil: float = 180.0, ohm_per_km: float = 48.5) -> float:
    """Return the ohms between a coil's leads behind a cable: both its conductors count.

    >>> round(coil_ohm(300), 1)
    209.1
    """
    return coil + 2 * cable_m * ohm_per_km / 1000
