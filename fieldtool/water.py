"""Pressure of still fresh water at a depth.

Source: density by Jones and Harris (1992), as used by EnviroDIY and Keller; gravity is the conventional 9.80665.
"""

from seepline.instruments.units import GRAVITY_M_S2

_COEFFICIENTS = (999.84847, 6.337563e-2, -8.523829e-3, 6.943248e-5, -3.821216e-7)


def density_kg_m3(temperature_degc: float) -> float:
    """Return the density of fresh water, 0 to 40 degC.

    >>> [round(density_kg_m3(degc), 3) for degc in (0.0, 4.0, 10.0, 20.0, 30.0)]
    [999.848, 999.97, 999.695, 998.201, 995.643]
    """
    found = 0.0
    for coefficient in reversed(_COEFFICIENTS):
        found = found * temperature_degc + coefficient
    return found


def pressure_kpa(depth_m: float, density: float) -> float:
    """Return the pressure of so much water.

    >>> round(pressure_kpa(10.0, 1000.0), 4)
    98.0665
    """
    return density * GRAVITY_M_S2 * depth_m / 1000
