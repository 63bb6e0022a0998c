"""Mode window: when the logger sleeps, for how long, and what it takes along."""

import trial

from firmware import window
from firmware.events import Guard
from firmware.fast_scan import FastScan
from firmware.self_check import SelfCheck
from firmware.trigger import Watch
from firmware.window import BOOT_MS, START_MS, Window, carried, nap_ms, parsed
from seepline.wire.event import COMMAND_REFUSED, Event

SCAN_MS = 900000


class Clock:
    def __init__(self):
        self.up_ms, self.now_ms = 0, 1767225600000

    def utc_ms(self):
        return self.now_ms

    def uptime_ms(self):
        return self.up_ms

    def resume(self, uptime_ms):
        self.up_ms = uptime_ms

    def advance(self, ms):
        self.now_ms += ms
        self.up_ms += ms


class Board:
    """A board that notes how it sleeps; `wake` makes the one of the next boot."""

    def __init__(self, clock=None, woken_by=""):
        self.clock, self.woken_by, self.slept = clock or Clock(), woken_by, []

    def sleep(self, ms, by_bus):
        self.slept.append((ms, by_bus))

    def wake(self, ms, woken_by=""):
        self.clock.advance(ms)
        self.clock.up_ms = 300  # since the reset
        return Board(self.clock, woken_by)


class Life:
    def __init__(self, given=b""):
        self.carried, self.rested = given, None

    def rest(self, given):
        self.rested = given


class Scan:
    """The scan task as the window sees it."""

    class fast:  # noqa: N801 - an attribute of the task
        repeats = 0
        fast = False

        @staticmethod
        def on():
            return Scan.fast.fast

    def __init__(self):
        self.scans, self.idle_until_ms = 0, 0
        Scan.fast.repeats, Scan.fast.fast = 0, False


def after_scan(board, life=None):
    """Return (window, scan) right after the first scan of a boot that was woken by the clock."""
    own = window.struct.pack(window._OWN, 0, board.clock.now_ms, 0)
    it, scan = Window(board, 5, life or Life(carried([own]))), Scan()
    scan.idle_until_ms = board.clock.uptime_ms() + SCAN_MS
    scan.scans = 1
    assert it.turn(scan, 0) == 0
    return it, scan


def stays(board, it, scan, ms, served=0):
    """Return how long it stays awake, at most `ms`, and how long it wants to sleep then."""
    for waited in range(0, ms, window.LOOK_MS):
        nap = it.turn(scan, served)
        if nap:
            return waited, nap
        board.clock.advance(window.LOOK_MS)
    return ms, 0


def test_it_listens_for_the_window_after_a_scan_and_sleeps_until_before_the_next():
    board = Board()
    it, scan = after_scan(board)
    waited, nap = stays(board, it, scan, 60000)
    assert waited == 5000
    assert nap == (SCAN_MS - 5000 - BOOT_MS) * 1000 // 1050


def test_a_request_keeps_it_awake_and_babble_does_not_for_ever():
    board = Board()
    it, scan = after_scan(board)
    board.clock.advance(4000)
    assert it.turn(scan, 1) == 0
    assert stays(board, it, scan, 60000, 1)[0] == 2500
    it, scan = after_scan(board)
    start_ms = board.clock.uptime_ms()
    for served in range(1, 200):
        if it.turn(scan, served):
            break
        board.clock.advance(1000)
    assert board.clock.uptime_ms() - start_ms == window.MOST_WINDOWS * 5000


def test_it_never_sleeps_while_it_scans_scans_fast_or_has_repeats_to_make():
    board = Board()
    it, scan = after_scan(board)
    scan.idle_until_ms = 0
    assert stays(board, it, scan, 30000) == (30000, 0)
    scan.idle_until_ms = board.clock.uptime_ms() + SCAN_MS
    Scan.fast.fast = True
    assert stays(board, it, scan, 30000) == (30000, 0)
    Scan.fast.fast, Scan.fast.repeats = False, 1
    assert stays(board, it, scan, 30000) == (30000, 0)
    Scan.fast.repeats = 0
    assert it.turn(scan, 0) > 0


def test_a_clock_that_is_wrong_by_five_percent_asleep_never_oversleeps():
    for permille in (950, 1000, 1050):
        board = Board()
        left_ms, naps = SCAN_MS, 0
        while nap_ms(left_ms):
            slept_ms = nap_ms(left_ms) * permille // 1000 + BOOT_MS
            assert slept_ms <= left_ms, (permille, left_ms)
            left_ms, naps = left_ms - slept_ms, naps + 1
        assert naps <= 3, naps
        assert left_ms <= window.LEAST_MS * 1050 // 1000 + BOOT_MS + 1, left_ms
        del board


def test_woken_early_by_its_clock_it_goes_to_sleep_again_at_once():
    board = Board()
    it, scan = after_scan(board)
    _, nap = stays(board, it, scan, 60000)
    it.sleep(nap, b"")
    board = board.wake(nap * 95 // 100)
    again = Window(board, 5, Life(it._life.rested))
    scan = Scan()
    scan.idle_until_ms = board.clock.uptime_ms() + 80000
    assert again.turn(scan, 0) == nap_ms(80000)


def test_after_a_true_start_it_stays_up_for_two_minutes():
    for memory in (b"", b"nonsense", carried([b"short"])):
        board = Board()
        it, scan = Window(board, 5, Life(memory)), Scan()
        scan.idle_until_ms = SCAN_MS
        assert stays(board, it, scan, 300000)[0] == START_MS
    board = Board()
    it, scan = Window(board, 5, Life()), Scan()
    for served in range(1, 1000):  # somebody commissions it
        assert it.turn(scan, served) == 0
        board.clock.advance(3000)
        scan.idle_until_ms = board.clock.uptime_ms() + SCAN_MS


def test_uptime_goes_on_through_a_sleep():
    board = Board()
    it, _ = after_scan(board)
    board.clock.advance(3600000)
    uptime_ms = board.clock.uptime_ms()
    it.sleep(600000, b"")
    board = board.wake(600000)
    Window(board, 5, Life(it._life.rested))
    assert board.clock.uptime_ms() == uptime_ms + 600000


def test_the_bus_opens_a_window_and_a_bus_without_a_word_only_eight_times():
    board = Board()
    it, scan = after_scan(board)
    it.sleep(600000, b"")
    for wake in range(1, 12):
        assert board.slept == [(600000, wake <= window.MOST_DOORS)], wake
        board = board.wake(1000, window.BY_BUS)
        it, scan = Window(board, 5, Life(it._life.rested)), Scan()
        scan.idle_until_ms = board.clock.uptime_ms() + 600000
        assert stays(board, it, scan, 60000)[0] == 5000
        it.sleep(600000, b"")
    scan.scans = 1
    it.turn(scan, 0)
    it.sleep(600000, b"")
    assert board.slept[-1] == (600000, True)


def test_the_rings_hint_and_each_part_get_their_own_back():
    class Part:
        def __init__(self, kept):
            self.kept, self.given = kept, None

        def carry(self):
            return self.kept

        def resume(self, data):
            self.given = data

    board = Board()
    it, _ = after_scan(board)
    it.add([Part(b"one"), Part(b""), Part(b"three")])
    it.sleep(60000, b"hint of the ring")
    again = Window(board.wake(60000), 5, Life(it._life.rested))
    assert again.hint == b"hint of the ring"
    parts = [Part(b""), Part(b""), Part(b""), Part(b"")]
    again.add(parts)
    assert [part.given for part in parts] == [b"one", None, b"three", None]


def test_damaged_memory_carries_nothing():
    data = carried([b"abc", b"de"])
    assert parsed(data) == [b"abc", b"de"]
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 0x10
        assert parsed(bytes(damaged)) == []
        assert parsed(data[:place]) == []


def test_what_does_not_fit_is_left_out_and_the_rest_stays():
    pieces = parsed(carried([b"a" * 250, b"b" * 200, b"c" * 100, b"d"]))
    assert pieces == [b"a" * 250, b"b" * 200, b"", b"d"]
    assert len(carried([b"x" * 250] * 9)) < 470


class Keeper:
    def __init__(self):
        self.now_s = 1000

    def uptime_s(self):
        return self.now_s


def quiet(*_event):
    pass


def test_a_sleep_refills_no_allowance():
    keeper = Keeper()
    fast = FastScan(keeper, quiet)
    assert fast.ask((60,))
    assert not fast.ask((1,))
    other = FastScan(keeper, quiet)
    other.resume(fast.carry())
    assert not other.ask((1,))
    assert not other.repeat((1,))
    keeper.now_s += 86400
    assert other.ask((60,))


def test_a_sleep_refills_no_diary_and_forgets_no_count():
    guard, refused = Guard(), 0
    for second in range(0, 6000, 61):
        refused += not guard.lets(Event(COMMAND_REFUSED, second, ()), second)
    assert refused
    other = Guard()
    other.resume(guard.carry())
    assert not other.lets(Event(COMMAND_REFUSED, 9999, ()), 6001)
    assert other.held == {COMMAND_REFUSED: refused + 1}


def test_a_fault_that_was_said_is_not_said_after_every_sleep_and_its_end_is():
    from firmware import config
    from firmware.drivers.driver import ABSENT, NO_FAULT
    from seepline.wire.status import NOT_FITTED

    blocks = [config.Block(0, 2, None, ("tilt", "tilt", "temperature"))]
    said, kept = [], b""
    for scan in range(12):
        check = SelfCheck(blocks, lambda *event: said.append(event))
        check.resume(kept)
        for slot in range(3):
            is_dead = slot == 1 and scan < 6
            check.note((0, slot), NOT_FITTED if is_dead else 0, ABSENT if is_dead else NO_FAULT, 0)
        kept = check.carry()
    assert [event[1] for event in said] == [ABSENT, NO_FAULT], said


def test_a_rate_is_judged_over_a_sleep():
    class Fast:
        fired = 0

        def trigger(self, *_):
            self.fired += 1

    fast = Fast()
    watch = Watch((0, 0), 4, 100, 10)
    watch.look((0, 5000), 900000, fast)
    later = Watch((0, 0), 4, 100, 10)
    later.resume(watch.carry())
    later.look((0, 5000 + 1501), 1800000, fast)
    assert fast.fired == 1
    last = Watch((0, 0), 4, 100, 10)
    last.resume(later.carry())
    last.look((0, 9000), 2700000, fast)  # still beyond: once is enough
    assert fast.fired == 1


trial.run(globals())
