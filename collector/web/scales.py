"""From metres, units and times to places in a picture: straight scales and round ticks. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
_TIME_STEPS_S = (
    *(_MINUTE_S * one for one in (1, 5, 15, 30)),
    *(_HOUR_S * one for one in (1, 3, 6, 12)),
    *(_DAY_S * one for one in (1, 2, 7, 14, 28, 91, 182, 364)),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from a domain (low, high) to picture units (at low, at high)."""

    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def per_unit(self) -> float:
        """Return picture units per unit of the domain (negative where the picture runs downwards)."""
        return (self.at_high - self.at_low) / (self.high - self.low)

    def __call__(self, value: float) -> float:
        """Return where a value stands, in picture units to a tenth."""
        return round(self.at_low + (value - self.low) * self.per_unit, 1)

    def holds(self, value: float) -> bool:
        """Tell whether the value lies in the domain."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis: its place in picture units and its label."""

    at: float
    label: str


def round_step(span: float, count: int) -> float:
    """Return the step of 1, 2 or 5 times a power of ten that cuts `span` into at most `count` parts.

    >>> round_step(17.0, 5), round_step(0.4, 4)
    (5.0, 0.1)
    """
    rough = span / count
    decade = 10.0 ** floor(log10(rough))
    factor = next(one for one in (1.0, 2.0, 5.0, 10.0) if one * decade >= rough * (1 - 1e-9))
    return factor * decade


def value_ticks(scale: Scale, count: int) -> tuple[Tick, ...]:
    """Return at most `count` + 1 ticks at round values inside the scale."""
    step = round_step(scale.high - scale.low, count)
    decimals = max(0, -floor(log10(step) + 1e-9))
    first, last = ceil(scale.low / step - 1e-9), floor(scale.high / step + 1e-9)
    return tuple(Tick(scale(n * step), number(n * step, decimals)) for n in range(first, last + 1))


def number(value: float, decimals: int) -> str:
    """Return a number as people print it: a true minus sign, and no minus before a zero.

    >>> number(-0.04, 1), number(-2.5, 1)
    ('0.0', '−2.5')
    """
    text = f"{value:.{decimals}f}"
    if text.startswith("-"):
        text = "−" + text[1:] if float(text) != 0 else text[1:]
    return text


def _local_steps(low_ms: float, high_ms: float, zone: ZoneInfo, step_s: int) -> Iterator[datetime]:
    start = datetime.fromtimestamp(low_ms / 1000, UTC).astimezone(zone)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    # wall-clock steps from midnight: a change to summer time moves the tick's instant, not its label
    count = max(0, int((start - midnight).total_seconds() // step_s))
    while (tick := midnight + timedelta(seconds=count * step_s)).timestamp() * 1000 <= high_ms:
        if tick.timestamp() * 1000 >= low_ms:
            yield tick
        count += 1


def time_ticks(scale: Scale, zone: ZoneInfo, count: int) -> tuple[Tick, ...]:
    """Return about `count` ticks at round local times; the scale's domain is in UTC milliseconds.

    Steps under a day are labelled hour and minute, and midnight with its date.
    """
    span_s = (scale.high - scale.low) / 1000
    step_s = next((one for one in _TIME_STEPS_S if one * count >= span_s), _TIME_STEPS_S[-1])
    ticks = _local_steps(scale.low, scale.high, zone, step_s)
    return tuple(Tick(scale(tick.timestamp() * 1000), _time_label(tick)) for tick in ticks)


def _time_label(tick: datetime) -> str:
    return tick.strftime("%H:%M") if tick.hour or tick.minute else tick.strftime("%m-%d")
