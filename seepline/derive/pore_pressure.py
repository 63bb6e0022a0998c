"""What a pore pressure means: piezometric elevation, pore-pressure ratio ru, B-bar under a fill.

Source: z_tip + u / gamma_w; ru = u / (gamma z), Bishop and Morgenstern (1960); B-bar = du / dsigma_v, Skempton
(1954). Pressures in kPa are gauge; unit weights in kN/m3. Nothing is assumed about water above a tip.
"""

from math import cos, radians

from seepline.derive.water import head_m


def piezometric_elevation_m(tip_elevation_m: float, pore_pressure_kpa: float, density_kg_m3: float) -> float:
    """Return where water would stand in an open pipe that ends at the tip.

    >>> round(piezometric_elevation_m(1250.0, 84.35, 1000.0), 4)
    1258.6013
    """
    return tip_elevation_m + head_m(pore_pressure_kpa, density_kg_m3)


def ru(pore_pressure_kpa: float, unit_weight_kn_m3: float, depth_m: float) -> float:
    """Return pore pressure by the weight of what lies above; `depth_m` is vertical, from the ground to the tip.

    >>> [round(ru(u, 19.0, 5.0), 4) for u in (0.0, 8.829, 17.658, 26.487, 35.316, 44.145)]
    [0.0, 0.0929, 0.1859, 0.2788, 0.3717, 0.4647]
    """
    return pore_pressure_kpa / (unit_weight_kn_m3 * depth_m)


def parallel_seepage_kpa(water_depth_m: float, slope_deg: float, water_kn_m3: float) -> float:
    """Return the pore pressure on a slip plane under flow parallel to the slope: gamma_w h_w cos2(beta).

    >>> round(parallel_seepage_kpa(3.0, 18.43494882, 9.81), 3)
    26.487
    """
    return water_kn_m3 * water_depth_m * cos(radians(slope_deg)) ** 2


def b_bar(pressure_rise_kpa: float, stress_rise_kpa: float) -> float:
    """Return the share of a lift's weight that the pore water carries.

    >>> b_bar(12.0, 40.0)
    0.3
    """
    return pressure_rise_kpa / stress_rise_kpa
