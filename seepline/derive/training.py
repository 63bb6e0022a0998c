"""What a regression is trained on: one reading a day of a frozen window, and what is known of them afterwards.

Source: seepline.derive.regression for the form. The rules are this project's: a day is its median reading (one
that was really made); readings that are flagged suspect or failed, or are bounds, teach nothing; a window in which
a limit was reached is refused, for nobody refits through an alarm; too few days are refused by the engineer's own
number. The result depends on the readings of the window alone, so it is equal for every order of arrival.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from seepline.convert import MAX_AGE_MS
from seepline.derive.formula import Parameters, utc_ms
from seepline.derive.regression import DAY_MS, Day, Fit, UnfitError, fit, lagged
from seepline.reading import Quality
from seepline.site_derived import Derived

Key = tuple[str, str]


class Known(Protocol):
    """What is asked of a reading here."""

    @property
    def time_ms(self) -> int:
        """When it was made."""

    @property
    def value(self) -> float | None:
        """Its value, None when it was withheld."""

    @property
    def quality(self) -> Quality:
        """Its quality."""

    @property
    def bound(self) -> str:
        """'' where it is exact."""


# (key, after, to) -> the readings with after < time <= to, oldest first
Window = Callable[[Key, int, int], Sequence[Known]]
# (key, time, value) -> whether a limit in force then is reached
Reached = Callable[[Key, int, float], bool]


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the greatest that was seen."""

    low: float = 0.0
    high: float = 0.0

    def holds(self, value: float) -> bool:
        """Tell whether a value lies within."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training: a fit with the span of pond (m, lagged) and rain (mm) that it saw, or why not."""

    fit: Fit | None
    reason: str = ""
    pond_m: Span = Span()
    rain_mm: Span = Span()

    @property
    def identity(self) -> str:
        """Return what names the fit among the inputs of a reading; '' without one."""
        if self.fit is None:
            return ""
        told = repr((self.fit.coefficients, self.fit.sigma))
        return f"fit:{hashlib.sha256(told.encode()).hexdigest()[:12]} ({self.fit.count})"


class Spell(NamedTuple):
    """A training's times, its pond's lag, and how many days it takes."""

    from_ms: int
    to_ms: int
    reference_ms: int
    lag_d: float
    window_ms: int
    least_days: int


def spell_of(given: Parameters) -> Spell:
    """Return what a trained declaration says of its training."""
    dates = (utc_ms(str(given[name])) for name in ("trained_from", "trained_to", "reference"))
    from_ms, to_ms, reference_ms = (date or 0 for date in dates)
    lag_d, window_s, least = (given[name] for name in ("lag_d", "window_s", "least_days"))
    assert isinstance(lag_d, int | float)  # noqa: S101 - the rules of SITE.toml have seen to it
    assert isinstance(window_s, int | float)  # noqa: S101
    assert isinstance(least, int | float)  # noqa: S101
    return Spell(from_ms, to_ms, reference_ms, float(lag_d), int(1000 * window_s), int(least))


def felt_m(samples: Sequence[tuple[int, float]], lag_d: float) -> float:
    """Return a pond's level as it is felt at the last of its samples behind so much lag; 0: the level itself.

    >>> felt_m([(0, 1.0), (86_400_000, 2.0)], 0.0), round(felt_m([(0, 0.0), (86_400_000, 1.0)], 1.0), 4)
    (2.0, 0.6321)
    """
    if not lag_d:
        return samples[-1][1]
    return lagged([time_ms / DAY_MS for time_ms, _ in samples], [value for _, value in samples], lag_d)[-1]


def train(derived: Derived, keys: Mapping[str, Key], window: Window, reached: Reached) -> Trained:
    """Return what a declaration's training window teaches; `keys` are its inputs value, pond and rain."""
    spell = spell_of(derived.parameters)
    values = [one for one in window(keys["value"], spell.from_ms - 1, spell.to_ms - 1) if one.value is not None]
    alarmed = [one.time_ms for one in values if reached(keys["value"], one.time_ms, one.value or 0.0)]
    if alarmed:
        first = f"{datetime.fromtimestamp(alarmed[0] // 1000, UTC):%Y-%m-%d %H:%M} UTC"
        many = f"{len(alarmed)} readings of the training window reached a limit, the first at {first}"
        return Trained(None, f"{many}: choose another window, nobody trains through an alarm")
    taught = list(_days(spell, keys, _medians(values), window))
    if len(taught) < spell.least_days:
        return Trained(None, f"{len(taught)} days within the training window, {spell.least_days} needed")
    days = [day for day, _ in taught]
    try:
        made = fit(days, [value for _, value in taught])
    except UnfitError as error:
        return Trained(None, f"the training window does not teach it: {error}")
    ponds, rains = [day.pond_m for day in days], [day.rain_mm for day in days]
    return Trained(made, "", Span(min(ponds), max(ponds)), Span(min(rains), max(rains)))


def _teaches(one: Known) -> bool:
    return one.value is not None and not one.bound and one.quality not in (Quality.SUSPECT, Quality.FAIL)


def _medians(values: Sequence[Known]) -> Iterator[tuple[int, float]]:
    """Yield the median reading of each UTC day, of an even number the lower one; ties to the earlier."""
    days: dict[int, list[tuple[float, int]]] = {}
    for one in values:
        if _teaches(one) and one.value is not None:
            days.setdefault(one.time_ms // DAY_MS, []).append((one.value, one.time_ms))
    for day in sorted(days):
        known = sorted(days[day])
        value, time_ms = known[(len(known) - 1) // 2]
        yield time_ms, value


def _days(
    spell: Spell, keys: Mapping[str, Key], values: Iterator[tuple[int, float]], window: Window
) -> Iterator[tuple[Day, float]]:
    """Yield what was known on each day beside its value; a day without pond or rain is left out."""
    ponds = _exact(window(keys["pond"], spell.from_ms - spell.window_ms, spell.to_ms))
    rains = _exact(window(keys["rain"], spell.from_ms - MAX_AGE_MS, spell.to_ms + MAX_AGE_MS))
    for time_ms, value in values:
        begin, end = (bisect_left(ponds, (at_ms + 1,)) for at_ms in (time_ms - spell.window_ms, time_ms))
        rain_mm = _nearest(rains, time_ms)
        if begin < end and rain_mm is not None:
            since_d = (time_ms - spell.reference_ms) / DAY_MS
            yield Day(since_d, felt_m(ponds[begin:end], spell.lag_d), rain_mm), value


def _exact(samples: Sequence[Known]) -> list[tuple[int, float]]:
    return [(one.time_ms, one.value) for one in samples if one.value is not None]


def _nearest(samples: Sequence[tuple[int, float]], time_ms: int) -> float | None:
    """Return the value nearest to a time, ties to the earlier; None without one near enough."""
    place = bisect_left(samples, (time_ms,))
    near = [one for one in samples[max(0, place - 1) : place + 1] if abs(one[0] - time_ms) <= MAX_AGE_MS]
    return min(near, key=lambda one: abs(one[0] - time_ms))[1] if near else None
