"""Water: density, unit weight, and the head that a pressure stands for.

Source: density of air-free fresh water by Jones and Harris (1992, J. Res. NIST 97, 335), as in
seepline.instruments.pressure_probe; standard gravity 9.80665 m/s2 (SI Brochure, 9th edition). A piezometer in
consolidated tailings measures pore water: its head takes the density of water with its salts, not of the slurry.
"""

from seepline.instruments.pressure_probe import fresh_water_kg_m3, head_m
from seepline.instruments.units import GRAVITY_M_S2

__all__ = ["fresh_water_kg_m3", "head_m", "unit_weight_kn_m3"]


def unit_weight_kn_m3(density_kg_m3: float) -> float:
    """Return weight by volume.

    >>> unit_weight_kn_m3(1000.0)
    9.80665
    >>> round(98.1 / unit_weight_kn_m3(1025.0), 3)
    9.759
    """
    return density_kg_m3 * GRAVITY_M_S2 / 1000
