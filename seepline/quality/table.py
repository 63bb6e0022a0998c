"""The one table of the quality tests that a `[[quality]]` entry may ask for: a row is everything about a test.

    Look.SERIES   at the values before and after it, and a neighbour's (flag(Seen, ...))
    Look.SCAN     at the raw readings of the scan itself (flag(Scan, ...))

A parameter has no default: an entry without one that its test needs is refused. What the logger or the sheet
knows already (mains, full scale, barometric term) is `given`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from seepline.quality import attenuated, barometric, given, hampel, neighbour, rate, scan_time, span, spike, wire
from seepline.quality.flags import Flag
from seepline.quality.looks import Reach
from seepline.site import Site
from seepline.site_quality import QualityRule

Parameters = tuple[str, ...]
Given = Callable[[Site, QualityRule, int], Mapping[str, Any]]


class Look(Enum):
    """What a test is handed."""

    SERIES = "values of the series"
    SCAN = "raw readings of the scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One quality test: its parameters, its function, what it looks at and how far.

    Of each pair of `rising` parameters the first is the smaller one. `channels` are the kinds of diagnostic
    channels that the wire's slot must have, `kinds` the instrument kinds and `quantities` the quantities that the
    test is for, empty for all. `neighbour_quantity` is that of the point named by `neighbour`, '' for the rule's
    own. `daily` tests say the same of every reading of a UTC day.
    """

    name: str
    meaning: str
    look: Look
    flag: Callable[..., Flag]
    required: Parameters = ()
    optional: Parameters = ()
    methods: Parameters = ()
    rising: tuple[tuple[str, str], ...] = ()
    reach: Callable[[QualityRule], Reach] = lambda rule: Reach()
    given: Given = given.nothing
    channels: Parameters = ()
    kinds: Parameters = ()
    quantities: Parameters = ()
    neighbour_quantity: str = ""
    daily: bool = False


def _within(rule: QualityRule) -> Reach:
    return Reach(before_ms=_ms(rule.within_s))


def _around(rule: QualityRule) -> Reach:
    return Reach(before_ms=_ms(rule.within_s), after_ms=_ms(rule.within_s))


def _period(rule: QualityRule) -> Reach:
    return Reach(before_ms=_ms(rule.period_s))


def _window(rule: QualityRule) -> Reach:
    return Reach(_ms(rule.period_s), _ms(rule.period_s) if rule.method == "centred" else 0)


def _beside(rule: QualityRule) -> Reach:
    before_ms, within_ms = _ms(rule.period_s) + _ms(rule.within_s), _ms(rule.within_s)
    return Reach(before_ms, 0, before_ms + within_ms, within_ms)


def _days(rule: QualityRule) -> Reach:
    before_ms, within_ms = _ms(rule.period_s) + barometric.DAY_MS, _ms(rule.within_s)
    return Reach(before_ms, 0, before_ms + within_ms, within_ms)


def _ms(seconds: int | None) -> int:
    return (seconds or 0) * 1000


_VW = ("vw_piezometer",)
_PRESSURE = ("pore_pressure",)

_ROWS = (
    Test(
        name="range",
        meaning="outside the span declared for the point (nature's own span is always tested)",
        look=Look.SERIES,
        flag=span.declared_range,
        rising=(("suspect_min", "suspect_max"),),
        required=("suspect_min", "suspect_max"),
    ),
    Test(
        name="spike",
        meaning="stands out between the reading before and the one after; the newest is not evaluated yet",
        look=Look.SERIES,
        flag=spike.spike,
        rising=(("suspect", "fail"),),
        required=("method", "suspect", "within_s"),
        optional=("fail",),
        methods=tuple(spike.METHODS),
        reach=_around,
    ),
    Test(
        name="rate",
        meaning="moved faster since the reading before, in units per hour",
        look=Look.SERIES,
        flag=rate.rate,
        rising=(("suspect", "fail"),),
        required=("suspect", "within_s"),
        optional=("fail",),
        reach=_within,
    ),
    Test(
        name="attenuated",
        meaning="standard deviation or range over a period is smaller",
        look=Look.SERIES,
        flag=attenuated.attenuated,
        rising=(("fail", "suspect"),),
        required=("method", "suspect", "period_s", "readings"),
        optional=("fail",),
        methods=tuple(attenuated.METHODS),
        reach=_period,
    ),
    Test(
        name="hampel",
        meaning="further from a window's median than so many deviations; floor is the least one believed",
        look=Look.SERIES,
        flag=hampel.hampel,
        required=("deviations", "floor", "readings", "period_s", "method"),
        methods=hampel.METHODS,
        reach=_window,
    ),
    Test(
        name="neighbour",
        meaning="changed otherwise over a period than the same quantity at another point",
        look=Look.SERIES,
        flag=neighbour.neighbour,
        required=("neighbour", "suspect", "period_s", "within_s"),
        reach=_beside,
    ),
    Test(
        name="barometric_response",
        meaning="answers the air otherwise than when that was accepted (`seepline quality barometric` fits it)",
        look=Look.SERIES,
        flag=barometric.barometric_response,
        required=(
            "neighbour",
            "response_kpa_per_kpa",
            "tolerance_kpa_per_kpa",
            "period_s",
            "readings",
            "within_s",
            "accepted_by",
            "source",
        ),
        reach=_days,
        given=given.taken_off,
        quantities=("pore_pressure", "water_pressure"),
        neighbour_quantity="barometric_pressure",
        daily=True,
    ),
    Test(
        name="vw_amplitude",
        meaning="the wire answers too weakly (mV rms)",
        look=Look.SCAN,
        flag=wire.amplitude,
        rising=(("fail_mv", "suspect_mv"),),
        required=("suspect_mv", "fail_mv"),
        channels=("vw_amplitude",),
        kinds=_VW,
        quantities=_PRESSURE,
    ),
    Test(
        name="vw_snr",
        meaning="the wire does not stand out from the largest other candidate",
        look=Look.SCAN,
        flag=wire.signal_to_noise,
        required=("min_snr",),
        channels=("vw_snr",),
        kinds=_VW,
        quantities=_PRESSURE,
    ),
    Test(
        name="vw_decay",
        meaning="end over start amplitude of the capture is outside its normal values",
        look=Look.SCAN,
        flag=wire.decay,
        rising=(("min_decay", "max_decay"),),
        required=("min_decay", "max_decay"),
        channels=("vw_decay",),
        kinds=_VW,
        quantities=_PRESSURE,
    ),
    Test(
        name="vw_agreement",
        meaning="two captures of one scan differ",
        look=Look.SCAN,
        flag=wire.agreement,
        required=("suspect_hz",),
        channels=("vw_agreement",),
        kinds=_VW,
        quantities=_PRESSURE,
    ),
    Test(
        name="vw_sweep",
        meaning="frequency at an end of the sweep, or beyond",
        look=Look.SCAN,
        flag=wire.edge_of_sweep,
        rising=(("low_hz", "high_hz"),),
        required=("low_hz", "high_hz", "edge_hz"),
        kinds=_VW,
        quantities=_PRESSURE,
    ),
    Test(
        name="vw_mains",
        meaning="frequency is a multiple of the site's mains_hz, and the signal does not stand out",
        look=Look.SCAN,
        flag=wire.mains,
        required=("tolerance_hz", "min_snr"),
        given=given.mains,
        channels=("vw_snr",),
        kinds=_VW,
        quantities=_PRESSURE,
    ),
    Test(
        name="vw_span",
        meaning="frequency outside the sheet's range, its ends multiplied by the factors (0.7 and 1.3 are in use)",
        look=Look.SCAN,
        flag=wire.factory_span,
        rising=(("low_factor", "high_factor"),),
        required=("low_factor", "high_factor"),
        given=given.factory_span,
        kinds=_VW,
        quantities=_PRESSURE,
    ),
    Test(
        name="thermistor",
        meaning="no resistance of a sound thermistor in the ground (in use for 3 kohm beads: 150 to 110000 ohm)",
        look=Look.SCAN,
        flag=wire.thermistor,
        rising=(("min_ohm", "max_ohm"),),
        required=("min_ohm", "max_ohm"),
        kinds=_VW,
        quantities=("pore_pressure", "temperature"),
    ),
    Test(
        name="time_order",
        meaning="the logger's clock went back: a record dated after one that was made later",
        look=Look.SCAN,
        flag=scan_time.time_order,
    ),
)

TESTS: Mapping[str, Test] = {row.name: row for row in _ROWS}

# What no test's function is told: what an entry says about itself, and whose samples it is handed.
_WORDS = ("accepted_by", "source", "neighbour")


def parameters(test: Test, rule: QualityRule) -> dict[str, Any]:
    """Return what an entry says for a test's function, by the parameter's name."""
    named = (name for name in (*test.required, *test.optional) if name not in _WORDS)
    return {name: getattr(rule, name) for name in named if getattr(rule, name) is not None}


def neighbour_of(test: Test, rule: QualityRule) -> tuple[str, str] | None:
    """Return the (point, quantity) that a test looks at beside its own, if it does."""
    return (rule.neighbour, test.neighbour_quantity or rule.quantity) if rule.neighbour else None
