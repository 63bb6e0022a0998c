"""A Keller probe on the simulated bus, through the bus's own master: right values, or a status, or silence."""

import asyncio
from pathlib import Path

import pytest

from gateway.bus.exchange import Pace
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.instruments.lines import scan_time_ms
from gateway.instruments.poller import DEAD_AFTER, Instruments, Watched
from gateway.instruments.profile_file import read_profile
from gateway.instruments.station import instrument_of
from seepline.site_wiring import Channel, Station
from seepline.wire import status as bits
from simulator.faults import LineFaults
from tests.gateway.instruments.conftest import BAUD, SCAN_S, TURN_ROUND_S


class SetClock:
    """A site clock that stands where a test puts it."""

    rate = 1.0

    def __init__(self, now_ms: int) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms


SCAN_MS = 1000 * SCAN_S
CLOCK_MS = 2_000_000 * SCAN_MS


@pytest.fixture
def clock() -> SetClock:
    return SetClock(CLOCK_MS)


@pytest.fixture
def polled(master: Master, instrument, lines, clock) -> Instruments:
    return Instruments("dam", master, [instrument], lines, clock, lambda: None, least_turn_round_s=TURN_ROUND_S)


def fields(lines, which: int = -1) -> dict[str, str]:
    head, body, _ = lines.arrivals[which].line.split(" ")
    assert head == "raw,site=dam,logger=k1"
    return dict(part.split("=") for part in body.split(","))


async def test_values_and_their_absence(polled, lines, keller, clock):
    await polled.poll_due()
    found = fields(lines)
    assert float(found["pressure"]) == pytest.approx(96.0701, abs=1e-4)
    assert float(found["water"]) == pytest.approx(22.719, abs=1e-3)
    assert found["inactive_status"] == f"{bits.INSTRUMENT_FAULT}i"
    assert set(found) == {"pressure", "water", "inactive_status"}
    arrival = lines.arrivals[0]
    assert (arrival.logger, arrival.received_ms, arrival.live) == ("k1", CLOCK_MS, True)
    assert arrival.line.endswith(f" {CLOCK_MS}")


async def test_it_is_asked_once_a_scan(polled, lines, keller, clock):
    for at_ms in (CLOCK_MS + 3000, CLOCK_MS + 400_000, CLOCK_MS + SCAN_MS - 1):
        clock.ms = at_ms
        await polled.poll_due()
        assert not polled.is_due()
        assert 0 < polled.idle_s() <= SCAN_S
    assert len(lines.arrivals) == 1
    clock.ms = CLOCK_MS + SCAN_MS
    assert polled.is_due()
    await polled.poll_due()
    assert [arrival.line.split()[-1] for arrival in lines.arrivals] == [str(CLOCK_MS), str(CLOCK_MS + SCAN_MS)]


async def test_the_first_reading_after_a_start_between_scans_has_its_own_time(polled, lines, keller, clock):
    clock.ms = CLOCK_MS + 400_000
    await polled.poll_due()
    assert lines.arrivals[0].line.endswith(f" {CLOCK_MS + 400_000}")


async def test_who_says_nothing_is_silent_and_left_alone_longer_and_longer(polled, lines, keller, clock):
    keller.instrument.dead = True
    watched = polled.watched[0]
    pauses = []
    for _ in range(DEAD_AFTER):
        await polled.poll_due()
        pauses.append(watched.retry_at_s - asyncio.get_running_loop().time())
        watched.retry_at_s = 0.0
    assert lines.arrivals == []
    assert pauses[0] < min(pauses[1:])  # then by what its tries cost of the bus
    assert [note[0] for note in lines.notes] == ["dead_station"]
    keller.instrument.dead = False
    await polled.poll_due()
    assert [note[0] for note in lines.notes] == ["dead_station", "station_back"]
    assert len(lines.arrivals) == 1
    assert watched.failures == 0


async def test_a_field_that_is_refused_is_missing_and_the_others_are_there(polled, lines, keller):
    def without_p2(instrument):
        keller_fill(instrument)
        for register in (4, 5):
            instrument.registers.pop(register, None)

    keller_fill, keller._fill = keller._fill, without_p2
    await polled.poll_due()
    found = fields(lines)
    assert found["inactive_status"] == f"{bits.MISSING}i"
    assert "pressure" in found
    assert "exception 2" in polled.watched[0].last_error


@pytest.mark.parametrize("fault", ["wrong_crcs", "deaf"])
async def test_a_damaged_or_lost_answer_is_asked_for_once_more(polled, lines, keller, master, fault):
    setattr(keller.instrument, fault, 1)
    await polled.poll_due()
    assert float(fields(lines)["pressure"]) == pytest.approx(96.0701, abs=1e-4)
    assert master.counters["retries"] == 1


@pytest.mark.parametrize(("fault", "value"), [("answers_as", 6), ("short", 1)])
async def test_an_answer_of_another_device_or_length_is_no_reading(polled, lines, keller, fault, value):
    setattr(keller.instrument, fault, value)
    await polled.poll_due()
    assert lines.arrivals == []
    assert polled.watched[0].failures == 1


async def test_a_late_answer_is_never_the_value_of_the_next_field(polled, lines, keller, pace):
    keller.instrument.late_ms = int(1000 * pace.turn_round_s) + 200  # the answer about p1, while tob1 is asked
    await polled.poll_due()
    found = fields(lines)
    assert float(found["pressure"]) == pytest.approx(96.0701, abs=1e-4)
    assert float(found["water"]) == pytest.approx(22.719, abs=1e-3)


async def test_after_silence_nothing_more_is_asked_in_this_scan(polled, lines, keller, master):
    asked = []

    def fill_and_fall_silent(instrument):
        keller_fill(instrument)
        asked.append(1)
        instrument.deaf = 9 if len(asked) > 1 else 0

    keller_fill, keller._fill = keller._fill, fill_and_fall_silent
    await polled.poll_due()
    found = fields(lines)
    assert "pressure" in found
    assert found["inactive_status"] == found["water_status"] == f"{bits.MISSING}i"
    assert len(asked) == 3  # the first, the second and its one repeat


async def test_an_answer_that_came_twice_is_not_the_value_of_the_next_field(polled, lines, keller, master):
    """The line repeats each answer right behind it, so that it may be heard after the next request."""
    said = []

    def answer_twice(data, after_us):
        answer(b"".join(said[-1:]) or data, after_us) if len(said) == 1 else answer(data, after_us)
        said.append(data)

    answer, keller.answer = keller.answer, answer_twice  # the second request gets the first answer again
    await polled.poll_due()
    found = fields(lines)
    assert master.counters["same_answer"] == 1
    assert found["inactive_status"] == f"{bits.INSTRUMENT_FAULT}i"
    assert float(found["water"]) == pytest.approx(22.719, abs=1e-3)


async def test_two_fields_that_really_are_equal_are_both_there(polled, lines, keller):
    def both_inactive(instrument):
        keller_fill(instrument)
        for register in (2, 3):
            instrument.registers[register] = instrument.registers[register + 2]

    keller_fill, keller._fill = keller._fill, both_inactive
    await polled.poll_due()
    found = fields(lines)
    assert found["pressure_status"] == found["inactive_status"] == f"{bits.INSTRUMENT_FAULT}i"
    assert "water" in found


async def test_a_clock_that_is_set_back_does_not_stop_the_polls(polled, lines, keller, clock):
    await polled.poll_due()
    clock.ms -= 10 * SCAN_MS
    assert polled.is_due()
    await polled.poll_due()
    assert not polled.is_due()
    assert len(lines.arrivals) == 2


async def test_on_a_bad_line_a_value_is_right_or_missing(bus, instrument, lines, clock, keller):
    bus.set_faults(
        LineFaults(
            seed=4, flip_rate=0.004, drop_rate=0.004, late_ms=200, late_share=0.15, duplicate_share=0.3,
            stray_bytes=2, silent_share=0.1,
        )
    )  # fmt: skip
    line = Line(str(bus.tty), BAUD, "none")
    line.open()
    master = Master(line, Pace(BAUD, 10, 0.15))
    polled = Instruments("dam", master, [instrument], lines, clock, lambda: None, least_turn_round_s=0.15)
    for _ in range(14):
        polled.watched[0].retry_at_s = 0.0
        await polled.poll_due()
        clock.ms += SCAN_MS
    line.close()
    right = {"pressure": 96.0701, "water": 22.719}
    for which in range(len(lines.arrivals)):
        found = fields(lines, which)
        assert "inactive" not in found
        for name in right.keys() & found.keys():
            assert float(found[name]) == pytest.approx(right[name], abs=1e-3)
    assert len(lines.arrivals) > 3
    assert master.counters["retries"] > 3


async def test_nothing_is_stamped_before_the_time_is_known(master, instrument, lines, clock, keller):
    known = False
    polled = Instruments("dam", master, [instrument], lines, clock, lambda: None, lambda: known)
    await polled.poll_due()
    assert lines.arrivals == []
    known = True
    await polled.poll_due()
    assert len(lines.arrivals) == 1


async def test_a_trigger_is_written_first_and_one_that_is_refused_leaves_nothing_to_read(
    site, bus, pace, master, lines, clock, keller
):
    settings = {"trigger_register": 0x200, "error_register": 0x201, "wait_ms": 10}
    geokon = read_profile("geokon-6150f", Path(), settings)
    station = Station(id="k1", profile="geokon-6150f", address=5, scan_s=SCAN_S, silence_s=3600, bus="bus1")
    channel = Channel(id="tilt", logger="k1", field="tilt_a", unit="deg")
    there = type(site)(info=site.info, stations=(station,), channels=(channel,))
    one = instrument_of(there, station, geokon, pace)
    polled = Instruments("dam", master, [one], lines, clock, lambda: None, least_turn_round_s=TURN_ROUND_S)
    chip = keller.instrument
    keller._fill = lambda instrument: None
    chip.trigger, chip.on_trigger = 0x200, {0x100: 0x0000, 0x101: 0x3FA0, 0x201: 0}
    await polled.poll_due()
    assert fields(lines) == {"tilt": "1.25"}
    chip.on_trigger = {0x201: 7}
    clock.ms += SCAN_MS
    await polled.poll_due()
    assert fields(lines) == {"tilt_status": f"{bits.INSTRUMENT_FAULT}i"}
    chip.refuses = 4
    clock.ms += SCAN_MS
    await polled.poll_due()
    assert fields(lines) == {"tilt_status": f"{bits.MISSING}i"}


def test_time_of_a_scan():
    assert scan_time_ms(10_000 * SCAN_MS + 9000, SCAN_S) == 10_000 * SCAN_MS
    assert scan_time_ms(10_000 * SCAN_MS + 11_000, SCAN_S) == 10_000 * SCAN_MS + 11_000
    assert scan_time_ms(10_000 * SCAN_MS + 80_000, SCAN_S, rate=900.0) == 10_000 * SCAN_MS


def test_a_failed_one_is_not_due_before_its_pause(instrument):
    watched = Watched(instrument, retry_at_s=10.0)
    assert not watched.is_due(CLOCK_MS, 9.0)
    assert watched.idle_s(CLOCK_MS, 9.0, 1.0) == 1.0
    assert watched.is_due(CLOCK_MS, 10.0)
