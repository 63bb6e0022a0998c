"""Frequency of a plucked or swept wire from one capture: periods counted in lags, then a fit of the ring-down.

1. Coarse (lags.py): what rings down within the band, to a few hertz. What stays is not seen.
2. Band-pass at the nearest 31.25 Hz (band.py): 61 complex outputs.
3. Least squares of a exp(s m) on those outputs (ring_down.py), amplitude a and s = decay + j frequency all
   unknown: in white noise the maximum-likelihood estimate. Linear in a, so only s is iterated (variable
   projection: G. H. Golub and V. Pereyra, SIAM J. Numer. Anal. 10 (1973) 413-432).
4. Lines that stick out of what is left (hum harmonics, drives) are fitted as undamped exponentials and taken
   out, each from the outputs less all the others, in turn (relaxation: J. Li and P. Stoica, IEEE Trans. Signal
   Process. 44 (1996) 281-295).
5. The wire is taken out of the samples; the strongest tone of the rest is the largest disturbance.

What does not ring down, or is lost in the rest, is no wire. Integers up to the outputs, single precision suffices
after. `pause(0)` is awaited between slices, so that others run; bench/vw_estimator.py holds limits and counts.
"""

import math
from array import array
from collections import namedtuple

from firmware.vibrating_wire import band, disturbance, kernels, lags, tones
from firmware.vibrating_wire.disturbance import HIGHEST_HZ, LOWEST_HZ
from firmware.vibrating_wire.kernels import CAPTURE, HOP
from firmware.vibrating_wire.ring_down import Parts

END_COUNT = 32752  # of a converter of 12 bits or more, set to the left of 16

_EARLY_LESS_LATE = (0, 1600, 2400, 4000)  # stretches of 0.1 s: whole periods of 50 and 60 Hz
_OUTSIDE_HZ = 60  # beyond the sweep's band: the coarse frequency's error and the wire's width
_DETECTED = 100.0  # the wire's energy in the outputs over the mean power of what is left; 2,000 and more at 0 dB
_RINGS_DOWN = 14.0  # the same of what its decay explains: 38 and more at 0 dB and a decay time of 0.5 s
_LEAST_LOST = 0.05  # nepers over the outputs: a decay time of 5 s; real ones are far below
_LENGTH = CAPTURE / HOP

# uHz; rms over the capture in counts; end over start amplitude; rms and mHz of the largest other tone
Ringing = namedtuple("Ringing", ("frequency_uhz", "rms_count", "decay", "other_count", "other_mhz"))


class Room:
    """The estimator's memory, taken once: 3 KB."""

    def __init__(self) -> None:
        self.lags = lags.Lags()
        self.band = band.Band()


def is_clipped(samples: array) -> bool:
    """Tell whether the converter was at its end in a capture."""
    return kernels.peak(samples) >= END_COUNT


async def estimate(samples: array, low_hz: int, high_hz: int, mains_hz: int, room: Room, pause) -> Ringing | None:
    """Return what rings down in the band, or None; `samples` are CAPTURE 16-bit counts, spoilt on the way."""
    parts = await wire_of(samples, low_hz, high_hz, mains_hz, room, pause)
    if parts is None:
        return None
    wire, centre = parts.wire, parts.centre
    await disturbance.take_out(samples, wire, centre, pause)
    others = [disturbance.line(one, centre) for one in parts.lines]
    others.append(await disturbance.largest(samples, room.lags, room.band, pause))
    frequency_uhz, decay = band.microhertz(wire[1], centre), math.exp(wire[1].real * _LENGTH)
    return Ringing(frequency_uhz, _rms(wire, centre), decay, *max(others))


async def wire_of(samples: array, low_hz: int, high_hz: int, mains_hz: int, room: Room, pause) -> Parts | None:
    """Return the wire that rings down in the band and the lines beside it, or None."""
    low_hz, high_hz = max(low_hz, LOWEST_HZ), min(high_hz, HIGHEST_HZ)
    hz = await lags.hertz(samples, _EARLY_LESS_LATE, (low_hz, high_hz), room.lags, pause)
    if not low_hz - _OUTSIDE_HZ < hz < high_hz + _OUTSIDE_HZ:
        return None
    centre = band.grid(hz)
    parts = Parts(await band.outputs(samples, centre, room.band, pause), centre, mains_hz, room.lags, pause)
    await parts.take()
    return parts if _is_wire(parts) else None


def _is_wire(parts: Parts) -> bool:
    """Tell whether what was fitted stands out, rings down, and whether its ringing down stands out."""
    count = len(parts.rest)
    left = tones.power(parts.rest) / count
    explained, lost = tones.energy(parts.wire, count), -parts.wire[1].real * count
    if lost < _LEAST_LOST or explained < _DETECTED * left:
        return False
    return explained * min(1.0, lost * lost / 12) > _RINGS_DOWN * left  # a tone that stays would leave so much


def _rms(wire: tuple, centre: int) -> float:
    """Return the wire's rms over the capture, in counts."""
    a, s = wire
    start = 2 * abs(a) / band.gain(s, centre) * math.exp(-s.real * band.FIRST)  # amplitude at the capture's start
    lost = 2 * s.real * _LENGTH
    return start * math.sqrt((math.exp(lost) - 1) / lost / 2 if abs(lost) > 0.001 else 0.5)
