import desk
import trial

from firmware.fast_scan import ABOVE, BELOW, BY_GATEWAY, ENDED, RATE, SHAKE, FastScan
from firmware.timekeeping import Keeper
from firmware.trigger import watches
from seepline.wire import event, record, status

T = 1450425600000
PLACE = (1, 2)


class Diary:
    def __init__(self):
        self.said = []

    def say(self, code, detail=0, values=()):
        assert code == event.FAST_SCAN
        self.said.append((detail,) + tuple(values))

    def take(self):
        said, self.said = self.said, []
        return said


def made(triggers=()):
    clock, diary = desk.Clock(T), Diary()
    return clock, diary, FastScan(Keeper(clock), diary.say), watches(triggers)


def scalar(value, bits=0):
    return record.ScalarChannel(bits, value)


def test_the_line_has_an_hour_a_day():
    clock, diary, fast, _ = made()
    assert not fast.ask((61,))
    assert fast.ask((40,))
    assert not fast.ask((21,))
    assert fast.ask((20,))
    assert not fast.ask((1,))
    assert fast.on()
    assert fast.ask((0,))
    assert not fast.on()
    clock.advance(86400)
    assert fast.ask((60,))
    assert diary.take() == [
        (BY_GATEWAY, 255, 0, record.MISSING_I32, 40),
        (BY_GATEWAY, 255, 0, record.MISSING_I32, 20),
        (ENDED, 255, 0),
        (BY_GATEWAY, 255, 0, record.MISSING_I32, 60),
    ]


def test_it_ends_by_itself_and_says_so_once():
    clock, diary, fast, _ = made()
    fast.ask((2,))
    clock.advance(119)
    assert fast.on()
    clock.advance(1)
    assert not fast.on()
    assert not fast.on()
    assert [said[0] for said in diary.take()] == [BY_GATEWAY, ENDED]


def test_each_repeat_costs_a_minute_of_the_hour_and_three_are_the_most():
    _, _, fast, _ = made()
    for scans in (0, 4, 65535):
        assert not fast.repeat((scans,))
    assert fast.repeat((2,))
    assert not fast.repeat((2,))
    assert fast.repeat((1,))
    assert fast.repeats == 3
    fast.repeats = 0
    assert not fast.ask((58,))
    assert fast.ask((56,))
    assert not fast.repeat((2,))
    assert fast.repeat((1,))


def test_the_line_can_neither_use_up_nor_end_what_an_event_began():
    clock, diary, fast, _ = made()
    assert fast.ask((60,))
    assert fast.ask((0,))
    fast.shake(10)
    assert fast.ask((0,))
    assert fast.on()
    assert diary.take()[-1] == (SHAKE, 255, 0, record.MISSING_I32, 10)
    clock.advance(600)
    assert not fast.on()


def test_an_event_has_an_hour_a_day_and_all_together_have_two():
    clock, diary, fast, (first, second, third) = made([((0, slot), "above", 100, 45) for slot in range(3)])
    granted = []
    for watch in (first, first, second, second, third):
        watch.look(scalar(101), 0, fast)
        watch.look(scalar(99), 0, fast)
        granted.append(diary.take()[0][-1])
        clock.advance(2700)
        fast.on()
        diary.take()
    assert granted == [45, 15, 45, 15, 0]
    clock.advance(86400)
    third.look(scalar(101), 0, fast)
    assert diary.take()[0][-1] == 45


def test_minutes_that_run_already_are_not_spent_twice():
    clock, diary, fast, (watch,) = made([(PLACE, "above", 100, 30)])
    for _ in range(10):
        watch.look(scalar(101), 0, fast)
        watch.look(scalar(99), 0, fast)
        clock.advance(60)
    assert [said[-1] for said in diary.take()] == [30] * 10
    clock.advance(29 * 60)
    assert not fast.on()
    clock.advance(60)
    watch.look(scalar(101), 0, fast)
    assert diary.take()[-1] == (ABOVE, 1, 2, 101, 21)


def test_a_limit_fires_once_until_the_value_was_back():
    for direction, reason, beyond, within in (("above", ABOVE, 1001, 1000), ("below", BELOW, -1001, -1000)):
        _, diary, fast, (watch,) = made([(PLACE, direction, within, 10)])
        for value in (within, beyond, beyond + (beyond - within), within, beyond):
            watch.look(scalar(value), 0, fast)
        assert diary.take() == [(reason, 1, 2, beyond, 10)] * 2, direction


def test_a_rate_is_that_between_two_readings_in_either_direction():
    _, diary, fast, (watch,) = made([(PLACE, "rate_per_min", 60, 10)])
    for value, at_s in ((0, 0), (900, 900), (1801, 1800), (1802, 2700), (901, 3600), (0, 4500)):
        watch.look(scalar(value), 1000 * at_s, fast)
    assert diary.take() == [(RATE, 1, 2, 1801, 10), (RATE, 1, 2, 901, 10)]


def test_a_rate_between_repeats_is_none():
    _, diary, fast, (watch,) = made([(PLACE, "rate_per_min", 60, 10)])
    for value, at_s in ((0, 0), (50, 1), (100, 4), (5, 10)):
        watch.look(scalar(value), 1000 * at_s, fast)
    assert diary.take() == []
    watch.look(scalar(16), 20000, fast)
    assert [said[0] for said in diary.take()] == [RATE]


def test_a_reading_that_is_none_fires_nothing_and_rearms_nothing():
    _, diary, fast, (watch,) = made([(PLACE, "below", 100, 10)])
    missing = record.missing_scalar(status.MISSING)
    for channel in (missing, record.missing_scalar(status.NOT_DUE), scalar(50, status.LOOP_FAULT)):
        watch.look(channel, 0, fast)
    assert diary.take() == []
    watch.look(scalar(50), 0, fast)
    watch.look(missing, 0, fast)
    watch.look(scalar(50, status.CLIPPED), 0, fast)
    assert diary.take() == [(BELOW, 1, 2, 50, 10)]


def test_of_a_wire_it_is_the_frequency():
    _, diary, fast, (watch,) = made([((0, 0), "below", 2900000, 10)])
    watch.look(record.VwChannel(0, 2899999, 5781000, 900, 200, 8000, 500, 3, 65535), 0, fast)
    assert diary.take() == [(BELOW, 0, 0, 2899999, 10)]


trial.run(globals())
