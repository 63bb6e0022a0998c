"""Hydraulic gradients in a nest of piezometers and at an exit, against the critical one.

Source: Terzaghi, Peck and Mesri (1996), Soil Mechanics in Engineering Practice, 3rd edition: i = dh / dL and
i_c = (Gs - 1) / (1 + e) = gamma' / gamma_w. Heads are piezometric elevations in m.
"""


def gradient(lower_head_m: float, upper_head_m: float, length_m: float) -> float:
    """Return the gradient between two tips; positive: the water flows up (or out), from the lower to the upper.

    >>> round(gradient(1012.0, 1010.5, 3.0), 3)
    0.5
    """
    return (lower_head_m - upper_head_m) / length_m


def critical_gradient(grain_density_ratio: float, void_ratio: float) -> float:
    """Return the gradient at which upward seepage carries the soil.

    >>> round(critical_gradient(2.70, 0.70), 3)
    1.0
    """
    return (grain_density_ratio - 1) / (1 + void_ratio)


def critical_gradient_by_weight(unit_weight_kn_m3: float, water_kn_m3: float) -> float:
    """Return the same from the saturated unit weight.

    >>> round(critical_gradient_by_weight(19.0, 9.81), 3)
    0.937
    """
    return (unit_weight_kn_m3 - water_kn_m3) / water_kn_m3


def critical_share(measured: float, critical: float) -> float:
    """Return the measured gradient in critical ones: 1 is the critical one, below 0 nothing flows up.

    Its reciprocal is the factor of safety against uplift of grains.

    >>> critical_share(0.25, 1.0)
    0.25
    """
    return measured / critical
