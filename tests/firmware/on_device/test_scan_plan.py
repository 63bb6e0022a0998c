import asyncio
import gc
import struct

import desk
import trial

from firmware import config, scan_plan
from firmware.drivers.driver import BROKEN, BY_STATUS, NO_ANSWER, SENTINEL, STUCK, Driver, NoReadingError, channel
from firmware.drivers.supply import Supply
from firmware.fitted import Fitted
from firmware.scan import Scan, fast_intervals_s
from seepline.wire import event, record, registers, status

T = 1450425600
VW = record.VwChannel(0, 2923000, 5781000, 900, 200, 8000, 500, 3, 65535)
NO_SWITCH = 3
scan_plan.GRACE_MS = 40  # real time passes in what hangs


class Fake(Driver):
    """Gives `answers` in turn, the last one for ever: a value, a channel, or something to raise."""

    CHANNELS = ("voltage",)

    def __init__(self, board, answers=(7,), warm_up_ms=0, stabilise_ms=0, measure_ms=0):
        self.board = board
        self.answers = list(answers)
        self.WARM_UP_MS, self.STABILISE_MS, self.MEASURE_MS = warm_up_ms, stabilise_ms, measure_ms
        self.at_ms = []

    async def read(self):
        self.at_ms.append(self.board.clock.up_ms)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, (Exception, type)):
            raise answer
        return [channel(answer)] if isinstance(answer, int) else answer


class Hanging(Fake):
    """Hangs in its first `hangs` measurements, at a lock that it may share."""

    def __init__(self, board, hangs, lock=None, stubborn=False):
        super().__init__(board)
        self.hangs = hangs
        self.lock = lock or asyncio.Lock()
        self.stubborn = stubborn
        self.began = 0

    async def read(self):
        self.began += 1
        async with self.lock:
            while self.began <= self.hangs:
                try:
                    await asyncio.sleep(10)
                except asyncio.CancelledError:
                    if not self.stubborn:
                        raise
            return await super().read()


class Other(Fake):
    """Of another class: on another bus."""


class Board:
    def __init__(self, clock):
        self.clock = clock
        self.instruments = []
        self.switched = []  # (uptime in ms, switch, on)

    def fitted(self):
        return self.instruments

    def power(self, switch, on):
        self.switched.append((self.clock.up_ms, switch, on))
        if switch == NO_SWITCH:
            raise OSError(19)

    async def read(self, block, slot, scan_ms):
        return VW if block == 0 else record.missing_scalar(status.NOT_FITTED)


class Run:
    """A logger that scanned `instruments` until `until_s`, with what it stored, said and switched."""

    def __init__(self, until_s, fit, utc_ms=1000 * T, triggers=(), events=None, quality=status.TIME_RTC):
        clock = desk.VirtualClock(until_s, utc_ms, quality)
        self.board = Board(clock)
        self.board.instruments = fit(self.board)
        self.logger = desk.Logger(desk.Flash(6), clock)
        self.said = []
        settings = config.settings(desk.CONFIG)
        fields = list(settings)[:-1] + [tuple(triggers)]
        self.scan = Scan(
            self.board,
            config.Settings(*fields),
            self.logger.image,
            self.logger.keeper,
            self.logger.facts,
            lambda code, detail=0, values=(): self.said.append((code, detail) + tuple(values)),
        )
        clock.events = events(self) if events else []
        asyncio.new_event_loop()  # what hung in the run before is gone
        gc.collect()
        trial.raises(desk.EnoughError, asyncio.run, self.scan.run(desk.unbeaten))
        ring = self.logger.ring
        self.records = [record.decode(ring.read(n)) for n in range(ring.oldest, ring.newest + 1)]

    def values(self, slot=0):
        """Return (seconds after the start, status, value) per record of block 1."""
        found = []
        for entry in self.records:
            if entry.block == 1:
                channel = record.decode_scalar(entry.payload, 3)[slot]
                found.append((entry.utc_s - T, channel.status, channel.value))
        return found

    def statuses(self, slot=0):
        return [bits for _, bits, _ in self.values(slot)]

    def checks(self):
        data = self.logger.image.registers(registers.SELF_CHECK_BASE, 25)
        return [struct.unpack_from(">BBHHHH", data, 10 * index) for index in range(5)]


def one(driver, slot=0, scan_s=900, retries=0, power=None):
    return Fitted(driver, ((1, slot),), scan_s, retries, power)


def test_a_supply_comes_on_so_early_that_all_measure_at_the_scan_time():
    def fit(board):
        return [
            one(Fake(board, warm_up_ms=3000, stabilise_ms=2500), 0, power=1),
            one(Fake(board, warm_up_ms=40000), 1, power=2),
            one(Fake(board), 2),
        ]

    run = Run(1800, fit, 1000 * T + 1000)
    assert run.board.switched == [
        (859000, 2, True),
        (893500, 1, True),
        (899000, 1, False),
        (899000, 2, False),
        (1759000, 2, True),
        (1793500, 1, True),
        (1799000, 1, False),
        (1799000, 2, False),
    ]
    assert [one.driver.at_ms for one in run.board.instruments] == [[899000, 1799000]] * 3
    assert run.values(1) == [(900, 0, 7), (1800, 0, 7)]


def test_a_shared_supply_is_on_from_the_first_that_needs_it_to_the_last():
    def fit(board):
        return [
            one(Fake(board, warm_up_ms=1000), 0, power=2),
            one(Fake(board, [NoReadingError(SENTINEL), 9], warm_up_ms=20000), 1, retries=1, power=2),
        ]

    run = Run(1000, fit, 1000 * T + 1000)
    assert run.board.switched == [(879000, 2, True), (899000, 2, False)]
    assert run.values(1) == [(900, 0, 9)]


def test_no_supply_stays_on_after_faults_exceptions_and_the_end():
    def fit(board):
        return [
            one(Fake(board, [OSError(19)], 1000), 0, power=0),
            one(Fake(board, [ValueError], 1000), 1, power=1),
            one(Hanging(board, 99), 2, power=2),
        ]

    run = Run(1000, fit)
    assert sorted([entry[1:] for entry in run.board.switched]) == [
        (n, on) for n in range(3) for on in (0, 0, 1, 1)
    ]
    cut = Run(890, lambda board: [one(Fake(board, warm_up_ms=20000), power=0)], 1000 * T + 1000)
    assert cut.board.switched == [(879000, 0, True), (890000, 0, False)]


def test_a_supply_that_cannot_be_switched_is_told_by_the_silence_behind_it():
    def fit(board):
        return [one(Fake(board, [OSError(19)], 1000), power=NO_SWITCH), one(Fake(board), 1)]

    run = Run(1000, fit)
    assert (run.statuses(0), run.statuses(1)) == ([status.NOT_FITTED] * 2, [0, 0])
    assert [entry[1:] for entry in run.board.switched] == [(NO_SWITCH, 1), (NO_SWITCH, 0)] * 2


def test_a_first_scan_waits_for_the_warm_up_and_keeps_its_time():
    run = Run(60, lambda board: [one(Fake(board, warm_up_ms=20000)), one(Fake(board), 1)])
    assert run.board.instruments[0].driver.at_ms == [20000]
    assert run.values() == [(0, 0, 7)]
    assert [entry.uptime_s for entry in run.records] == [0, 0]


def test_one_that_hangs_is_cut_off_and_takes_nothing_from_the_others():
    def fit(board):
        lock = asyncio.Lock()
        return [one(Hanging(board, 1, lock)), one(Hanging(board, 0, lock), 1), one(Other(board), 2)]

    run = Run(1000, fit)
    assert run.statuses(0) == [status.INSTRUMENT_FAULT, 0]
    assert run.statuses(1) == run.statuses(2) == [0, 0]
    assert [said[:4] for said in run.said] == [(event.INSTRUMENT, STUCK, 1, 0)]


def test_after_one_that_hangs_the_next_ones_silence_is_not_its_own_fault():
    def fit(board):
        lock = asyncio.Lock()
        return [one(Hanging(board, 9, lock)), one(Hanging(board, 9, lock), 1)]

    run = Run(100, fit)
    assert (run.statuses(0), run.statuses(1)) == ([status.INSTRUMENT_FAULT], [status.MISSING])
    assert [said[:4] for said in run.said] == [
        (event.INSTRUMENT, STUCK, 1, 0),
        (event.INSTRUMENT, NO_ANSWER, 1, 1),
    ]


def test_one_that_cannot_be_stopped_is_not_begun_a_second_time():
    run = Run(1900, lambda board: [one(Hanging(board, 9, stubborn=True), retries=2), one(Fake(board), 1)])
    assert run.statuses(0) == [status.INSTRUMENT_FAULT] * 3
    assert run.statuses(1) == [0] * 3
    assert run.board.instruments[0].driver.began == 1


def test_a_cut_off_one_is_tried_again_like_any_other_fault():
    run = Run(100, lambda board: [one(Hanging(board, 1), retries=1)])
    assert run.values() == [(0, 0, 7)]


def test_the_last_attempt_counts():
    fault = NoReadingError(SENTINEL)

    def fit(board):
        return [
            one(Fake(board, [fault, fault, 3]), 0, retries=2),
            one(Fake(board, [fault, fault, 3]), 1, retries=1),
            one(Fake(board, [[record.missing_scalar(status.LOOP_FAULT)], 5]), 2, retries=1),
        ]

    run = Run(100, fit)
    assert run.values(0) == [(0, 0, 3)]
    assert run.values(1) == [(0, status.INSTRUMENT_FAULT, record.MISSING_I32)]
    assert run.values(2) == [(0, 0, 5)]
    assert [len(one.driver.at_ms) for one in run.board.instruments] == [3, 2, 2]


def test_whatever_a_driver_does_wrong_the_others_are_stored():
    wrong = (ValueError("a bug"), KeyError, MemoryError, [], [VW], [(0,)], [record.ScalarChannel(0, None)], None)
    for answer in wrong:
        run = Run(1000, lambda board, answer=answer: [one(Fake(board, [answer])), one(Fake(board), 1)])
        assert run.values(0) == [
            (0, status.MISSING, record.MISSING_I32),
            (900, status.MISSING, record.MISSING_I32),
        ]
        assert run.values(1) == [(0, 0, 7), (900, 0, 7)]
        assert run.said == [(event.INSTRUMENT, BROKEN, 1, 0, 1, 1)], answer


def test_a_channel_with_a_longer_interval_is_not_due_in_between():
    def fit(board):
        return [one(Fake(board), 0), one(Fake(board), 2, scan_s=1800)]

    run = Run(3000, fit)
    due, other = (0, 7), (status.NOT_DUE, record.MISSING_I32)
    assert [entry[1:] for entry in run.values(0)] == [due] * 4
    assert [entry[1:] for entry in run.values(2)] == [due, other, due, other]
    assert run.statuses(1) == [status.NOT_FITTED] * 4


def test_a_block_of_which_nothing_is_due_gets_no_record_and_is_not_too_old_for_that():
    run = Run(3600 + 1900, lambda board: [one(Fake(board), scan_s=3600)])
    assert run.values() == [(0, 0, 7), (3600, 0, 7)]
    assert [entry.utc_s - T for entry in run.records if entry.block == 0] == [900 * n for n in range(7)]

    def shown():
        return record.decode(run.logger.image.live(1)[:120])

    clock = run.logger.clock
    clock.advance(3600 + 7200 - clock.up_ms // 1000)
    assert shown().utc_s == T + 3600
    clock.advance(1)
    assert record.decode_scalar(shown().payload, 3)[0].status == status.TOO_OLD


def test_a_channel_that_is_not_used_is_not_stored():
    class Two(Fake):
        CHANNELS = ("voltage", "voltage")

    both = [record.ScalarChannel(0, 1), record.ScalarChannel(0, 2)]
    run = Run(10, lambda board: [Fitted(Two(board, [both]), (None, (1, 2)), 900, 0, None)])
    assert (run.values(0), run.values(2)) == ([(0, status.NOT_FITTED, record.MISSING_I32)], [(0, 0, 2)])


def test_fast_scans_take_what_is_fast_enough_once_and_nothing_else():
    def fit(board):
        fault = [NoReadingError(SENTINEL)]
        return [
            one(Fake(board, fault, warm_up_ms=4000), 0, retries=3, power=0),
            one(Other(board, warm_up_ms=10001), 1, power=1),
        ]

    run = Run(300, fit, events=lambda run: [(105, lambda: run.scan.fast.ask((1,)))])
    assert [entry[0] for entry in run.values()] == [0, 110, 120, 130, 140, 150, 160]
    assert run.statuses(1) == [0] + [status.NOT_DUE] * 6
    assert len(run.board.instruments[0].driver.at_ms) == 4 + 6
    assert [said[1] for said in run.said if said[0] == event.FAST_SCAN] == [1, 0]


def test_several_on_one_bus_that_need_longer_together_scan_every_20_s():
    board = Board(None)
    wires = [Fitted(Fake(board, measure_ms=1500), ((0, n),), 900, 0, None) for n in range(8)]
    assert fast_intervals_s(wires[:6]) == [10] * 6
    assert fast_intervals_s(wires) == [20] * 8
    assert fast_intervals_s([one(Other(board, measure_ms=9000))] + wires[:6]) == [10] * 7
    assert fast_intervals_s([one(Other(board, measure_ms=10001), scan_s=3600)] + wires) == [3600] + [20] * 8


def test_a_limit_makes_the_logger_scan_fast():
    def fit(board):
        return [one(Fake(board, [5, 5, 50, 50, 5]))]

    run = Run(2600, fit, triggers=[((1, 0), "above", 49, 2)])
    at = [entry[0] for entry in run.values()]
    assert at == [0, 900] + list(range(1800, 1920, 10))
    assert [said for said in run.said if said[0] == event.FAST_SCAN] == [
        (event.FAST_SCAN, 2, 1, 0, 50, 2),
        (event.FAST_SCAN, 0, 255, 0),
    ]


def test_a_repeat_scans_everything_at_once_with_its_own_time():
    def fit(board):
        return [one(Fake(board, warm_up_ms=12000), 0, power=0), one(Fake(board), 1, scan_s=3600)]

    run = Run(1000, fit, events=lambda run: [(100, lambda: run.scan.fast.repeat((2,)))])
    times = [(entry.utc_s - T, entry.utc_ms) for entry in run.records if entry.block == 1]
    assert times == [(0, 0), (112, 1), (124, 1), (900, 0)]
    assert run.statuses(1) == [0, 0, 0, status.NOT_DUE]
    assert run.board.switched == [
        (at_ms, 0, on) for at_ms, on in zip((0, 12000, 100000, 112000, 112000, 124000, 888000, 900000), (1, 0) * 4)
    ]


def test_repeats_are_a_second_apart_and_of_a_clock_never_set_have_no_time():
    def events(run):
        return [(100, lambda: run.scan.fast.repeat((3,)))]

    run = Run(200, lambda board: [one(Fake(board))], 5000, events=events, quality=status.TIME_NEVER_SET)
    assert run.board.instruments[0].driver.at_ms == [0, 100000, 101000, 102000]
    assert [(entry.utc_s, entry.utc_ms, entry.status) for entry in run.records] == [(0, 0, 0)] * 8


def test_self_check_tells_what_each_channel_does():
    weak = [record.ScalarChannel(status.DISAGREE, 3)]

    def fit(board):
        return [one(Fake(board, [4, NoReadingError(SENTINEL, 77)])), one(Fake(board, [weak]), 1)]

    run = Run(2000, fit)
    assert run.checks() == [
        (0, 0, registers.CHECK_PASS, 0, 0, 0),
        (0, 1, registers.CHECK_PASS, 0, 0, 0),
        (1, 0, registers.CHECK_FAIL, SENTINEL, 77, 2),
        (1, 1, registers.CHECK_WEAK, 0, 0, 0),
        (1, 2, registers.CHECK_FAIL, BY_STATUS, status.NOT_FITTED, 1),
    ]
    assert run.said == [(event.INSTRUMENT, SENTINEL, 1, 0, 77, 1)]
    assert run.logger.image.registers(registers.SELF_CHECK_BASE + 25, 1) is None
    assert run.logger.image.registers(registers.SELF_CHECK_BASE - 1, 2) is None
    pending = Run(100, lambda board: [one(Fake(board))], 1000 * T + 1000)
    assert pending.checks()[2] == (1, 0, registers.CHECK_PENDING, 0, 0, 0)


def test_another_fault_is_said_at_once_and_well_again_after_three_readings():
    answers = [NoReadingError(SENTINEL), 1, 1, NoReadingError(SENTINEL), NoReadingError(STUCK, 5), 1, 1, 1, 1]
    run = Run(900 * 8 + 10, lambda board: [one(Fake(board, answers))])
    assert run.said == [
        (event.INSTRUMENT, SENTINEL, 1, 0, 0, 1),
        (event.INSTRUMENT, STUCK, 1, 0, 5, 3),
        (event.INSTRUMENT, 0, 1, 0, 0, 3),
    ]


def test_the_facts_know_the_supply_and_the_next_scan():
    class Adc:
        uv = 1200000

        def read_uv(self):
            return self.uv

    async def pause(ms):
        await asyncio.sleep(0)

    run = Run(1000, lambda board: [one(Supply(Adc(), pause, 9, 1, 1000))])
    assert run.logger.facts.supply_mv == 12000
    assert run.logger.facts.next_scan_s == T + 1800
    Adc.uv = 0
    run = Run(1000, lambda board: [one(Supply(Adc(), pause, 9, 1, 1000))], 5000, quality=status.TIME_NEVER_SET)
    assert run.logger.facts.supply_mv == record.MISSING_U16
    assert run.logger.facts.next_scan_s == 0


trial.run(globals())
