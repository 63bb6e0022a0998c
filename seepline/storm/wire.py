"""What the changes of one wire together point at: where a person with a multimeter should begin. Pure.

It is advice beside the numbers, never a judgement: no flag and no alarm follows from it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from seepline.storm.signs import Levels, Scan, Share, compared, evidence, levels
from seepline.wire import status as bits

Cause = Literal[
    "cable_open", "thermistor_pair", "wire_silent", "moisture", "hum", "weak", "short", "loop", "capture"
]

_MAINS_TOLERANCE_HZ = 1.0  # the grid's own deviations and the estimator's step


class Before(NamedTuple):
    """The scans of one channel, before and since."""

    before: Sequence[Scan]
    since: Sequence[Scan]


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCheck:
    """One wire: `values` by kind of channel, `seen` by status bit, `hum` scans whose largest noise is mains."""

    values: Mapping[str, Levels]
    seen: Mapping[int, Share]
    hum: Share | None
    causes: tuple[Cause, ...]


def check(channels: Mapping[str, Before], mains_hz: int | None = None) -> WireCheck:
    """Return what is to be seen of one wire; `channels` by kind. Without `mains_hz` hum is not looked for."""
    values = {kind: levels(*one) for kind, one in channels.items()}
    main = channels.get("vw_frequency") or next(iter(channels.values()))
    seen = {**evidence(*channels.get("vw_thermistor", main)), **evidence(*main)}
    noise = channels.get("vw_noise_frequency")
    hum = _hum(noise, mains_hz) if noise and mains_hz else None
    return WireCheck(values=values, seen=seen, hum=hum, causes=tuple(_causes(values, seen, hum)))


def _hum(noise: Before, mains_hz: int) -> Share:
    """Return how often the largest noise was a multiple of the mains."""
    before, since = ([one.value for one in some if one.value is not None] for some in noise)
    return compared(_at_mains(before, mains_hz), _at_mains(since, mains_hz))


def _at_mains(noises_hz: Sequence[float], mains_hz: int) -> tuple[int, int]:
    far = (abs(hz - max(1, round(hz / mains_hz)) * mains_hz) for hz in noises_hz)
    return sum(one <= _MAINS_TOLERANCE_HZ for one in far), len(noises_hz)


class _Signs(NamedTuple):
    """What changed of one wire: status bits seen more often, and how the values of each kind moved."""

    rose: set[int]
    moved: Mapping[str, str]
    hum: bool

    def has(self, *some: int) -> bool:
        return self.rose.issuperset(some)

    @property
    def weaker(self) -> bool:
        fell = "fell" in (self.moved.get("vw_amplitude"), self.moved.get("vw_snr"))
        return (fell or self.has(bits.LOW_SIGNAL)) and not self.has(bits.NO_SIGNAL)


_RULES: tuple[tuple[Cause, Callable[[_Signs], bool]], ...] = (
    ("cable_open", lambda it: it.has(bits.NO_SIGNAL, bits.THERMISTOR_OPEN)),
    ("thermistor_pair", lambda it: it.has(bits.THERMISTOR_OPEN) and not it.has(bits.NO_SIGNAL)),
    ("wire_silent", lambda it: it.has(bits.NO_SIGNAL) and not it.has(bits.THERMISTOR_OPEN)),
    ("short", lambda it: it.has(bits.THERMISTOR_SHORT)),
    ("loop", lambda it: it.has(bits.LOOP_FAULT)),
    ("moisture", lambda it: it.weaker and it.moved.get("vw_thermistor") == "fell"),
    ("weak", lambda it: it.weaker and it.moved.get("vw_thermistor") != "fell"),
    ("hum", lambda it: it.hum),
    ("capture", lambda it: it.has(bits.DISAGREE) or bool(it.moved.get("vw_decay"))),
)


def _causes(values: Mapping[str, Levels], seen: Mapping[int, Share], hum: Share | None) -> Iterator[Cause]:
    rose = {bit for bit, one in seen.items() if one.more}
    signs = _Signs(rose, {kind: one.change for kind, one in values.items()}, bool(hum and hum.more))
    return (cause for cause, fits in _RULES if fits(signs))
