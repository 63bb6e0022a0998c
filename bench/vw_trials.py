"""The trials of one cell of the bench under MicroPython, with the loops as machine code: one error in Hz a line.

MICROPYPATH=.:bench:.frozen micropython bench/vw_trials.py DECAY_S SNR_DB HUM BITS CLOCK_PPM TRIALS SEED
"""

import random
import sys

import vw_model as model

from firmware.vibrating_wire import band, estimate


async def pause(_ms):
    pass


def finished(coroutine):
    """Return the result of a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value


def main(decay_s, snr_db, hum, bits, clock_ppm, trials, seed):
    of = model.case(float(decay_s), float(snr_db), hum, int(bits), float(clock_ppm))
    random.seed(int(seed))
    room = estimate.Room()
    for _ in range(int(trials)):
        hz = random.uniform(model.LOWEST_HZ, model.HIGHEST_HZ)
        samples = model.capture(of, hz, random)
        parts = finished(estimate.wire_of(samples, int(0.85 * hz), int(1.15 * hz), 50, room, pause))
        if parts is None:
            print("nan")
        else:
            print(band.microhertz(parts.wire[1], parts.centre) / 1e6 - hz / (1 + of.clock_ppm * 1e-6))


main(*sys.argv[1:])
