"""When a gauge is at rest: its readings of the last quarter of an hour lie close together. Pure.

Source of the time: Geokon 4500AL manual 3.2, 15 to 20 minutes until all parts have one temperature. How close is
our own choice (limits.py): 5 digits and 0.5 degC between the smallest and the largest, at least four readings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fieldtool import limits
from fieldtool.gauge import Gauge, LiveReading, digits
from fieldtool.verdicts import Cause

LIMITS = ("stable_s", "stable_digits", "stable_degc", "stable_count")


@dataclass(frozen=True, slots=True)
class Stability:
    """How far a gauge is from rest; `why` None = it is. `drift` is the last third's mean less the first's."""

    why: Cause | None
    window: tuple[LiveReading, ...]
    span_s: int = 0
    spread: float = 0.0
    spread_degc: float | None = None
    drift: float = 0.0

    @property
    def is_stable(self) -> bool:
        """Tell whether the gauge is at rest."""
        return self.why is None


def stability(gauge: Gauge, readings: Sequence[LiveReading]) -> Stability:
    """Judge the readings of the last `stable_s` seconds; without a whole one there is nothing to judge."""
    whole = [one for one in readings if one.is_whole]
    if not whole:
        return Stability(Cause("restless_none"), ())
    last = whole[-1]
    recent = [one for one in whole if one.boot == last.boot]
    window = tuple(one for one in recent if last.uptime_s - one.uptime_s <= limits.value("stable_s"))
    shown = [signal(gauge, one) for one in window]
    warm = [degc for one in window if (degc := gauge.temperature_degc(one.values)) is not None]
    spread, spread_degc = max(shown) - min(shown), max(warm) - min(warm) if warm else None
    span_s = last.uptime_s - recent[0].uptime_s
    third = max(1, len(shown) // 3)
    drift = sum(shown[-third:]) / third - sum(shown[:third]) / third
    why = _why(gauge, len(window), span_s, spread, spread_degc, last)
    return Stability(why, window, span_s, spread, spread_degc, drift)


def signal(gauge: Gauge, reading: LiveReading) -> float:
    """Return the gauge's own signal: digits of a wire, else the raw value in its channel's unit."""
    raw = reading.values[gauge.kind.primary]
    assert raw is not None  # noqa: S101 - only whole readings come here
    return digits(raw) if gauge.is_wire else raw


def _why(
    gauge: Gauge, count: int, span_s: int, spread: float, spread_degc: float | None, last: LiveReading
) -> Cause | None:
    if span_s < limits.value("stable_s"):
        return Cause("restless_time", f"{span_s // 60}/{limits.value('stable_s') / 60:g}")
    if count < limits.value("stable_count"):
        return Cause("restless_few", f"{count}/{limits.value('stable_count'):g}")
    most = (
        limits.value("stable_digits") if gauge.is_wire else limits.value("stable_share") * abs(signal(gauge, last))
    )
    if spread > most:
        return Cause("restless_spread", f"{spread:.3g} {'digits' if gauge.is_wire else gauge.primary.unit}")
    if spread_degc is not None and spread_degc > limits.value("stable_degc"):
        return Cause("restless_degc", f"{spread_degc:.2g}")
    return None
