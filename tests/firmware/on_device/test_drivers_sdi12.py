import asyncio

import trial

from firmware.drivers import driver, sdi12_protocol
from firmware.drivers.sdi12 import Recorder, Sdi12Sensor
from seepline.wire import status
from seepline.wire.record import ScalarChannel, missing_scalar
from simulator.chips import sdi12_sensor
from simulator.chips.desk_time import DeskTime
from simulator.chips.serial_line import SerialLine

# Printed in SDI-12 v1.3, section 4.4.12.3
PUBLISHED = (
    (b"0+3.14", b"OqZ"),
    (b"0+3.14+2.718+1.414", b"Ipz"),
    (b"0+1.11+2.22+3.33+4.44+5.55+6.66", b"I]q"),
    (b"0+7.77+8.88+9.99", b"IvW"),
    (b"0+3.14+2.718", b"IWO"),
    (b"0+2.718", b"Gbc"),
    (b"0+1.414", b"GtW"),
    (b"1+1.23+2.34+345+4.4678", b"KoO"),
    (b"0+1.234-4.56+12354-0.00045+2.223+145.5+7.7003+4328.8+9+10+11.433+12", b"Ba]"),
)
FIELDS = ("pressure", "temperature", None)


class Desk:
    def __init__(self, values=("+101.325", "-4.5", "+3"), address="0"):
        self.time = DeskTime()
        self.line = SerialLine(self.time, sdi12_sensor.CHARACTER_US)
        self.recorder = Recorder(self.line, self.time.pause)
        self.probe = self.add(address, values)

    def add(self, address, values):
        probe = sdi12_sensor.Sdi12Sensor(self.time, address, list(values))
        self.line.attach(probe)
        return probe

    def sensor(self, body="CC", address="0", fields=FIELDS):
        return Sdi12Sensor(self.recorder, self.time.pause, address, fields, body)

    def breaks(self):
        return len([data for _, data in self.line.sent if not data])

    def commands(self):
        return [data for _, data in self.line.sent if data]


GOOD = [ScalarChannel(0, 1013250), ScalarChannel(0, -4500)]


def measured(one):
    return asyncio.run(one.measure())


def test_the_nine_published_crc_strings():
    for data, crc in PUBLISHED:
        assert sdi12_protocol.crc_text(data) == crc, data
        assert sdi12_protocol.content(data + crc + b"\r\n", data[:1].decode(), True) == data[1:].decode()


def test_one_changed_bit_in_a_published_string_is_a_wrong_crc():
    for data, crc in PUBLISHED:
        for number in range(len(data)):
            wrong = bytearray(data + crc + b"\r\n")
            wrong[number] ^= 1
            trial.raises(driver.NoReadingError, sdi12_protocol.content, bytes(wrong), "0", True)


def test_all_four_commands_give_the_same_values():
    for body in ("M", "MC", "C", "CC"):
        desk = Desk()
        desk.probe.seconds = 2
        one = desk.sensor(body)
        assert measured(one) == GOOD, body
        assert one.CHANNELS == ("pressure", "temperature")
        assert desk.commands() == [("0%s!" % body).encode(), b"0D0!"]


def test_values_that_are_ready_at_once_are_asked_for_without_a_new_break():
    desk = Desk()
    assert measured(desk.sensor("MC")) == GOOD
    assert desk.breaks() == 1


def test_a_service_request_ends_the_wait_early():
    desk = Desk()
    desk.probe.seconds, desk.probe.ready_early_s = 100, 90
    assert measured(desk.sensor("M")) == GOOD
    assert 10000 <= desk.time.ms() < 12000


def test_noise_on_the_line_is_no_service_request():
    desk = Desk()
    desk.probe.seconds = 10

    async def noisy(address, seconds, wait=desk.recorder.service_request):
        desk.line.answer(b"\x00", 2000000)
        return await wait(address, seconds)

    desk.recorder.service_request = noisy
    assert measured(desk.sensor("M")) == GOOD
    assert desk.time.ms() >= 10000


def test_without_a_service_request_the_values_are_asked_for_when_the_time_is_over():
    desk = Desk()
    desk.probe.seconds, desk.probe.no_request = 3, True
    assert measured(desk.sensor("M")) == GOOD
    assert desk.breaks() == 2
    assert 3000 <= desk.time.ms() <= 4000


def test_nobody_is_spoken_to_between_a_measurement_and_its_values():
    desk = Desk()
    other = desk.add("1", ("+99", "+1", "+2"))
    desk.probe.seconds = other.seconds = 2

    async def both():
        return await asyncio.gather(desk.sensor("M").measure(), desk.sensor(address="1").measure())

    first, second = asyncio.run(both())
    assert (first, second) == (GOOD, [ScalarChannel(0, 990000), ScalarChannel(0, 1000)])
    assert desk.commands()[:2] == [b"0M!", b"0D0!"]


def test_the_line_belongs_to_one_command_at_a_time():
    desk = Desk()
    desk.add("1", ("+99", "+1", "+2"))

    async def both():
        one, other = desk.sensor(), desk.sensor(address="1")
        asked = (desk.recorder.identify("0"), desk.recorder.identify("1"), one.measure(), other.measure())
        return await asyncio.gather(*asked)

    assert asyncio.run(both())[2:] == [GOOD, [ScalarChannel(0, 990000), ScalarChannel(0, 1000)]]


def test_after_87_ms_of_marking_a_new_break_comes_first():
    desk = Desk()
    desk.probe.seconds = 1
    assert measured(desk.sensor("C")) == GOOD
    assert desk.breaks() == 2


def test_another_sensor_needs_a_break_however_short_the_pause():
    desk = Desk()
    desk.add("1", ("+99", "+1", "+2"))
    assert measured(desk.sensor()) == GOOD
    assert measured(desk.sensor(address="1")) == [ScalarChannel(0, 990000), ScalarChannel(0, 1000)]
    assert desk.breaks() == 2


def test_two_concurrent_measurements_share_the_line():
    desk = Desk()
    other = desk.add("1", ("+99", "+1", "+2"))
    desk.probe.seconds = other.seconds = 2

    async def both():
        return await asyncio.gather(desk.sensor().measure(), desk.sensor(address="1").measure())

    first, second = asyncio.run(both())
    assert first == GOOD
    assert second == [ScalarChannel(0, 990000), ScalarChannel(0, 1000)]


def test_more_values_than_one_answer_holds_are_collected_by_d0_d1_and_so_on():
    desk = Desk(["+%d" % number for number in range(9)])
    desk.probe.values_per_answer = 4
    found = measured(desk.sensor("MC", fields=("pulses",) * 9))
    assert [one.value for one in found] == list(range(9))
    assert desk.commands()[1:] == [b"0D0!", b"0D1!", b"0D2!"]


def test_the_sensor_of_another_address_is_silent():
    one = Desk(address="7").sensor()
    assert measured(one) == [missing_scalar(status.MISSING)] * 2
    assert one.fault == driver.NO_ANSWER


def test_a_command_that_is_not_answered_is_tried_again_three_times_a_break():
    desk = Desk()
    desk.probe.deaf = 2
    assert measured(desk.sensor()) == GOOD
    assert (desk.breaks(), desk.commands().count(b"0CC!")) == (1, 3)
    desk = Desk()
    desk.probe.deaf = 5
    assert measured(desk.sensor()) == GOOD
    assert (desk.breaks(), desk.commands().count(b"0CC!")) == (2, 6)


def test_a_dead_sensor_is_given_up_after_nine_tries_in_bounded_time():
    desk = Desk()
    desk.probe.dead = True
    one = desk.sensor()
    assert measured(one) == [missing_scalar(status.MISSING)] * 2
    assert one.fault == driver.NO_ANSWER
    assert (desk.breaks(), len(desk.commands())) == (3, 9)
    assert desk.time.ms() < 1000


def test_a_damaged_answer_is_asked_for_again():
    for fault in ("wrong_crcs", "noise"):
        desk = Desk()
        setattr(desk.probe, fault, 2)
        assert measured(desk.sensor()) == GOOD, fault


def fails(fault, code, body="CC", value=1000):
    desk = Desk()
    setattr(desk.probe, fault, value)
    one = desk.sensor(body)
    bits = status.INSTRUMENT_FAULT if code == driver.REFUSED else status.MISSING
    assert measured(one) == [missing_scalar(bits)] * 2, fault
    assert one.fault == code, (fault, one.fault)


def test_each_failure_of_a_sensor_has_its_own_fault():
    fails("wrong_crcs", driver.BAD_CRC)
    fails("noise", driver.MALFORMED)
    fails("cut", driver.MALFORMED, value=True)
    fails("answers_as", driver.FOREIGN, value="5")
    fails("gives_up", driver.REFUSED, "M", value=True)
    fails("gives_up", driver.REFUSED, "CC", value=True)


def test_an_answer_later_than_the_specification_allows_is_no_answer():
    desk = Desk()
    desk.probe.late_ms = 5000
    one = desk.sensor()
    assert measured(one) == [missing_scalar(status.MISSING)] * 2
    assert one.fault == driver.NO_ANSWER


def test_a_sensor_with_another_number_of_values_is_not_matched_to_the_fields():
    desk = Desk(["+1", "+2"])
    one = desk.sensor()
    assert measured(one) == [missing_scalar(status.MISSING)] * 2
    assert (one.fault, one.detail) == (driver.MALFORMED, 2)


def test_a_sensor_that_announces_no_values_refuses():
    desk = Desk([])
    one = desk.sensor()
    measured(one)
    assert one.fault == driver.REFUSED


def test_a_makers_sentinel_takes_only_its_own_channel_away():
    for sentinel in ("-9999999", "-555555", "-9999", "-9999.0", "-9999.00"):
        desk = Desk(["+101.325", sentinel, "+3"])
        one = desk.sensor()
        assert measured(one) == [GOOD[0], missing_scalar(status.INSTRUMENT_FAULT)], sentinel
        assert one.fault == driver.SENTINEL


def test_numbers_are_scaled_exactly_and_nonsense_is_refused():
    scaled, values = sdi12_protocol.scaled, sdi12_protocol.values
    assert [scaled(n, 1000) for n in ("+3.14", "-0.0004", "-0.0005", "+.5", "+5.", "+0")] == [
        3140,
        0,
        -1,
        500,
        5000,
        0,
    ]
    assert values("+1.23-45+0.6") == ["+1.23", "-45", "+0.6"]
    for text in ("1+2", "+", "+1..2", "+1.2.3", "+12345678.9", "+1a", "+-1", " +1"):
        trial.raises(driver.NoReadingError, values, text)


def test_two_sensors_of_one_address_are_no_reading():
    desk = Desk()
    desk.add("0", ("+99", "+1", "+2"))
    one = desk.sensor()
    assert measured(one) == [missing_scalar(status.MISSING)] * 2


def test_a_break_that_is_too_short_wakes_nobody():
    desk = Desk()

    async def ask(break_ms, mark_ms):
        await desk.line.wake(break_ms, mark_ms)
        await desk.line.send(b"0!")
        return await desk.line.read(24, 11)

    assert asyncio.run(ask(11, 9)) == b""
    assert asyncio.run(ask(13, 8)) == b""
    assert asyncio.run(ask(sdi12_protocol.BREAK_MS, sdi12_protocol.MARK_MS)) == b"0\r\n"


def test_addresses_are_found_changed_and_checked():
    desk = Desk(address="4")
    assert asyncio.run(desk.recorder.find()) == "4"
    assert asyncio.run(desk.recorder.identify("4")).startswith("13SEEPLINE")
    asyncio.run(desk.recorder.change_address("4", "b"))
    assert desk.probe.address == "b"
    assert asyncio.run(desk.recorder.find()) == "b"
    assert "0-9" in trial.raises(ValueError, sdi12_protocol.command, "+", "M")
    assert "channel kinds" in trial.raises(ValueError, desk.sensor, "X")
    assert "channel kinds" in trial.raises(ValueError, desk.sensor, "C", "0", ("colour",))


trial.run(globals())
