import asyncio

import desk
import trial

from firmware import breadcrumb as crumbs
from firmware import crash, safe_mode, supervise
from firmware import life as lives
from firmware.facts import Facts
from firmware.life import BROWN_OUT, POWER_LOST, POWER_ON, WATCHDOG, Life
from firmware.supervise import CLOCK, NO_TASK, SCAN, SERVE, STARTING, Beats
from firmware.timekeeping import Keeper
from seepline.wire import event, record

T = 1450425600000
HARD, SLEEP = 2, 4
UNKNOWN = record.MISSING_I32


class RestartError(Exception):
    pass


class CutError(Exception):
    pass


class Store:
    """Blobs that outlive everything; power fails before write number `cut_at`."""

    def __init__(self):
        self.blobs = {}
        self.puts = 0
        self.cut_at = -1

    def get(self, name):
        return self.blobs.get(name)

    def put(self, name, data):
        if self.puts == self.cut_at:
            raise CutError
        self.puts += 1
        self.blobs[name] = bytes(data)


class Board:
    """What outlives a boot, and the clock of the present one."""

    def __init__(self):
        self.store = Store()
        self.memory = b""
        self.boot_count = 0
        self.reset_cause = POWER_ON
        self.leave = None

    def recall(self):
        return self.memory

    def remember(self, data):
        self.memory = bytes(data)

    def restart(self):
        if self.leave:
            self.leave()
        raise RestartError

    def boot(self, cause=POWER_ON, supply_mv=record.MISSING_U16, loses_memory=None):
        """Start again and return the life; its events stand in `said`."""
        self.reset_cause, self.leave = cause, None
        if cause == POWER_ON if loses_memory is None else loses_memory:
            self.memory = bytes(64)
        self.boot_count += 1
        self.clock = desk.Clock(T + 10**8 * self.boot_count)
        facts = Facts()
        facts.supply_mv = supply_mv
        life = Life(self, facts)
        life.facts, life.keeper, life.said, life.works = facts, Keeper(self.clock), [], False
        life.open(
            life.keeper,
            lambda code, detail=0, values=(): life.said.append((code, detail) + tuple(values)),
            lambda: life.works,
            11000,
        )
        return life


def lived(life, board, s, step_s=1):
    for _ in range(0, s, step_s):
        board.clock.advance(step_s)
        life.turn()


def boots_told(life):
    return [what for what in life.said if what[0] == event.BOOT]


def test_a_breadcrumb_that_is_not_whole_is_none():
    crumb = crumbs.Crumb(crumbs.RUNNING, SCAN, NO_TASK, 4000000000, 4100000000, 12600, 5000, 86399)
    data = crumbs.packed(crumb)
    assert len(data) <= 64
    assert crumbs.parsed(data) == crumb
    assert crumbs.parsed(data + bytes(30)) == crumb
    for size in range(len(data)):
        assert crumbs.parsed(data[:size]) is None
        assert crumbs.parsed(data[:size] + bytes(len(data) - size)) is None or size == len(data)
        wrong = bytearray(data)
        wrong[size] ^= 0x10
        assert crumbs.parsed(bytes(wrong)) is None
    for noise in (b"", bytes(64), b"\xff" * 64):
        assert crumbs.parsed(noise) is None


def test_the_first_boot_of_a_new_logger():
    board = Board()
    life = board.boot()
    assert life.said == [(event.BOOT, POWER_ON, 1, UNKNOWN, UNKNOWN, UNKNOWN, 0)]
    assert (life.safe, life.facts.mode, life.facts.last_reset_task) == (0, 0, 0)


def test_a_task_that_stands_is_named_after_the_watchdog_has_bitten():
    board = Board()
    life = board.boot()
    life.moved(SERVE)
    lived(life, board, 500)
    life.facts.supply_mv = 12345
    life.stands(SCAN)
    again = board.boot(WATCHDOG)
    assert again.said == [(event.BOOT, WATCHDOG, 2, SCAN, 500, 12345, 1)]
    assert again.facts.last_reset_task == SCAN


def test_a_task_that_was_only_slow_is_not_blamed_for_a_later_reset():
    board = Board()
    life = board.boot()
    life.stands(SCAN)
    life.moved(SCAN)
    life.moved(SERVE)
    assert boots_told(board.boot(WATCHDOG))[0][3] == SERVE


def test_a_program_stuck_as_a_whole_names_the_task_that_moved_last_at_most_10_s_old():
    board = Board()
    life = board.boot()
    life.moved(SERVE)
    lived(life, board, 95)
    again = board.boot(WATCHDOG)
    ((_, _, _, task, uptime_s, _, _),) = boots_told(again)
    assert task == SERVE
    assert 95 - lives.CRUMB_S <= uptime_s <= 95


def test_a_start_that_hangs_is_named_as_such():
    board = Board()
    board.boot()
    assert boots_told(board.boot(WATCHDOG))[0][3] == STARTING


def test_power_cut_in_a_write_of_the_breadcrumb_leaves_nothing_half_known():
    board = Board()
    life = board.boot()
    lived(life, board, 30)
    whole = board.memory
    life.stands(SCAN)
    new = board.memory
    for size in range(1, len(new)):
        board.memory = new[:size] + whole[size:]
        found = crumbs.parsed(board.memory)
        assert found is None or found == crumbs.parsed(whole) or found == crumbs.parsed(new)
        task = boots_told(board.boot(WATCHDOG, loses_memory=False))[0][3]
        assert task in (UNKNOWN, STARTING, SCAN)
        board.store.blobs.clear()


def test_power_cut_between_the_breadcrumb_and_the_reset_is_a_loss_of_power():
    board = Board()
    life = board.boot()
    lived(life, board, 30)
    life.stands(SCAN)
    again = board.boot(POWER_ON)
    assert again.said == [(event.BOOT, POWER_LOST, 2, UNKNOWN, UNKNOWN, UNKNOWN, 1)]


def test_a_brown_out_is_inferred_when_the_memory_survived_a_power_on():
    board = Board()
    lived(board.boot(supply_mv=12600), board, 20)
    again = board.boot(POWER_ON, loses_memory=False)
    assert boots_told(again) == [(event.BOOT, BROWN_OUT, 2, NO_TASK, 20, 12600, 1)]


def test_a_brown_out_is_inferred_when_the_supply_was_low():
    board = Board()
    life = board.boot(supply_mv=12600)
    lived(life, board, 5)
    life.facts.supply_mv = 10900
    lived(life, board, 5)
    assert life.said[-1] == (event.SUPPLY_LOW, 0, 10900)
    assert boots_told(board.boot())[0][1:6] == (BROWN_OUT, 2, UNKNOWN, UNKNOWN, 10900)


def test_a_supply_that_hovers_at_the_limit_is_low_once():
    board = Board()
    life = board.boot()
    for supply_mv in (11000, 10999, 11001, 10990, 11299, 11300, 11299, 65535, 10999):
        life.facts.supply_mv = supply_mv
        lived(life, board, 1)
    assert [what[1:] for what in life.said[1:]] == [(0, 10999), (1, 11300), (0, 10999)]


def test_a_boot_is_good_after_60_s_with_a_scan_or_an_answer():
    board = Board()
    life, calls = board.boot(), []
    life.good.append(lambda: calls.append(board.clock.up_ms))
    lived(life, board, 100)
    assert calls == []
    life.works = True
    lived(life, board, 100)
    assert calls == [101000]
    early = board.boot()
    early.works = True
    early.good.append(lambda: calls.append(board.clock.up_ms))
    lived(early, board, 59)
    assert len(calls) == 1
    lived(early, board, 1)
    assert calls[1] == 60000
    assert board.boot().bad == 0


def test_five_bad_boots_lead_to_safe_mode_whatever_ended_them():
    board = Board()
    for bad, cause in enumerate((POWER_ON, WATCHDOG, HARD, POWER_ON, WATCHDOG)):
        life = board.boot(cause)
        assert (life.bad, life.safe) == (bad, 0)
        lived(life, board, 50)
    safe = board.boot(HARD)
    assert (safe.bad, safe.safe, safe.facts.mode) == (5, lives.BY_BAD_BOOTS, 1)
    assert safe.said[1] == (event.SAFE_MODE, 5, lives.BY_BAD_BOOTS)


def safe_board():
    board = Board()
    for _ in range(5):
        board.boot(WATCHDOG)
    return board


def test_safe_mode_ends_with_a_restart_by_command():
    board = safe_board()
    safe = board.boot(WATCHDOG)
    lived(safe, board, 200)
    trial.raises(RestartError, board.restart)
    normal = board.boot(HARD)
    assert (normal.safe, normal.bad, normal.facts.last_reset_task) == (0, 0, 0)


def test_safe_mode_tries_once_an_hour():
    board = safe_board()
    for _ in range(3):
        safe = board.boot(HARD)
        assert safe.safe
        lived(safe, board, 3590)
        trial.raises(RestartError, lived, safe, board, 20)
        again = board.boot(HARD)
        assert (again.safe, again.bad) == (0, 4)
    again.works = True
    lived(again, board, 61)
    assert board.boot(WATCHDOG).bad == 0


def test_power_that_comes_and_goes_does_not_fill_the_ring():
    board = Board()
    told = sum([len(boots_told(board.boot())) for _ in range(1000)])
    assert told <= 12
    assert board.boot().safe


def test_a_power_cut_at_any_write_of_the_store_forgets_no_bad_boot_and_makes_none_good():
    for cut_at in range(12):
        board, completed = Board(), 0
        board.store.cut_at = cut_at
        for _ in range(8):
            try:
                board.boot(WATCHDOG)
                completed += 1
            except CutError:
                board.store.cut_at = -1
        assert lives.kept(board.store).bad == completed, (cut_at, completed)


def test_a_crash_is_noted_with_its_traceback_and_loops_wear_nothing_out():
    board = Board()
    life = board.boot()
    life.moved(SCAN)
    puts = board.store.puts
    for _ in range(3):
        try:
            int("a driver failed")
        except ValueError as error:
            crash.crashed(board, error)
    assert b"ValueError" in board.store.get(crash.CRASH)
    assert board.store.puts == puts + 1
    trial.raises(RestartError, board.restart)
    again = board.boot(HARD)
    assert (again.facts.last_reset_task, again.bad) == (SCAN, 1)


def test_a_restart_on_purpose_blames_no_task():
    board = Board()
    life = board.boot()
    life.moved(SCAN)
    trial.raises(RestartError, board.restart)
    again = board.boot(HARD)
    assert boots_told(again)[0][3] == NO_TASK
    assert again.bad == 0


def test_a_logger_that_sleeps_is_no_bad_boot_says_nothing_and_wears_nothing():
    board = Board()
    life = board.boot()
    life.rest()
    puts = board.store.puts
    for _ in range(50):
        woken = board.boot(SLEEP)
        assert (woken.said, woken.safe) == ([], 0)
        woken.rest()
    assert board.store.puts == puts
    assert lives.kept(board.store).bad == 0
    board.boot(SLEEP).stands(SCAN)
    assert board.boot(WATCHDOG).facts.last_reset_task == SCAN


def test_the_slew_of_the_day_is_not_given_back_by_a_reset_or_by_sleep():
    board = Board()
    life = board.boot()
    life.keeper.offer(board.clock.now_ms + 4000)
    lived(life, board, 40)
    again = board.boot(WATCHDOG)
    assert again.keeper.spent()[0] == 4000
    again.rest()
    woken = board.boot(SLEEP)
    assert woken.keeper.spent()[0] == 0  # the desk's boots are a day apart
    assert life.keeper.spent() == (4000, 40)


def test_a_configuration_on_trial_is_given_up_before_safe_mode():
    board = Board()
    assert [board.boot(WATCHDOG).gives_up for _ in range(6)] == [False, False, False, True, True, False]


def test_the_stand_in_of_a_configuration_is_the_last_good_line_or_nobody():
    store = Store()
    nobody = safe_mode.stand_in(store)
    assert (nobody["logger_id"], nobody["address"]) == (safe_mode.NOBODY, 247)
    settings = desk.Logger().settings
    safe_mode.remember(store, settings)
    puts = store.puts
    safe_mode.remember(store, settings)
    assert store.puts == puts
    found = safe_mode.stand_in(store)
    assert (found["logger_id"], found["address"], found["baud"]) == (116002, 2, 115200)
    store.blobs[safe_mode.LINE] = b"["
    assert safe_mode.stand_in(store)["logger_id"] == safe_mode.NOBODY
    assert safe_mode.bare(None) is None
    assert safe_mode.bare({"a": 1, "instruments": [], "triggers": 3}) == {"a": 1}


def test_a_task_stands_after_its_own_limit():
    beats = Beats(limit_s=60)
    scanning, serving = beats.of(SCAN), beats.of(SERVE, 10)
    for _ in range(10):
        assert beats.standing(1) == NO_TASK
    assert beats.standing(1) == SERVE
    serving()
    for _ in range(10):
        assert beats.standing(1) == NO_TASK
    serving()
    for _ in range(39):
        serving()
        assert beats.standing(1) == NO_TASK
    serving()
    assert beats.standing(1) == SCAN
    scanning()
    assert beats.standing(1) == NO_TASK


def test_a_task_that_moves_after_another_one_is_noted_once():
    noted = []
    beats = Beats(noted.append)
    scanning, minding = beats.of(SCAN), beats.of(CLOCK)
    for beat in (scanning, scanning, minding, scanning, scanning):
        beat()
    assert noted == [SCAN, CLOCK, SCAN]


def test_nothing_is_fed_while_a_task_stands():
    fed, stood, turns = [], [], []
    beats = Beats(limit_s=3)
    beat = beats.of(SCAN)

    def turn():
        turns.append(1)
        if len(turns) == 4:
            beat()
        if len(turns) == 12:
            raise EOFError

    supervise.SUPERVISE_S, before = 0.001, supervise.SUPERVISE_S
    beats.standing = lambda passed_s, standing=beats.standing: standing(1)
    trial.raises(
        EOFError, asyncio.run, supervise.supervise(beats, lambda: fed.append(len(turns)), stood.append, turn)
    )
    supervise.SUPERVISE_S = before
    assert fed == [0, 1, 2, 4, 5, 6]
    assert stood == [SCAN] * 6


trial.run(globals())
