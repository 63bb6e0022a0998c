"""Flow over a V-notch weir.

Source: Kindsvater and Shen as in USBR, Water Measurement Manual, ch. 7, section 7: Q = 8/15 Ce sqrt(2g)
tan(angle/2) (h + kh)^2.5, for 25 to 100 degrees; the head must be above 0.2 ft (61 mm). The upper limit of head,
Ce and kh belong to the weir and come from its sheet: none is known here. Symbols, effective head and range were
read in that manual; the equation's form, an image there, was not: compare it before limits stand on a flow.
"""

from math import radians, sqrt, tan

from seepline.instruments.units import GRAVITY_M_S2

LEAST_HEAD_M = 0.2 * 0.3048
ANGLES_DEG = (25.0, 100.0)


def v_notch_l_s(
    head_m: float,
    notch_deg: float,
    coefficient: float,
    head_correction_m: float,
    gravity_m_s2: float = GRAVITY_M_S2,
) -> float:
    """Return the free flow over a fully contracted, sharp-crested V-notch.

    >>> [round(v_notch_l_s(h, 90.0, 0.578, 0.00085, 9.81), 3) for h in (0.060, 0.100, 0.150, 0.200, 0.300)]
    [1.247, 4.41, 12.068, 24.686, 67.788]
    """
    effective_m = head_m + head_correction_m
    root: float = effective_m**2.5
    return 1000 * 8 / 15 * coefficient * sqrt(2 * gravity_m_s2) * tan(radians(notch_deg) / 2) * root


def out_of_range(head_m: float, most_head_m: float) -> str:
    """Return why the equation does not hold at this head, '' where it does.

    >>> out_of_range(0.05, 0.38)
    'a head of 0.05 m is below 0.06096 m, where the nappe clings'
    >>> out_of_range(0.1, 0.38)
    ''
    """
    if head_m < LEAST_HEAD_M:
        return f"a head of {head_m:g} m is below {LEAST_HEAD_M:g} m, where the nappe clings"
    if head_m > most_head_m:
        return f"a head of {head_m:g} m is above {most_head_m:g} m, the weir's upper limit"
    return ""
