import asyncio
import gc
import math
from array import array

import trial

from firmware import shake
from firmware.drivers import adxl355, driver
from firmware.drivers.adxl355 import Adxl355
from firmware.drivers.spi import SpiDevice
from firmware.motion_sums import BIN, LEVEL, Energy, square, sums
from firmware.strong_motion import CLIPPED, CUT, LOST
from seepline.wire import status
from seepline.wire.event import STRONG_MOTION
from seepline.wire.record import MISSING_I32, ScalarChannel, missing_scalar
from simulator.chips.adxl355 import RATE, Adxl355Chip
from simulator.chips.buses import SpiBus
from simulator.chips.desk_time import DeskTime

G = 9.80665
START_MS = 1767225600000
OPTIONS = {
    "range_g": 2,
    "trigger_ug": 5000,
    "end_ug": 2500,
    "quiet_s": 3,
    "most_s": 60,
    "pre_s": 2,
    "ratio_tenth": 0,
    "minutes": 10,
}


class OverError(Exception):
    pass


class Site:
    """An accelerometer on its bus, and the task that drains it until `s` seconds are over."""

    def __init__(self, **options):
        gc.collect()  # of 100 k a site takes 30
        self.options = dict(OPTIONS)
        self.options.update(options)
        self.time, self.bus = DeskTime(), SpiBus()
        self.chip = Adxl355Chip(self.time)
        device = SpiDevice(self.bus, self.bus.attach(self.chip), adxl355.SPI_BAUD, adxl355.SPI_PHASE)
        self.sensor = Adxl355(device, self.pause, self.options["range_g"], self.options)
        self.events, self.shakes, self.beats = [], [], 0
        self.at, self.until_us, self.is_set = {}, 0, True

    def uptime_ms(self):
        return self.time.ms()

    def utc_ms(self):
        return START_MS + self.time.ms() if self.is_set else 0

    async def pause(self, ms):
        due_us = self.time.now_us + 1000 * ms
        for at_us in sorted(self.at):
            if at_us <= due_us:
                self.time.now_us = max(self.time.now_us, at_us)
                self.at.pop(at_us)()
        self.time.now_us = max(self.time.now_us, due_us)
        if self.time.now_us >= self.until_us:
            raise OverError

    def when(self, s, action):
        self.at[int(1000000 * s)] = action

    def say(self, code, detail=0, values=()):
        assert code == STRONG_MOTION
        self.events.append((detail, values))

    def beat(self):
        self.beats += 1

    def run(self, s):
        self.until_us = self.time.now_us + int(1000000 * s)
        task = shake.strong_motion(self.sensor, self, self, self.say, self.shakes.append, self.beat)
        try:
            asyncio.run(task)
        except OverError:
            return self.events
        raise AssertionError("it ended by itself")


def sine(amplitude_g, hertz, seconds, axis=0):
    def motion(sample):
        if sample >= seconds * RATE:
            return (0, 0, 0)
        values = [0, 0, 0]
        values[axis] = amplitude_g * math.sin(2 * math.pi * hertz * sample / RATE)
        return values

    return motion


def earthquake(peak_g, seconds):
    """A train of sines of three frequencies under a Jennings envelope: rise, strong part, decay."""

    def motion(sample):
        t = sample / RATE
        if t >= seconds:
            return (0, 0, 0)
        envelope = (t / 2) ** 2 if t < 2 else 1 if t < 5 else math.exp(-0.7 * (t - 5))
        return [
            peak_g * share * envelope * sum([math.sin(2 * math.pi * f * t + phase) for f in (1.3, 3.1, 7.7)]) / 3
            for share, phase in ((1, 0.3), (0.7, 1.1), (0.5, 2.0))
        ]

    return motion


def close(found, expected, share, floor):
    return abs(found - expected) <= max(share * abs(expected), floor)


class Double:
    """The same integrals of a motion in double precision, by the trapezoid rule, sample by sample."""

    def __init__(self, motion):
        self.motion = motion
        self.peaks, self.arias, self.cav, self.before = [0.0] * 3, [0.0] * 3, [0.0] * 3, [0.0] * 3

    def __call__(self, sample):
        felt = self.motion(sample)
        for axis in range(3):
            before, now = self.before[axis] * G, felt[axis] * G
            self.peaks[axis] = max(self.peaks[axis], 1e6 * abs(felt[axis]))
            self.arias[axis] += 1e6 * math.pi / 2 / G * (before * before + now * now) / 2 / RATE
            self.cav[axis] += 1e6 * (abs(before) + abs(now)) / 2 / RATE
            self.before[axis] = felt[axis]
        return felt


def test_a_burst_of_a_sine_has_the_numbers_of_the_integral():
    for axis, amplitude_g, hertz, seconds in ((0, 0.1, 5, 4), (1, 0.5, 2, 3), (2, 0.02, 12, 6)):
        site = Site()
        site.chip.noise_lsb = 1
        burst = sine(amplitude_g, hertz, seconds, axis)
        site.when(5.3, lambda site=site, burst=burst: site.chip.quake(burst))
        ((detail, values),) = site.run(20)
        assert detail == 0
        others = [n for n in range(3) if n != axis]
        arias = 1e6 * math.pi / 2 * G * amplitude_g**2 / 2 * seconds
        cav = 1e6 * G * amplitude_g * 2 / math.pi * seconds
        assert close(values[4 + axis], 1e6 * amplitude_g, 0.002, 8), values
        assert close(values[7 + axis], arias, 0.001, 2), (values, arias)
        assert close(values[10 + axis], cav, 0.004, 2), (values, cav)
        for other in others:
            assert values[4 + other] <= 8, values
            assert values[7 + other] == 0, values
        assert close(values[2], 1000 * seconds, 0, 64), values  # a bin at each end
        assert close(values[3], 900 * seconds, 0, 64), values
        assert values[14:] == (RATE, 0), values
        assert site.shakes == [10]


def test_start_is_told_to_a_bin_of_32_ms():
    for start_s in (5.0, 5.111, 6.499):
        site = Site()
        site.when(start_s, lambda site=site: site.chip.quake(sine(0.5, 5, 2)))
        ((_, values),) = site.run(15)
        utc_ms = (values[0] + 1577836800) * 1000 + values[1]
        assert -36 <= utc_ms - START_MS - 1000 * start_s <= 36, (start_s, utc_ms - START_MS)


def test_an_earthquake_agrees_with_double_precision():
    for peak_g, seconds, noise in ((0.03, 14, 1), (0.25, 12, 100), (1.5, 16, 100)):
        site, double = Site(), Double(earthquake(peak_g, seconds))
        site.chip.noise_lsb = noise
        site.when(5, lambda site=site, double=double: site.chip.quake(double))
        ((detail, values),) = site.run(30)
        record_s = values[13] / RATE
        for axis in range(3):
            assert close(values[4 + axis], double.peaks[axis], 0.005, 8 + 4 * noise), (axis, values)
            assert close(values[7 + axis], double.arias[axis], 0.005, 2 + noise * record_s / 100), (axis, values)
            assert close(values[10 + axis], double.cav[axis], 0.005, 4 + 22 * noise * record_s), (axis, values)
        assert detail == 0


def test_noise_and_a_single_spike_are_no_event():
    site = Site(ratio_tenth=30)
    for second in range(10, 60, 5):

        def spike(site=site):
            site.chip.quake(lambda sample: (1.5 if sample == 3 else 0, 0, 0))

        site.when(second, spike)
    assert site.run(70) == []
    assert site.beats > 60


def test_a_slow_tilt_is_no_event():
    site = Site()
    site.when(10, lambda: site.chip.quake(lambda sample: (min(0.3, sample * 0.000002), 0, 0)))
    assert site.run(200) == []


def test_a_sensor_that_was_tilted_for_good_ends_its_event():
    for tilt_g, events in ((0.01, 1), (0.3, 2)):
        site = Site(most_s=20)
        site.when(5, lambda site=site, tilt_g=tilt_g: site.chip.quake(lambda sample: (tilt_g, 0, 0)))
        found = site.run(120)
        assert len(found) <= events, (tilt_g, found)
        assert found[-1][0] in (0, CUT)
        assert not site.sensor.last_fault


def test_weak_shaking_begins_an_event_by_its_short_over_long_mean():
    def weak(site):
        site.when(60, lambda: site.chip.quake(sine(0.004, 4, 6)))
        return site.run(80)

    assert weak(Site()) == []
    ((detail, values),) = weak(Site(ratio_tenth=40, end_ug=1000))
    assert detail == 0
    assert close(values[4], 4000, 0.02, 900), values
    assert 4500 < values[2] < 6600, values


def test_an_event_is_cut_and_the_next_one_goes_on():
    site = Site(most_s=10)
    site.chip.noise_lsb = 1
    site.when(5, lambda: site.chip.quake(sine(0.2, 5, 25)))
    events = site.run(45)
    assert [detail for detail, _ in events] == [CUT, CUT, 0]
    assert sum([values[2] for _, values in events]) in range(24900, 25200), events
    for _, values in events:
        assert close(values[4], 200000, 0.01, 0), values
    assert site.shakes == [10, 10, 10]


def test_shaking_beyond_the_range_is_clipped_and_a_wider_range_is_not():
    for range_g, detail in ((2, CLIPPED), (8, 0)):
        site = Site(range_g=range_g)
        site.when(5, lambda site=site: site.chip.quake(sine(3, 3, 2)))
        ((found, values),) = site.run(15)
        assert found == detail, (range_g, found)
        assert close(values[4], 3000000 if range_g == 8 else 2048000, 0.003, 0), values


def test_samples_that_were_lost_are_counted_and_the_time_is_kept():
    site = Site()
    site.chip.noise_lsb = 1
    site.when(5, lambda: site.chip.quake(sine(0.2, 5, 6)))

    def busy():
        site.time.now_us += 1000000  # a second in which nobody drains

    site.when(8, busy)
    ((detail, values),) = site.run(20)
    assert detail == LOST
    assert close(values[15], RATE - 32, 0.1, 0), values
    assert close(values[2], 6000, 0, 80), values
    assert close(values[7], 1e6 * math.pi / 2 * G * 0.2**2 / 2 * (6 - values[15] / RATE), 0.02, 0), values


def test_a_gap_before_an_event_is_nothing_to_tell():
    site = Site()
    for second in range(5, 40, 3):
        site.when(second, lambda: setattr(site.time, "now_us", site.time.now_us + 300000))
    site.when(45, lambda: site.chip.quake(sine(0.2, 5, 3)))
    ((detail, values),) = site.run(60)
    assert detail == 0
    assert values[15] == 0


def test_the_rate_is_taken_from_the_loggers_clock():
    site = Site()
    site.chip.clock_permille = 960  # the chip's seconds are shorter
    site.when(100, lambda: site.chip.quake(sine(0.2, 5, 4)))
    ((_, values),) = site.run(115)
    assert values[14] == 260, values
    assert close(values[2], 3840, 0, 64), values


def test_without_a_time_the_start_is_missing():
    site = Site()
    site.is_set = False
    site.when(5, lambda: site.chip.quake(sine(0.2, 5, 2)))
    ((_, values),) = site.run(15)
    assert values[:2] == (MISSING_I32, MISSING_I32)
    assert close(values[2], 2000, 0, 64)


def test_the_temperature_shows_what_has_become_of_the_sampling():
    site = Site()
    site.chip.code_temperature = 1885 - 181
    assert asyncio.run(quick(site).measure()) == [ScalarChannel(0, 45000)]
    for fault, break_it, until_s in (
        (driver.ABSENT, lambda chip: setattr(chip, "dead", True), 15),
        (driver.STUCK, lambda chip: setattr(chip, "frozen", True), 8),
        (driver.FOREIGN, lambda chip: chip.become_another(), 15),
    ):
        site = Site()
        site.when(5, lambda site=site, break_it=break_it: break_it(site.chip))
        site.run(until_s)
        (found,) = asyncio.run(site.sensor.measure())
        assert site.sensor.fault == fault, (site.sensor.fault, fault)
        assert found == missing_scalar(driver.status_of(fault))


def quick(site):
    """Return the site's sensor with pauses that end."""
    site.sensor.pause = site.time.pause
    return site.sensor


def test_a_chip_that_fails_its_self_test_measures_nothing():
    for axis in range(3):
        site = Site()
        site.chip.broken_axis = axis
        assert site.run(25) == []
        assert asyncio.run(site.sensor.measure()) == [missing_scalar(status.INSTRUMENT_FAULT)]
        assert (site.sensor.fault, site.sensor.detail) == (driver.SELF_TEST, axis)


def test_a_brown_out_is_started_again_and_what_went_before_is_told():
    site = Site()
    site.when(5, lambda: site.chip.quake(sine(0.2, 5, 30)))
    site.when(8, site.chip.brown_out)
    site.when(20, lambda: site.chip.quake(sine(0, 1, 1)))
    site.when(26, lambda: site.chip.quake(sine(0.3, 5, 2)))
    events = site.run(40)
    first, second = events[0], events[-1]
    assert first[0] == CUT | LOST
    assert close(first[1][2], 3000, 0, 100), first
    assert close(second[1][4], 300000, 0.01, 0), second


def test_an_entry_that_is_missing_in_the_fifo_is_never_taken_for_another_axis():
    site = Site()
    site.when(5, lambda: setattr(site.chip, "loses_entry", True))
    site.when(20, lambda: site.chip.quake(sine(0.2, 5, 2, axis=1)))
    ((detail, values),) = site.run(30)
    assert detail == 0
    assert close(values[5], 200000, 0.01, 0), values


def packed(samples):
    data = bytearray()
    for sample in samples:
        for value in sample:
            data += ((value & 0xFFFFF) << 4).to_bytes(3, "big")
    return data


def test_the_sums_of_a_bin_are_exact_up_to_the_ends_of_20_bits():
    end, seed = 524287, 7
    for means in ((0, 0, 0), (-end - 1, end, 256000), (12345, -end, end)):
        samples = [(-end - 1, end, 0)] * 3 + [(0, 0, -end - 1)] * 2
        for _ in range(3):
            seed = (seed * 75 + 74) % 65537
            samples.append((seed * 8 - end, end - seed * 7, seed))
        words = array("i", [0] * 25)
        words[LEVEL] = 300000
        sums(packed([(1, 2, 3)] + samples), 9, array("i", means), words)
        for axis, mean in enumerate(means):
            values = [one[axis] for one in samples]
            apart = [abs(value - mean) for value in values]
            found = list(words[8 * axis : 8 * axis + 4])
            assert found == [sum(values), sum(apart), max(apart), len([d for d in apart if d >= 300000])], found
            assert words[8 * axis + 4] == len([value for value in values if abs(value) > 524270])
            assert square(words, axis) == sum([d * d for d in apart])


def test_energy_in_256_cells_finds_the_strong_part_within_a_cell():
    for bins, first, last in ((100, 20, 60), (3000, 500, 700), (18750, 100, 18000)):
        gc.collect()
        energy = Energy()
        for number in range(bins):
            energy.add(1 << 40 if first <= number < last else 1)
        found, expected = energy.samples_between(5, 95), BIN * (last - first) * 9 // 10
        assert abs(found - expected) <= max(2, BIN * bins // 128), (bins, found, expected)
    assert Energy().samples_between(5, 95) == 0


def test_memory_stays_the_same_through_events():
    if not hasattr(gc, "mem_alloc"):
        return
    site, seen = Site(most_s=5, quiet_s=1), []
    for start in range(6, 90, 12):
        site.when(start, lambda: site.chip.quake(sine(0.3, 5, 8)))

        def weigh():
            site.events.clear()
            site.shakes.clear()
            gc.collect()
            seen.append(gc.mem_alloc())

        site.when(start + 11, weigh)
    site.run(100)
    assert len(seen) == 7
    assert max(seen[2:]) - min(seen[2:]) <= 1500, seen


trial.run(globals())
