"""The largest disturbance: the strongest tone in what is left when the wire is taken out of the samples.

Looked for between about 400 and 6000 Hz: the mean of 32 samples is taken out first, since the mains' lowest
harmonics may be far above the rest and do nothing to a reading. Of several of one size it is one.
"""

import math
from array import array

from firmware.vibrating_wire import band, kernels, lags, tones
from firmware.vibrating_wire.kernels import CAPTURE, HOP, HUM_TAPS, SAMPLE_HZ

LOWEST_HZ, HIGHEST_HZ = 400, 6000  # what the front end lets through
_STRETCH = (2048, 2848, 0, 0)  # 50 ms: whole half-periods of 50 and 60 Hz
_ALL = (0, band.OUTPUTS, 0, 0)
_NEAR = 47 * band.TURN_PER_HZ  # of the middle: three quarters of the amplitude
_BLOCKS_A_SLICE = 16
_MOST_DOWN = 10


async def largest(samples: array, room_of_lags: lags.Lags, room: band.Band, pause) -> tuple[float, int]:
    """Return rms in counts and mHz of the strongest tone; the samples are spoilt on the way."""
    kernels.take_hum(samples)
    await pause(0)
    hz = await lags.hertz(samples, _STRETCH, (LOWEST_HZ, HIGHEST_HZ), room_of_lags, pause)
    hz = max(LOWEST_HZ, min(hz, HIGHEST_HZ))  # in a rest of a few counts it may be found anywhere, 0 Hz too
    tone, centre = (0j, 0j), 0
    for _ in range(2):  # the second time nearer to the middle of the band-pass
        centre = band.grid(hz)
        y = await band.outputs(samples, centre, room, pause)
        turn = await lags.turn(y, _ALL, room_of_lags, pause)
        tone = await tones.fit(y, complex(0, turn), 1, False, pause)
        hz = band.hertz(tone[1], centre)
        if abs(band.beyond(tone[1], centre)) < _NEAR:
            break
    count, mhz = line(tone, centre)
    x = math.pi * hz / SAMPLE_HZ
    return count / (1 - math.sin(HUM_TAPS * x) / (HUM_TAPS * math.sin(x))), mhz


def line(tone: tuple, centre: int) -> tuple[float, int]:
    """Return rms in counts and mHz of a tone that stays."""
    a, s = tone
    return math.sqrt(2) * abs(a) / band.gain(s, centre), band.microhertz(s, centre) // 1000


async def take_out(samples: array, wire: tuple, centre: int, pause) -> None:
    """Take the wire out of the samples, in place, to a thousandth."""
    a, s = wire
    value = 2 * a / band.gain(s, centre) * tones.exp(complex(s.real, band.beyond(s, centre)) * -band.FIRST)
    turn = 2 * math.pi * band.hertz(s, centre) / SAMPLE_HZ
    ratio = 32767 * tones.exp(complex(s.real / HOP, turn))
    tone = array("i", (0, 0, 0, round(ratio.real), round(ratio.imag)))
    onward = tones.exp(s)
    for first in range(0, CAPTURE, HOP):
        down, size = 0, abs(value)
        while size < 16000 and down < _MOST_DOWN:
            size *= 2
            down += 1
        tone[0], tone[1], tone[2] = round(value.real * (1 << down)), round(value.imag * (1 << down)), down
        kernels.take_ringing(samples, first, tone)
        value *= onward
        if first % (_BLOCKS_A_SLICE * HOP) == 0:
            await pause(0)
