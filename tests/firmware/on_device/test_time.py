import desk
import trial

from firmware.timekeeping import Keeper
from seepline.wire import status

T = 1451606400000


def kept(quality=status.TIME_RTC):
    clock = desk.Clock(T if quality else 0, quality)
    return clock, Keeper(clock)


def test_a_clock_never_set_reads_as_0_and_takes_any_time():
    clock, keeper = kept(status.TIME_NEVER_SET)
    clock.now_ms = 12345
    assert keeper.utc_ms() == 0
    assert keeper.offer(T)
    assert (keeper.utc_ms(), keeper.quality, keeper.stepped) == (T, status.TIME_SYNCED, True)


def test_a_difference_within_the_tolerance_confirms_the_time_without_moving_it():
    for difference_ms in (-100, 0, 100):
        clock, keeper = kept()
        assert keeper.offer(T + difference_ms)
        assert (clock.now_ms, keeper.quality, keeper.stepped) == (T, status.TIME_SYNCED, False)


def test_a_small_difference_is_followed_and_a_second_or_more_is_said():
    clock, keeper = kept()
    assert keeper.offer(T + 999)
    assert clock.now_ms == T + 999
    assert not keeper.stepped
    assert keeper.offer(T - 1001)
    assert clock.now_ms == T - 1001
    assert keeper.stepped


def test_more_than_5_s_is_refused_and_counted():
    for difference_ms in (-5001, 5001, 86400000, -T + 1):
        clock, keeper = kept()
        assert not keeper.offer(T + difference_ms)
        assert (clock.now_ms, keeper.quality, keeper.refused) == (T, status.TIME_RTC, 1)


def test_many_small_moves_come_to_5_s_a_day_and_no_more():
    clock, keeper = kept()
    for _ in range(100):
        keeper.offer(clock.now_ms + 400)
    assert clock.now_ms == T + 5000
    assert keeper.refused == 87
    clock.advance(86400)
    assert keeper.offer(clock.now_ms + 4000)
    assert clock.now_ms == T + 86400000 + 9000


def test_to_and_fro_spends_the_day_as_well():
    clock, keeper = kept()
    for sign in (1, -1) * 3:
        keeper.offer(T + (2000 if sign > 0 else 0))
    assert abs(clock.now_ms - T) <= 5000
    assert keeper.refused >= 2


def test_words_that_are_no_time_are_refused():
    clock, keeper = kept(status.TIME_NEVER_SET)
    for words in ((0, 0, 0, 0), (22000, 1, 1000, 0), (22000, 1, 0, 1)):
        assert not keeper.take_words(words)
    assert keeper.quality == status.TIME_NEVER_SET
    assert keeper.take_words((0xFFFF, 0xFFFF, 999, 0))
    assert clock.now_ms == 0xFFFFFFFF * 1000 + 999


trial.run(globals())
