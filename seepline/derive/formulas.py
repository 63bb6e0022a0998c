"""The formulas that `[[derived]]` may name: one row each.

A formula that has been released is never changed: its results would no longer be what the stored label says. A
better one gets another name.
"""

from collections.abc import Iterator, Mapping

from seepline.derive import computed, declared, hst, section, weir
from seepline.derive.formula import (
    NOT_NEGATIVE,
    NUMBER,
    NUMBERS,
    POSITIVE,
    RISING,
    Formula,
    Kind,
    Parameters,
    within,
)
from seepline.instruments.kind import Fault

_HEADS = ("piezometric_elevation", "water_level")
_DAY_S = 86_400


def _widths_fit(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    elevations, widths = given.get("elevations_m"), given.get("widths_m")
    if isinstance(elevations, tuple) and isinstance(widths, tuple) and len(elevations) != len(widths):
        yield Fault("parameters.widths_m", f"{len(widths)} numbers", f"{len(elevations)}, one for each elevation")


def _trend_fits(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    of = inputs.get("value")
    made = "pore_pressure_trend" if of == "pore_pressure" else "level_trend"
    if of is not None and quantity != made:
        yield Fault("quantity", repr(quantity), f"{made}, the trend of {of}")


_WHOLE_DAYS = Kind(
    lambda value: isinstance(value, int | float) and value % _DAY_S == 0 and 1 <= value / _DAY_S <= 60,
    "1 to 60 whole days in s",
)

_ROWS = (
    Formula(
        name="piezometric_elevation",
        meaning="where water would stand in an open pipe that ends at the tip",
        source="z_tip + u / (rho g)",
        quantities=("piezometric_elevation",),
        inputs={"pressure": ("pore_pressure",)},
        parameters={"tip_elevation_m": NUMBER, "density_kg_m3": within(950, 1300, "kg/m3")},
        rising={"pressure": 1},
        compute=computed.piezometric_elevation,
    ),
    Formula(
        name="pore_pressure_ratio",
        meaning="ru: pore pressure by the weight of what lies above the tip",
        source="u / (gamma z), Bishop and Morgenstern (1960)",
        quantities=("pore_pressure_ratio",),
        inputs={"pressure": ("pore_pressure",)},
        parameters={"unit_weight_kn_m3": POSITIVE, "depth_m": POSITIVE},
        rising={"pressure": 1},
        compute=computed.pore_pressure_ratio,
    ),
    Formula(
        name="b_bar",
        meaning="B-bar: pore pressure's rise by the stress that a fill has added since the base reading",
        source="du / dsigma_v, Skempton (1954)",
        quantities=("b_bar",),
        inputs={"pressure": ("pore_pressure",)},
        parameters={"base_pressure_kpa": NUMBER, "stress_rise_kpa": POSITIVE},
        rising={"pressure": 1},
        compute=computed.b_bar,
    ),
    Formula(
        name="hydraulic_gradient",
        meaning="gradient between two tips or at an exit; positive from lower to upper",
        source="dh / dL",
        quantities=("hydraulic_gradient",),
        inputs={"lower": _HEADS, "upper": _HEADS},
        parameters={"length_m": POSITIVE},
        rising={"lower": 1, "upper": -1},
        compute=computed.hydraulic_gradient,
    ),
    Formula(
        name="critical_gradient_share",
        meaning="the same in critical gradients: 1 is the critical one",
        source="i / i_c, i_c = (Gs - 1) / (1 + e), Terzaghi, Peck and Mesri (1996)",
        quantities=("critical_gradient_share",),
        inputs={"lower": _HEADS, "upper": _HEADS},
        parameters={"length_m": POSITIVE, "critical_gradient": POSITIVE},
        rising={"lower": 1, "upper": -1},
        compute=computed.critical_share,
    ),
    Formula(
        name="critical_gradient_share_by_grains",
        meaning="the same, the critical one from grain density and void ratio",
        source="i_c = (Gs - 1) / (1 + e), Terzaghi, Peck and Mesri (1996)",
        quantities=("critical_gradient_share",),
        inputs={"lower": _HEADS, "upper": _HEADS},
        parameters={"length_m": POSITIVE, "grain_density_ratio": within(2, 5), "void_ratio": within(0.05, 5)},
        rising={"lower": 1, "upper": -1},
        compute=computed.critical_share_by_grains,
    ),
    Formula(
        name="critical_gradient_share_by_weight",
        meaning="the same, the critical one from the saturated unit weight",
        source="i_c = gamma' / gamma_w, Terzaghi, Peck and Mesri (1996)",
        quantities=("critical_gradient_share",),
        inputs={"lower": _HEADS, "upper": _HEADS},
        parameters={
            "length_m": POSITIVE,
            "unit_weight_kn_m3": within(12, 40, "kN/m3"),
            "water_kn_m3": within(9.5, 11.5, "kN/m3"),
        },
        rising={"lower": 1, "upper": -1},
        compute=computed.critical_share_by_weight,
    ),
    Formula(
        name="freeboard",
        meaning="lowest surveyed crest less pond less allowance for waves and set-up",
        source="definition",
        quantities=("freeboard",),
        inputs={"pond": ("water_level",)},
        parameters={"crest_min_elevation_m": NUMBER, "allowance_m": NOT_NEGATIVE},
        rising={"pond": -1},
        compute=computed.freeboard,
    ),
    Formula(
        name="beach_width",
        meaning="width of the beach by its surveyed curve at the pond's level; never beyond the curve",
        source="linear between the survey's points",
        quantities=("beach_width",),
        inputs={"pond": ("water_level",)},
        parameters={"elevations_m": RISING, "widths_m": NUMBERS},
        compute=computed.beach_width,
        check=_widths_fit,
    ),
    Formula(
        name="rise_rate",
        meaning="median slope of a level over the window",
        source="Theil (1950), Sen (1968)",
        quantities=("rise_rate",),
        inputs={"level": _HEADS},
        parameters={"window_s": within(60, 30 * _DAY_S, "s")},
        series=("level",),
        compute=computed.rise_rate,
    ),
    Formula(
        name="hours_to_limit",
        meaning="hours until a level reaches a limit at its rate over the window; at least most_h beyond that",
        source="(limit - level) / rise_rate",
        quantities=("hours_to_limit",),
        inputs={"level": _HEADS},
        parameters={"window_s": within(60, 30 * _DAY_S, "s"), "limit_m": NUMBER, "most_h": POSITIVE},
        series=("level",),
        compute=computed.hours_to_limit,
    ),
    Formula(
        name="settlement",
        meaning="how far a plate or mark sank since its base reading",
        source="z0 - z",
        quantities=("settlement",),
        inputs={"elevation": ("elevation",)},
        parameters={"base_elevation_m": NUMBER},
        rising={"elevation": -1},
        compute=computed.settlement,
    ),
    Formula(
        name="displacement_velocity",
        meaning="median slope of a displacement over the window",
        source="Theil (1950), Sen (1968)",
        quantities=("velocity",),
        inputs={"displacement": ("displacement",)},
        parameters={"window_s": within(60, 366 * _DAY_S, "s")},
        series=("displacement",),
        compute=computed.velocity,
    ),
    Formula(
        name="inverse_velocity",
        meaning="days until the line through 1/v meets zero, with guard rails and interval; no limits on it alone",
        source="Fukuzono (1985), alpha = 2; interval of Fieller",
        quantities=("days_to_failure",),
        inputs={"velocity": ("velocity",)},
        parameters={
            "window_s": within(60, 366 * _DAY_S, "s"),
            "noise_mm_d": POSITIVE,
            "least_r2": within(0, 1),
            "least_count": within(5, 10_000),
            "student_t": POSITIVE,
        },
        series=("velocity",),
        compute=computed.days_to_failure,
    ),
    Formula(
        name="trend",
        meaning="median slope over the window",
        source="Theil (1950), Sen (1968)",
        quantities=("pore_pressure_trend", "level_trend"),
        inputs={"value": ("pore_pressure", *_HEADS)},
        parameters={"window_s": within(60, 366 * _DAY_S, "s")},
        series=("value",),
        compute=computed.slope_by_day,
        check=_trend_fits,
    ),
    Formula(
        name="cusum",
        meaning="one-sided upper sum over the window, in sigmas",
        source="Page (1954)",
        quantities=("cusum",),
        inputs={"value": ("pore_pressure", "flow", *_HEADS)},
        parameters={
            "window_s": within(60, 366 * _DAY_S, "s"),
            "centre": NUMBER,
            "sigma": POSITIVE,
            "slack": NOT_NEGATIVE,
        },
        series=("value",),
        compute=computed.cusum,
    ),
    Formula(
        name="v_notch_flow",
        meaning="flow over a V-notch; outside 61 mm to most_head_m at most or at least what holds at that end",
        source="Kindsvater and Shen, USBR Water Measurement Manual, ch. 7, section 7",
        quantities=("flow",),
        inputs={"head": ("water_depth",)},
        parameters={
            "notch_deg": within(*weir.ANGLES_DEG, "deg"),
            "coefficient": within(0.5, 0.7),
            "head_correction_m": within(0, 0.01, "m"),
            "most_head_m": within(0.1, 2, "m"),
        },
        rising={"head": 1},
        compute=computed.v_notch,
    ),
    Formula(
        name="rain_sum",
        meaning="rain over 1, 24 or 72 h, of a heated gauge or one that sees no frost",
        source="sum; a gap makes it at least",
        quantities=tuple(computed.RAIN_WINDOWS_S),
        inputs={"rain": ("rain",)},
        parameters={"interval_s": POSITIVE},
        series=("rain",),
        windows_s=computed.RAIN_WINDOWS_S,
        rising={"rain": 1},
        compute=computed.rain_sum,
    ),
    Formula(
        name="rain_sum_unheated",
        meaning="the same of an unheated gauge: not evaluated below warm_above_degc, never no rain",
        source="sum; frost and gaps make it at least",
        quantities=tuple(computed.RAIN_WINDOWS_S),
        inputs={"rain": ("rain",), "temperature": ("temperature",)},
        parameters={"interval_s": POSITIVE, "warm_above_degc": within(1, 5, "degC")},
        series=("rain", "temperature"),
        may_lack=("temperature",),
        windows_s=computed.RAIN_WINDOWS_S,
        rising={"rain": 1},
        compute=computed.rain_sum_unheated,
    ),
    Formula(
        name="antecedent_rain",
        meaning="antecedent precipitation index over whole days back from each reading",
        source="API_d = k API_(d-1) + P_d, Kohler and Linsley (1951)",
        quantities=("antecedent_rain",),
        inputs={"rain": ("rain",)},
        parameters={"interval_s": POSITIVE, "keeps_per_day": within(0, 1), "window_s": _WHOLE_DAYS},
        series=("rain",),
        rising={"rain": 1},
        compute=computed.antecedent_rain,
    ),
)

FORMULAS = {row.name: row for row in (*_ROWS, *declared.ROWS, *hst.ROWS, *section.ROWS)}
