import asyncio

import desk
import trial

from firmware.scan import Scan, next_scan
from seepline.wire import record, status


class Sensors:
    """A board whose channels show the scan time, and nothing while `dead`."""

    def __init__(self, clock):
        self.clock = clock
        self.dead = False
        self.slow_s = 0
        self.instruments = []
        self.power = None

    def fitted(self):
        return self.instruments

    async def read(self, block, slot, scan_ms):
        self.clock.advance(self.slow_s)
        if block == 0:
            return record.missing_vw(status.NOT_FITTED)
        if self.dead:
            return record.missing_scalar(status.MISSING)
        return record.ScalarChannel(0, scan_ms // 1000 % 1000000)


def ran(until_s, utc_ms=1450425600000, quality=status.TIME_RTC, prepare=None):
    """Run the scan task for `until_s` of virtual time; return the logger and its records."""
    clock = desk.VirtualClock(until_s, utc_ms, quality)
    logger, board = desk.Logger(desk.Flash(6), clock), Sensors(clock)
    scan = Scan(board, logger.settings, logger.image, logger.keeper, logger.facts, desk.unsaid)
    logger.fast = scan.fast
    if prepare:
        prepare(logger, board)
    trial.raises(desk.EnoughError, asyncio.run, scan.run(desk.unbeaten))
    return logger, [record.decode(logger.ring.read(n)) for n in range(1, logger.ring.newest + 1)]


def test_scans_fall_on_even_multiples_with_one_record_per_block():
    _, records = ran(4000, utc_ms=1450425601000)
    assert [(r.block, r.utc_s) for r in records] == [
        (block, 1450425600 + 900 * n) for n in (1, 2, 3, 4) for block in (0, 1)
    ]
    assert [r.sequence for r in records] == list(range(1, 9))
    assert all([(r.utc_ms, r.logger_id, r.boot, r.map_version) == (0, 116002, 7, 1) for r in records])
    assert record.decode_scalar(records[1].payload, 3)[0].value == (1450425600 + 900) % 1000000


def test_a_scan_that_is_due_at_the_start_is_taken():
    _, records = ran(100)
    assert [r.utc_s for r in records] == [1450425600] * 2


def test_a_clock_never_set_scans_by_uptime_and_says_so():
    _, records = ran(2000, 5000, status.TIME_NEVER_SET)
    assert [(r.utc_s, r.uptime_s, r.status) for r in records[::2]] == [(0, 0, 0), (0, 900, 0), (0, 1800, 0)]


def test_the_first_time_moves_the_schedule_to_utc_and_marks_one_scan():
    def prepare(logger, board):
        board.clock.events = [(1000, lambda: logger.keeper.offer(1450425700000))]

    _, records = ran(3000, 5000, status.TIME_NEVER_SET, prepare)
    stepped = status.TIME_SYNCED | status.CLOCK_STEPPED
    assert [(r.utc_s, r.status) for r in records[1::2]] == [
        (0, 0),
        (0, 0),
        (1450426500, stepped),
        (1450427400, status.TIME_SYNCED),
    ]


def test_a_clock_set_back_a_little_gives_no_scan_time_twice():
    def prepare(logger, board):
        board.clock.events = [(901, lambda: logger.keeper.offer(logger.clock.now_ms - 4000))]

    _, records = ran(2000, prepare=prepare)
    assert [r.utc_s - 1450425600 for r in records[::2]] == [0, 900, 1800]


def test_a_channel_that_gives_nothing_is_missing_and_not_its_last_value():
    def prepare(logger, board):
        board.clock.events = [(800, lambda: setattr(board, "dead", True))]

    _, records = ran(1000, prepare=prepare)
    scans = [record.decode_scalar(r.payload, 3) for r in records if r.block == 1]
    assert scans[0][0].status == 0
    assert scans[1] == [record.missing_scalar(status.MISSING)] * 3
    assert record.decode_vw(records[0].payload, 2) == [record.missing_vw(status.NOT_FITTED)] * 2


def test_a_scan_missed_by_much_is_left_out_rather_than_dated_wrongly():
    def prepare(logger, board):
        board.slow_s = 200

    _, records = ran(4000, prepare=prepare)
    assert [r.utc_s - 1450425600 for r in records[::2]] == [0, 1800, 3600]


def test_fast_scan_scans_every_10_s_for_the_minutes_asked():
    def prepare(logger, board):
        board.clock.events = [(100, lambda: logger.fast.ask((2,)))]

    _, records = ran(1000, prepare=prepare)
    assert [r.utc_s - 1450425600 for r in records[::2]] == [0] + list(range(100, 220, 10)) + [900]


def test_a_clock_set_during_a_scan_leaves_that_scan_the_time_it_had():
    def prepare(logger, board):
        read = board.read

        async def late(block, slot, scan_ms):
            if logger.clock.up_ms >= 900000 and not logger.keeper.utc_ms():
                logger.keeper.offer(1450425700000)
            return await read(block, slot, scan_ms)

        board.read = late

    _, records = ran(3000, 5000, status.TIME_NEVER_SET, prepare)
    assert [(r.utc_s, r.status) for r in records[1::2]] == [
        (0, 0),
        (0, 0),
        (1450426500, status.TIME_SYNCED | status.CLOCK_STEPPED),
        (1450427400, status.TIME_SYNCED),
    ]


def test_the_schedule_of_one_scan():
    assert next_scan(900, 900, 899, 90) == 900
    assert next_scan(901, 900, 900, 90) == 1800
    assert next_scan(1890, 900, 900, 90) == 1800
    assert next_scan(1891, 900, 900, 90) == 2700
    assert next_scan(1797, 900, 1800, 90) == 2700


trial.run(globals())
