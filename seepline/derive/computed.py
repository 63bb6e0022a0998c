"""From what a formula is given to what came of it: one function a row of seepline.derive.formulas."""

from seepline.derive import gradient, movement, pond, pore_pressure, rain, trend, weir
from seepline.derive.formula import Given, Made
from seepline.reading import Quality

RAIN_WINDOWS_S = {"rain_1h": 3600, "rain_24h": 86_400, "rain_72h": 259_200}

_MOST_IN_A_SLOPE = 150  # a median of all pairs: beyond this many readings every second, third, ... one is taken
_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000
_DAY_S = 86_400


def _nothing_yet(reason: str) -> Made:
    return Made(None, reason, quality=Quality.NOT_EVALUATED)


def piezometric_elevation(given: Given) -> Made:
    """Return m of the site's datum."""
    tip_m, density = given.number("tip_elevation_m"), given.number("density_kg_m3")
    return Made(pore_pressure.piezometric_elevation_m(tip_m, given.values["pressure"], density))


def pore_pressure_ratio(given: Given) -> Made:
    """Return ru."""
    weight, depth_m = given.number("unit_weight_kn_m3"), given.number("depth_m")
    return Made(pore_pressure.ru(given.values["pressure"], weight, depth_m))


def b_bar(given: Given) -> Made:
    """Return B-bar since the base reading."""
    rise_kpa = given.values["pressure"] - given.number("base_pressure_kpa")
    return Made(pore_pressure.b_bar(rise_kpa, given.number("stress_rise_kpa")))


def hydraulic_gradient(given: Given) -> Made:
    """Return the gradient from lower to upper."""
    return Made(gradient.gradient(given.values["lower"], given.values["upper"], given.number("length_m")))


def critical_share(given: Given) -> Made:
    """Return the gradient in critical ones."""
    measured = gradient.gradient(given.values["lower"], given.values["upper"], given.number("length_m"))
    return Made(gradient.critical_share(measured, given.number("critical_gradient")))


def _share_of(given: Given, critical: float) -> Made:
    measured = gradient.gradient(given.values["lower"], given.values["upper"], given.number("length_m"))
    return Made(gradient.critical_share(measured, critical), f"against a critical gradient of {critical:.3f}")


def critical_share_by_grains(given: Given) -> Made:
    """Return the gradient in critical ones, these from grain density and void ratio."""
    return _share_of(
        given, gradient.critical_gradient(given.number("grain_density_ratio"), given.number("void_ratio"))
    )


def critical_share_by_weight(given: Given) -> Made:
    """Return the same, from the saturated unit weight."""
    weights = given.number("unit_weight_kn_m3"), given.number("water_kn_m3")
    return _share_of(given, gradient.critical_gradient_by_weight(*weights))


def freeboard(given: Given) -> Made:
    """Return m above the pond and its allowance."""
    crest_m, allowance_m = given.number("crest_min_elevation_m"), given.number("allowance_m")
    return Made(pond.freeboard_m(crest_m, given.values["pond"], allowance_m))


def beach_width(given: Given) -> Made:
    """Return m; a pond beyond the surveyed curve is a fault of the declaration."""
    level_m, curve_m = given.values["pond"], given.numbers("elevations_m")
    width_m = pond.beach_width_m(level_m, curve_m, given.numbers("widths_m"))
    reason = f"pond at {level_m:g} m is outside the surveyed {curve_m[0]:g} to {curve_m[-1]:g} m"
    return Made(width_m, quality=Quality.FAIL, reason=reason) if width_m is None else Made(width_m)


def _slope(given: Given, name: str, unit_ms: int) -> float | None:
    """Return the robust slope of a series by `unit_ms`, None where its known part spans less than half a window.

    A slope over too short a time measures the instrument's noise.
    """
    known = given.known(name)
    if len(known) < 2 or 2000 * (known[-1][0] - known[0][0]) < 1e6 * given.number("window_s"):
        return None
    chosen = known[:: -(-len(known) // _MOST_IN_A_SLOPE)]
    times = [(time_ms - given.time_ms) / unit_ms for time_ms, _ in chosen]
    return trend.theil_sen(times, [value for _, value in chosen])


_TOO_FEW = "readings span less than half of the window"


def rise_rate(given: Given) -> Made:
    """Return mm/h."""
    rise_m_h = _slope(given, "level", _HOUR_MS)
    return _nothing_yet(_TOO_FEW) if rise_m_h is None else Made(1000 * rise_m_h)


def hours_to_limit(given: Given) -> Made:
    """Return h, at least the horizon when the limit is further away or never reached."""
    rise_m_h, level_m = _slope(given, "level", _HOUR_MS), given.series["level"][-1][1]
    if rise_m_h is None or level_m is None:
        return _nothing_yet(_TOO_FEW)
    left_h, most_h = pond.hours_to(given.number("limit_m"), level_m, 1000 * rise_m_h), given.number("most_h")
    return Made(most_h, bound="at_least") if left_h is None or left_h > most_h else Made(left_h)


def settlement(given: Given) -> Made:
    """Return mm, positive downwards."""
    return Made(movement.settlement_mm(given.number("base_elevation_m"), given.values["elevation"]))


def velocity(given: Given) -> Made:
    """Return mm/d."""
    velocity_mm_d = _slope(given, "displacement", _DAY_MS)
    return _nothing_yet(_TOO_FEW) if velocity_mm_d is None else Made(velocity_mm_d)


def days_to_failure(given: Given) -> Made:
    """Return d from this reading on, with its interval in the reason."""
    known = given.known("velocity")
    rails = movement.Rails(
        given.number("noise_mm_d"),
        given.number("least_r2"),
        int(given.number("least_count")),
        given.number("student_t"),
    )
    times_d = [(time_ms - given.time_ms) / _DAY_MS for time_ms, _ in known]
    failure = movement.failure_time(times_d, [value for _, value in known], rails)
    if failure.at_d is None:
        return _nothing_yet(failure.reason)
    return Made(failure.at_d, f"{movement.interval_words(failure)}; never an alarm alone")


def slope_by_day(given: Given) -> Made:
    """Return the value's unit by day."""
    slope = _slope(given, "value", _DAY_MS)
    return _nothing_yet(_TOO_FEW) if slope is None else Made(slope)


def cusum(given: Given) -> Made:
    """Return the sum in sigmas."""
    values = [value for _, value in given.known("value")]
    sums = trend.cusum(values, given.number("centre"), given.number("sigma"), given.number("slack"))
    return Made(sums[-1])


def v_notch(given: Given) -> Made:
    """Return L/s; beyond the equation's range the flow at its end, as a bound."""
    head_m, most_m = given.values["head"], given.number("most_head_m")
    reason = weir.out_of_range(head_m, most_m)
    bound = "" if not reason else "at_least" if head_m > most_m else "at_most"
    used_m = min(max(head_m, weir.LEAST_HEAD_M), most_m)
    flow = weir.v_notch_l_s(
        used_m, given.number("notch_deg"), given.number("coefficient"), given.number("head_correction_m")
    )
    return Made(flow, reason, bound)


def _rain(given: Given, frozen: list[bool]) -> Made:
    window_s = RAIN_WINDOWS_S[given.quantity]
    expected = round(window_s / given.number("interval_s"))
    made = rain.rain_sum([mm for _, mm in given.series["rain"]], frozen, expected)
    if made.rain_mm is None:
        return _nothing_yet("the gauge could not measure: frost, or no reading")
    if made.complete:
        return Made(made.rain_mm)
    return Made(made.rain_mm, "some intervals were not measured", "at_least", Quality.NOT_EVALUATED)


def rain_sum(given: Given) -> Made:
    """Return mm."""
    return _rain(given, [False] * len(given.series["rain"]))


def rain_sum_unheated(given: Given) -> Made:
    """Return mm; an interval without a known temperature counts as frost."""
    warm_above_degc, known = given.number("warm_above_degc"), given.known("temperature")

    def frozen(time_ms: int) -> bool:
        degc = [value for at_ms, value in known if at_ms <= time_ms]
        return not degc or degc[-1] < warm_above_degc

    return _rain(given, [frozen(time_ms) for time_ms, _ in given.series["rain"]])


def antecedent_rain(given: Given) -> Made:
    """Return mm."""
    days = int(given.number("window_s")) // _DAY_S
    daily_mm = [0.0] * days
    for time_ms, mm in given.known("rain"):
        daily_mm[days - 1 - (given.time_ms - time_ms) // _DAY_MS] += mm
    index_mm = rain.antecedent_mm(daily_mm, given.number("keeps_per_day"))
    if len(given.known("rain")) >= round(days * _DAY_S / given.number("interval_s")):
        return Made(index_mm)
    return Made(index_mm, "some intervals were not measured", "at_least", Quality.NOT_EVALUATED)
