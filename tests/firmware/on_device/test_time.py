import desk
import trial

from firmware.timekeeping import Keeper
from seepline.wire import event, record, status

T = 1451606400000
DAY_S = 86400


def kept(quality=status.TIME_RTC):
    clock = desk.Clock(T if quality else 0, quality)
    keeper = Keeper(clock)
    keeper.said = []
    keeper.say = lambda code, detail=0, values=(): keeper.said.append((code, detail) + tuple(values))
    return clock, keeper


def s2020(utc_ms):
    return utc_ms // 1000 - event.EPOCH_2020_S


def test_a_clock_never_set_reads_as_0_and_takes_any_time():
    clock, keeper = kept(status.TIME_NEVER_SET)
    clock.now_ms = 12345
    assert keeper.utc_ms() == 0
    assert keeper.offer(T)
    assert (keeper.utc_ms(), keeper.quality, keeper.stepped) == (T, status.TIME_SYNCED, True)
    assert keeper.said == [(event.CLOCK_STEPPED, 1, record.MISSING_I32, record.MISSING_I32, s2020(T))]


def test_a_difference_within_the_tolerance_confirms_the_time_without_moving_it():
    for difference_ms in (-100, 0, 100):
        clock, keeper = kept()
        assert keeper.offer(T + difference_ms)
        assert (clock.now_ms, keeper.quality, keeper.stepped) == (T, status.TIME_SYNCED, False)
        assert keeper.said == []


def test_a_small_difference_is_followed_and_a_second_or_more_is_said():
    clock, keeper = kept()
    assert keeper.offer(T + 999)
    assert clock.now_ms == T + 999
    assert not keeper.stepped
    assert keeper.said == []
    assert keeper.offer(T - 1001)
    assert clock.now_ms == T - 1001
    assert keeper.stepped
    assert keeper.said == [(event.CLOCK_STEPPED, 4, -2000, s2020(T), s2020(T - 1001))]


def test_more_than_5_s_is_refused_counted_and_said():
    for difference_ms, said_s in ((-5001, -6), (5001, 6), (86400000, 86400), (-T + 1, -T // 1000)):
        clock, keeper = kept()
        assert not keeper.offer(T + difference_ms)
        assert (clock.now_ms, keeper.quality, keeper.refused) == (T, status.TIME_RTC, 1)
        assert keeper.said == [(event.CLOCK_REFUSED, 1, said_s)]


def test_many_small_moves_come_to_5_s_a_day_and_no_more():
    clock, keeper = kept()
    for _ in range(100):
        keeper.offer(clock.now_ms + 400)
    assert clock.now_ms == T + 5000
    assert keeper.refused == 87
    clock.advance(86400)
    assert keeper.offer(clock.now_ms + 4000)
    assert clock.now_ms == T + 86400000 + 9000


def test_the_small_moves_of_a_day_are_said_as_one_sum():
    clock, keeper = kept()
    for _ in range(5):
        keeper.offer(clock.now_ms + 400)
    keeper.offer(clock.now_ms - 300)
    keeper.tick()
    assert keeper.said == []
    clock.advance(DAY_S)
    keeper.tick()
    assert keeper.said == [(event.CLOCK_SLEWED, 0, 1700, 6)]
    clock.advance(DAY_S)
    keeper.tick()
    assert len(keeper.said) == 1


def test_to_and_fro_spends_the_day_as_well():
    clock, keeper = kept()
    for sign in (1, -1) * 3:
        keeper.offer(T + (2000 if sign > 0 else 0))
    assert abs(clock.now_ms - T) <= 5000
    assert keeper.refused >= 2


def test_a_restart_does_not_give_the_day_back():
    clock, keeper = kept()
    keeper.offer(T + 4000)
    clock.advance(3600)
    spent_ms, age_s = keeper.spent()
    assert (spent_ms, age_s) == (4000, 3600)
    again_clock, again = kept()
    again.resume(spent_ms, age_s)
    again.offer(again_clock.now_ms + 3000)
    assert again_clock.now_ms == T + 1000
    again_clock.advance(DAY_S - 3600)
    again.offer(again_clock.now_ms + 3000)
    assert again_clock.now_ms == T + 1000 * (DAY_S - 3600) + 4000


def test_a_day_that_cannot_be_is_not_resumed():
    for spent_ms, age_s in ((5001, 0), (0xFFFF, 5), (100, DAY_S)):
        _, keeper = kept()
        keeper.resume(spent_ms, age_s)
        assert keeper.spent() == (0, 0)


def test_synced_holds_for_a_day_after_the_last_time_that_was_taken():
    clock, keeper = kept()
    keeper.offer(T)
    clock.advance(DAY_S)
    assert keeper.quality == status.TIME_SYNCED
    clock.advance(1)
    assert keeper.quality == status.TIME_RTC
    assert not keeper.offer(clock.now_ms + 6000)
    assert keeper.quality == status.TIME_RTC
    assert keeper.offer(clock.now_ms)
    assert keeper.quality == status.TIME_SYNCED


def test_a_sealed_command_steps_by_any_amount_and_is_said():
    for step_ms in (-1000 * DAY_S * 400, 3600000, 50):
        clock, keeper = kept()
        assert keeper.command(T + step_ms)
        assert (clock.now_ms, keeper.quality, keeper.stepped) == (T + step_ms, status.TIME_SYNCED, True)
        assert keeper.said == [(event.CLOCK_STEPPED, 2, step_ms, s2020(T), s2020(T + step_ms))]
        assert keeper.to_set
    for no_time in (0, -5, 1000 * 0x100000000):
        assert not keeper.command(no_time)


def test_the_time_of_the_battery_backed_clock_is_not_a_sync():
    _, keeper = kept(status.TIME_NEVER_SET)
    keeper.from_rtc(T)
    assert (keeper.utc_ms(), keeper.quality) == (T, status.TIME_RTC)
    assert keeper.said == [(event.CLOCK_STEPPED, 3, record.MISSING_I32, record.MISSING_I32, s2020(T))]
    assert not keeper.to_set
    assert not keeper.offer(T + DAY_S * 1000)
    assert keeper.utc_ms() == T


def test_a_sum_of_small_moves_makes_the_battery_backed_clock_follow():
    clock, keeper = kept()
    clock.tolerance_ms = 0
    keeper.offer(clock.now_ms + 60)
    keeper.offer(clock.now_ms - 50)
    assert not keeper.to_compare
    keeper.offer(clock.now_ms + 90)
    assert keeper.to_compare


def test_words_that_are_no_time_are_refused():
    clock, keeper = kept(status.TIME_NEVER_SET)
    for words in ((0, 0, 0, 0), (22000, 1, 1000, 0), (22000, 1, 0, 1)):
        assert not keeper.take_words(words)
    assert keeper.quality == status.TIME_NEVER_SET
    assert keeper.take_words((0xFFFF, 0xFFFF, 999, 0))
    assert clock.now_ms == 0xFFFFFFFF * 1000 + 999


trial.run(globals())
