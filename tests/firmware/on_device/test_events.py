import desk
import trial

from firmware import events as diary
from firmware.events import Events
from seepline.wire import event, record, status

T = 1450425600000


def logger(blocks=6):
    made = desk.Logger(desk.Flash(blocks))
    made.events = Events(made.ring, made.image, made.keeper)
    made.events.flush()
    made.keeper.say = made.events.say
    return made


def said(made, code=None):
    """Return (record, event) of every event held, once quiet time has come."""
    made.events.flush()
    return list(one_by_one(made, code))


def one_by_one(made, code=None):
    for sequence in range(made.ring.oldest, made.ring.newest + 1):
        entry = record.decode(made.ring.read(sequence))
        if entry.block == event.EVENT_BLOCK:
            what = event.decode_event(entry.payload, entry.channels)
            if code in (None, what.code):
                yield entry, what


def test_an_event_is_a_record_with_identity_time_quality_and_uptime():
    made = logger()
    made.clock.advance(75)
    made.events.say(event.CONFIGURED, 3, (77, -5))
    ((entry, what),) = said(made)
    assert what == event.Event(event.CONFIGURED, 3, (77, -5))
    assert (entry.block, entry.payload_type, entry.channels) == (255, record.PAYLOAD_EVENT, 2)
    assert (entry.logger_id, entry.ring, entry.boot, entry.sequence) == (116002, 0xBEEF, 7, 1)
    assert (entry.utc_s, entry.status, entry.uptime_s) == (T // 1000 + 75, status.TIME_RTC, 75)


def test_events_and_readings_share_the_sequence_and_live_blocks_ignore_events():
    made = logger()
    made.store(1)
    made.events.say(event.KEY_SET, 1, (9,))
    assert made.ring.newest == 3
    assert record.decode(made.image.live(0)[:120]).sequence == 1
    assert made.image.registers(1000 + 64 * 255, 62) is None


def test_a_restart_finds_the_newest_readings_behind_many_events():
    made = logger()
    made.store(1)
    for number in range(60):
        made.clock.advance(3600)
        made.events.say(event.CONFIGURED, number)
    made.clock.now_ms = T + 60000
    again = desk.Logger(made.flash, made.clock)
    assert record.decode(again.image.live(0)[:120]).sequence == 1
    assert record.decode(again.image.live(1)[:120]).sequence == 2


def test_before_the_ring_is_there_events_wait_with_their_own_time():
    made = logger()
    early = Events(None, None, made.keeper)
    made.clock.advance(2)
    early.say(event.BOOT, 1)
    early.flush()
    made.clock.advance(7)
    made.events = early
    early.open(made.ring, made.image)
    ((entry, what),) = said(made)
    assert (what.code, entry.utc_s, entry.uptime_s) == (event.BOOT, T // 1000 + 2, 2)


def test_an_event_before_the_clock_was_set_has_no_utc_even_when_it_is_written_later():
    made = desk.Logger(desk.Flash(4), desk.Clock(5000, status.TIME_NEVER_SET))
    early = Events(None, None, made.keeper)
    made.keeper.say = early.say
    made.clock.advance(11)
    early.say(event.BOOT, 1)
    made.keeper.offer(T)
    made.events = early
    early.open(made.ring, made.image)
    (boot, _), (step, what) = said(made)
    assert (boot.utc_s, boot.status, boot.uptime_s) == (0, status.TIME_NEVER_SET, 11)
    assert (step.utc_s, step.status, what.detail) == (T // 1000, status.TIME_SYNCED, 1)


def test_an_event_that_would_wait_for_an_erasure_is_written_in_quiet_time():
    made = logger()
    made.events.say(event.KEY_SET, 1)  # the ring is new: no block is open yet
    assert made.ring.newest == 0
    made.clock.advance(5)
    assert [entry.uptime_s for entry, _ in said(made)] == [0]
    made.events.say(event.KEY_SET, 0)
    assert made.ring.newest == 2


def test_the_same_event_is_written_once_a_minute():
    made = logger()
    for _ in range(120):
        made.events.say(event.CONFIGURED, 1)
        made.clock.advance(1)
    assert [entry.uptime_s for entry, _ in said(made, event.CONFIGURED)] == [0, 60]


def test_the_same_fault_of_two_instruments_is_two_events():
    made = logger()
    for slot in (0, 1, 0):
        made.events.say(event.INSTRUMENT, 4, (1, slot, 0, 1))
    assert [what.values[1] for _, what in said(made)] == [0, 1]


def test_a_flood_costs_24_records_a_day_and_is_counted():
    made = logger()
    for second in range(3 * 86400 // 10):
        made.events.say(event.CLOCK_REFUSED, second, (second,))
        made.events.flush()
        made.clock.advance(10)
    seen = diary.BURST + 3 * 24
    written = made.ring.newest
    assert written <= 2 * seen, written
    last = [what for _, what in one_by_one(made, event.HELD_BACK)]
    assert last
    assert all([what.detail == event.CLOCK_REFUSED for what in last])
    assert all([300 <= what.values[0] <= 360 for what in last]), [what.values for what in last]


def test_aftershocks_in_one_minute_are_events_of_their_own_up_to_96():
    made = logger(6)
    for second in range(100):
        made.events.say(event.STRONG_MOTION, 0, (200000000 + second, 500, 1000))
        made.events.flush()
        made.clock.advance(1)
    assert len(said(made, event.STRONG_MOTION)) == 96


def test_a_flood_of_one_kind_leaves_the_others_alone():
    made = logger()
    for number in range(500):
        made.events.say(event.COMMAND_REFUSED, number % 100, (number,))
    made.events.say(event.STRONG_MOTION, 0, tuple(range(15)))
    assert len(said(made, event.STRONG_MOTION)) == 1


def test_many_different_events_at_once_do_not_fill_the_heap():
    made = logger()
    for number in range(3000):
        made.events.say(event.INSTRUMENT, number, (number % 16, number % 14))
    assert len(said(made)) <= diary.BURST
    assert len(made.events._guard._recent) <= 64


def test_a_worn_flash_never_raises_into_the_caller():
    made = logger(3)
    made.flash.stuck = range(0, 3 * 4096, 7)
    made.events.say(event.KEY_SET, 1)
    made.events.flush()
    assert made.events.lost == 1
    made.flash.stuck = ()
    made.events.say(event.KEY_SET, 0)
    made.events.flush()
    assert [what.detail for _, what in said(made)] == [0]


def test_what_waits_without_a_ring_is_bounded():
    made = logger()
    waiting = Events(None, None, made.keeper)
    for number in range(40):
        waiting.say(event.CONFIGURED, number)
    waiting.say(event.BOOT, 1)
    waiting.open(made.ring, made.image)
    assert len(said(made, event.CONFIGURED)) == diary.MOST_OF_ONE
    assert len(said(made, event.BOOT)) == 1
    assert waiting.lost == diary.BURST - diary.MOST_OF_ONE


def test_power_cut_in_any_flash_operation_of_an_event_loses_no_reading():
    for cut in range(6):
        for tear in range(5):
            made = logger(4)
            made.store(1)
            made.ring._slot = 33
            made.flash.cut_at, made.flash.tear = cut, tear
            try:
                for detail in range(3):
                    made.events.say(event.KEY_SET, detail)
                    made.events.flush()
            except desk.PowerCutError:
                pass
            made.flash.cut_at = -1
            again = desk.Logger(made.flash)
            assert again.ring.read(1)
            assert again.ring.read(2)
            for sequence in range(1, again.ring.newest + 1):
                record.decode(again.ring.read(sequence))


trial.run(globals())
