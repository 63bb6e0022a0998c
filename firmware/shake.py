"""The strong-motion task: drains the accelerometer all the time and tells each event when it is over.

An event is one STRONG_MOTION record; then the scans go fast for the configured minutes. Not before: a scan of
vibrating wires holds the processor for longer than the chip's FIFO lasts, and would cost the record its samples.
An event is cut after `most_s`, so that fast scans are never later than that. Samples that were lost all the
same, by a scan or by the erasure of a flash block, are counted in the event, and the time they took is in its
durations.

The chip's own clock may be off by some percent: from a minute on its rate is taken from the logger's.

What it takes of an ESP32: 25 drains and 31 bins a second, 35 000 bytecodes in quiet, 45 000 while it shakes
(counted in tests/firmware/test_strong_motion.py), 4 % of a processor at 1 us each (from memory). The inner loop,
`motion_sums.sums`, is machine code: 250 x 3 x some 45 instructions a second. The bus is busy for 8 ms of a
second. It takes 9 KB of heap.
"""

from firmware.drivers.driver import MALFORMED, STUCK, NoReadingError
from firmware.motion_sums import BIN, BIN_BYTES
from firmware.strong_motion import Limits, Watch, values
from seepline.wire.event import STRONG_MOTION

DRAIN_MS = 40
AGAIN_MS = 5000  # between two attempts to start a chip that fails
_QUIET_MS = 500  # without a sample: it has stopped
_SAME_DRAINS = 25  # that end in the same bin: it repeats itself
_RATE_MS = 60000  # from here on the rate is measured well enough
_RATE_SHARE = 10  # a rate off by more than a tenth is not this chip's
_BEAT_MS = 1000


def limits(options: dict, per_g: int, samples_per_s: int) -> Limits:
    """Return the limits of a configuration in counts and bins."""

    def counts(key: str) -> int:
        return options[key] * per_g // 1000000

    def bins(key: str) -> int:
        return (options[key] * samples_per_s + BIN - 1) // BIN

    return Limits(
        counts("trigger_ug"),
        counts("end_ug"),
        options["ratio_tenth"],
        bins("pre_s"),
        bins("quiet_s"),
        bins("most_s"),
    )


class Sampling:
    """One accelerometer with its watch. `keeper` gives UTC in ms, `clock` uptime; `tell(ended, rate)` an event."""

    def __init__(self, driver, watch: Watch, keeper, clock, tell) -> None:
        self._driver = driver
        self._watch = watch
        self._keeper = keeper
        self._clock = clock
        self._tell = tell
        self._last = bytearray(BIN_BYTES)
        driver.sampled = True
        self.begin()

    def begin(self) -> None:
        """Take that the chip has just been started."""
        self._watch.restart()
        self._drained_ms = self._heard_ms = self._clock.uptime_ms()
        self._same = 0
        self._rate_mhz = 1000 * self._driver.samples_per_s
        self._count_from_now()

    def _count_from_now(self) -> None:
        self._counted, self._since_ms = 0, self._clock.uptime_ms()

    def turn(self) -> None:
        """Take what has been sampled since the last turn; raises NoReadingError when the chip does not sample."""
        driver, now_ms = self._driver, self._clock.uptime_ms()
        samples, lost = driver.drain()
        if lost:
            self._gap(samples, now_ms)
        bins = samples // BIN
        self._take(bins, samples)
        self._check(bins, now_ms)
        driver.used(BIN * bins)
        self._counted += BIN * bins
        self._drained_ms = now_ms
        self._measure_rate(now_ms)

    def _take(self, bins: int, samples: int) -> None:
        utc_ms = self._keeper.utc_ms()
        for number in range(bins):
            age_ms = (samples - BIN * number) * 1000000 // self._rate_mhz
            ended = self._watch.take(self._driver.data, BIN_BYTES * number, utc_ms - age_ms if utc_ms else 0)
            if ended:
                self._tell(ended, self._rate_mhz)

    def _gap(self, samples: int, now_ms: int) -> None:
        due = (now_ms - self._drained_ms) * self._rate_mhz // 1000000
        self._watch.gap(max(1, due - samples))
        self._count_from_now()

    def _check(self, bins: int, now_ms: int) -> None:
        """Find out a chip that has stopped or repeats itself."""
        if not bins:
            if now_ms - self._heard_ms > _QUIET_MS:
                raise NoReadingError(STUCK, now_ms - self._heard_ms)
            return
        self._heard_ms = now_ms
        newest = self._driver.data[BIN_BYTES * (bins - 1) : BIN_BYTES * bins]
        self._same = self._same + 1 if newest == self._last else 0
        self._last[:] = newest
        if self._same >= _SAME_DRAINS:
            raise NoReadingError(STUCK, self._same)

    def _measure_rate(self, now_ms: int) -> None:
        elapsed_ms = now_ms - self._since_ms
        if elapsed_ms < _RATE_MS:
            return
        rate_mhz, nominal_mhz = self._counted * 1000000 // elapsed_ms, 1000 * self._driver.samples_per_s
        if abs(rate_mhz - nominal_mhz) > nominal_mhz // _RATE_SHARE:
            raise NoReadingError(MALFORMED, rate_mhz)
        self._rate_mhz = rate_mhz
        self._count_from_now()

    def end(self, error: NoReadingError) -> None:
        """Take that the chip failed: an event under way ends here."""
        ended = self._watch.cut()
        if ended:
            self._tell(ended, self._rate_mhz)
        self._driver.stop(error.code, error.detail)


async def strong_motion(driver, keeper, clock, say, shake, beat) -> None:
    """Sample for ever. `say` takes events, `shake(minutes)` makes scans fast; `beat()` is called once a second."""
    options = driver.options
    minutes = options["minutes"]

    def tell(ended, rate_mhz: int) -> None:
        say(STRONG_MOTION, ended.detail, values(ended, driver.per_g, rate_mhz))
        if minutes:
            shake(minutes)

    watch = Watch(limits(options, driver.per_g, driver.samples_per_s))
    sampling = Sampling(driver, watch, keeper, clock, tell)
    while True:
        try:
            beat()
            await driver.start()
            sampling.begin()
            while True:
                beat()
                sampling.turn()
                await driver.pause(DRAIN_MS)
        except NoReadingError as error:
            sampling.end(error)
        for _ in range(AGAIN_MS // _BEAT_MS):
            beat()
            await driver.pause(_BEAT_MS)
