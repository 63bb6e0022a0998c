"""Scanning on a schedule: every channel measured at even multiples of the scan interval, stored, then shown.

The multiples are those of UTC, or of uptime while the clock was never set. One scan is one record per block, all
with the same scan time. A channel that gave nothing is missing; no value is carried over from an earlier scan.
"""

from firmware.config import Settings
from firmware.timekeeping import Keeper
from seepline.wire.record import encode
from seepline.wire.status import CLOCK_STEPPED, MISSING

FAST_SCAN_S = 10
FAST_MINUTES_PER_DAY = 60
_DAY_S = 86400


def next_scan(now_ms: int, interval_ms: int, last_ms: int, late_ms: int) -> int:
    """Return the time of the next scan: a multiple of the interval after `last_ms` (the last scan, or the start).

    A multiple that is at most `late_ms` past is still taken; an older one is left out rather than dated wrongly.

    >>> next_scan(950, 900, 949, 90), next_scan(1801, 900, 900, 90), next_scan(2000, 900, 900, 90)
    (1800, 1800, 2700)
    >>> next_scan(1797, 900, 1800, 90)  # the clock was set back by 3 after the scan: no second scan at 1800
    2700
    """
    due_ms = now_ms // interval_ms * interval_ms
    if now_ms - due_ms > late_ms:
        due_ms += interval_ms
    if due_ms <= last_ms:
        due_ms = (last_ms // interval_ms + 1) * interval_ms
    return due_ms


class FastScan:
    """Scans every 10 s for some minutes, as anyone on the line may ask for, an hour of them a day at most.

    Days are of uptime: the clock that others can set does not refill the allowance.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._until_s = 0
        self._day = 0
        self._left = FAST_MINUTES_PER_DAY

    def ask(self, words: tuple) -> bool:
        """Begin so many minutes from now (0 ends it); False when the day's hour does not hold them."""
        minutes, now_s = words[0], self._keeper.uptime_s()
        if now_s // _DAY_S != self._day:
            self._day, self._left = now_s // _DAY_S, FAST_MINUTES_PER_DAY
        if minutes > self._left:
            return False
        self._left -= minutes
        self._until_s = now_s + 60 * minutes
        return True

    def interval_s(self, scan_s: int) -> int:
        """Return the scan interval in force."""
        return min(FAST_SCAN_S, scan_s) if self._keeper.uptime_s() < self._until_s else scan_s


async def _channel(board, block, slot: int, scan_ms: int):
    """Return one channel; a sensor whose electronics do not answer is missing, the others go on."""
    try:
        return await board.read(block.block, slot, scan_ms)
    except OSError:
        return block.payload.missing(MISSING)


async def measure(board, settings: Settings, scan_ms: int) -> list[bytes]:
    """Return the payload of each block, in the order of the settings."""
    payloads = []
    for block in settings.blocks:
        channels = []
        for slot in range(len(block.slots)):  # MicroPython knows no await in a comprehension
            channels.append(await _channel(board, block, slot, scan_ms))
        payloads.append(block.payload.encode(channels))
    return payloads


def store(ring, image, keeper: Keeper, settings: Settings, payloads: list[bytes], scan_ms: int) -> None:
    """Append one record per block, all with one scan time, and show them."""
    utc_ms = scan_ms if keeper.utc_ms() else 0
    status = keeper.quality | (CLOCK_STEPPED if keeper.stepped else 0)
    stored = []
    for block, payload in zip(settings.blocks, payloads):

        def build(_ring_id: int, sequence: int, block=block, payload=payload) -> bytes:
            record = encode(image.record(block, payload, sequence, utc_ms, status))
            stored.append((block.block, record))
            return record

        ring.append(build)
    keeper.stepped = False
    for number, record in stored:
        image.show(number, record, keeper.uptime_s())


async def scan(board, settings: Settings, ring, image, keeper: Keeper, fast: FastScan, beat) -> None:
    """Scan for ever; `beat()` is called at least once a second."""
    clock, last_ms, was_set = board.clock, -1, None
    while True:
        beat()
        now_ms, is_set = keeper.utc_ms(), bool(keeper.utc_ms())
        now_ms = now_ms if is_set else clock.uptime_ms()
        if is_set != was_set:  # from here on multiples of UTC, or of uptime: none before this moment
            last_ms, was_set = now_ms - 1, is_set
        interval_ms = 1000 * fast.interval_s(settings.scan_s)
        due_ms = next_scan(now_ms, interval_ms, last_ms, max(interval_ms // 10, clock.tolerance_ms))
        if now_ms < due_ms:
            await clock.pause(due_ms - now_ms)
            continue
        payloads = await measure(board, settings, due_ms)
        store(ring, image, keeper, settings, payloads, due_ms)
        last_ms = due_ms
