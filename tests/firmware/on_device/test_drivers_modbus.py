import asyncio
import struct

import trial

from firmware.drivers import driver, modbus_probe
from firmware.drivers.modbus_master import Master, register_bytes
from firmware.drivers.modbus_probe import ModbusProbe
from seepline.wire import rtu, status
from seepline.wire.record import ScalarChannel, missing_scalar
from simulator.chips.desk_time import DeskTime
from simulator.chips.modbus_instrument import CHARACTER_US_9600, ModbusInstrument
from simulator.chips.serial_line import SerialLine

# Keller communication protocol v3.5: request, answer, what is at the register in 1e-6
KELLER = (
    ("1 3 0 2 0 2 101 203", "1 3 4 63 117 240 123 227 222", 960701),
    ("1 3 0 4 0 2 133 202", "1 3 4 63 118 6 224 21 213", 961042),
    ("1 3 0 8 0 2 69 201", "1 3 4 65 181 192 121 110 11", 22718981),
)
BLOCK_REQUEST = "1 3 1 0 0 4 69 245"
BLOCK_MISPRINTED = "1 3 8 63 117 227 210 65 182 28 32 160 119"
BLOCK_RIGHT = "1 3 8 63 117 227 210 65 182 28 32 160 199"
NAN = 0x7FC00000


def frame(text):
    return bytes([int(number) for number in text.split()])


class Desk:
    def __init__(self):
        self.time = DeskTime()
        self.line = SerialLine(self.time, CHARACTER_US_9600)
        self.master = Master(self.line, modbus_probe.KELLER_TIMEOUT_MS)
        self.probe = self.add(1)
        self.probe.whole_pairs = True
        for register, value in ((0x0002, 0.960701), (0x0008, 22.719)):
            self.probe.put_float(register, value)

    def add(self, address):
        one = ModbusInstrument(self.time, address)
        self.line.attach(one)
        return one

    def sensor(self, fields=modbus_probe.KELLER_P1_TOB1, address=1, **more):
        return ModbusProbe(self.master, self.time.pause, address, fields, **more)


GOOD = [ScalarChannel(0, 960701), ScalarChannel(0, 22719)]


def measured(one):
    return asyncio.run(one.measure())


def test_the_published_keller_frames():
    for request, answer, value_e6 in KELLER:
        asked = frame(request)
        assert rtu.frame(1, rtu.read_request(3, asked[3], 2)) == asked
        data = register_bytes(frame(answer), 1, 3, 2)
        assert modbus_probe.number_times(data, modbus_probe.F32, 1000000, 1) == value_e6, answer


def test_the_misprinted_keller_frame_is_refused_and_its_right_form_read():
    assert rtu.frame(1, rtu.read_request(3, 0x100, 4)) == frame(BLOCK_REQUEST)
    trial.raises(driver.NoReadingError, register_bytes, frame(BLOCK_MISPRINTED), 1, 3, 4)
    data = register_bytes(frame(BLOCK_RIGHT), 1, 3, 4)
    assert modbus_probe.number_times(data[:4], modbus_probe.F32, 1000000, 1) == 960508
    assert modbus_probe.number_times(data[4:], modbus_probe.F32, 10000, 1) == 227637


def test_an_answer_whose_length_and_byte_count_differ_is_malformed_although_its_crc_is_right():
    for pdu in (b"\x03\x04" + bytes(6), b"\x03\x06" + bytes(4), b"\x03\x06" + bytes(6)):
        trial.raises(driver.NoReadingError, register_bytes, rtu.frame(1, pdu), 1, 3, 2)
    assert register_bytes(rtu.frame(1, b"\x03\x04" + bytes(4)), 1, 3, 2) == bytes(4)


def test_a_keller_probe_gives_kilopascal_and_degrees():
    desk = Desk()
    one = desk.sensor()
    assert measured(one) == GOOD
    assert one.CHANNELS == ("pressure", "temperature")


def test_keller_integers_are_pascal_and_hundredths():
    desk = Desk()
    words = {0x22: 1, 0x23: 0x7765, 0x28: 0xFFFF, 0x29: 0xFE3E}  # 96101 Pa, -4.50 degC
    desk.probe.registers.update(words)
    assert measured(desk.sensor(modbus_probe.KELLER_P1_TOB1_INTEGER)) == [
        ScalarChannel(0, 961010),
        ScalarChannel(0, -4500),
    ]


def test_geokon_has_its_low_word_first_and_read_the_other_way_it_is_no_tilt():
    desk = Desk()
    string = desk.add(5)
    string.put_float(0x0100, -1.25, low_first=True)
    assert measured(desk.sensor(modbus_probe.GEOKON_6150F_A, 5)) == [ScalarChannel(0, -125000)]
    swapped = (("tilt", 0x0100, modbus_probe.F32, 1, 1),)
    assert measured(desk.sensor(swapped, 5)) != [ScalarChannel(0, -125000)]


def test_a_digital_string_is_one_driver_an_address_on_one_line():
    desk = Desk()
    for address in (2, 3, 4):
        desk.add(address).put_float(0x0100, address / 4, low_first=True)

    async def all_at_once():
        sensors = [desk.sensor(modbus_probe.GEOKON_6150F_A, address) for address in (2, 3, 4)]
        return await asyncio.gather(*[sensor.measure() for sensor in sensors])

    assert [found[0].value for found in asyncio.run(all_at_once())] == [50000, 75000, 100000]


def test_sentinels_take_only_their_own_channel_away():
    desk = Desk()
    desk.probe.registers[0x0002], desk.probe.registers[0x0003] = NAN >> 16, NAN & 0xFFFF
    one = desk.sensor()
    assert measured(one) == [missing_scalar(status.INSTRUMENT_FAULT), GOOD[1]]
    assert one.fault == driver.SENTINEL
    for form, data in (
        (modbus_probe.F32, b"\x7f\x80\x00\x00"),
        (modbus_probe.F32, b"\xff\xff\xff\xff"),
        (modbus_probe.I16, b"\x7f\xff"),
        (modbus_probe.I16, b"\x80\x00"),
        (modbus_probe.I32, b"\x7f\xff\xff\xff"),
        (modbus_probe.I32, b"\x80\x00\x00\x00"),
        (modbus_probe.I32_LOW_FIRST, b"\xff\xff\x7f\xff"),
    ):
        trial.raises(driver.NoReadingError, modbus_probe.number_times, data, form, 1, 1)
    assert modbus_probe.number_times(b"\x7f\xfe", modbus_probe.I16, 1, 1) == 32766


def test_singles_are_scaled_without_floats():
    times = modbus_probe.float32_times
    for value in (0.0, 1.0, -1.0, 0.5, 123456.0, -0.000123, 1e-40, 3.0e6):
        bits = struct.unpack(">I", struct.pack(">f", value))[0]
        back = struct.unpack(">f", struct.pack(">f", value))[0]
        assert abs(times(bits, 1000, 1) - back * 1000) <= 0.5 + abs(back) * 1e-3, value
    assert times(0x3F000000, 1, 1) == 1  # a half goes away from zero
    assert times(0xBF000000, 1, 1) == -1


def test_a_number_too_great_for_the_wire_is_malformed_and_not_cut():
    desk = Desk()
    desk.probe.put_float(0x0002, 3.0e9)
    one = desk.sensor()
    assert measured(one) == [missing_scalar(status.MISSING), GOOD[1]]
    assert one.fault == driver.MALFORMED


def fails(code, value, name, detail=None, bits=status.MISSING):
    desk = Desk()
    setattr(desk.probe, name, value)
    one = desk.sensor()
    assert measured(one) == [missing_scalar(bits)] * 2, name
    assert one.fault == code, (name, one.fault)
    assert detail in (None, one.detail)


def test_each_failure_of_a_probe_has_its_own_fault():
    fails(driver.NO_ANSWER, True, "dead")
    fails(driver.BAD_CRC, 99, "wrong_crcs")
    fails(driver.FOREIGN, 9, "answers_as")
    fails(driver.REFUSED, 4, "refuses", detail=4, bits=status.INSTRUMENT_FAULT)
    fails(driver.MALFORMED, 1, "short")


def test_one_lost_or_damaged_answer_is_asked_for_again():
    for name in ("deaf", "wrong_crcs"):
        desk = Desk()
        setattr(desk.probe, name, 2)
        assert measured(desk.sensor()) == GOOD, name


def test_a_late_answer_is_never_taken_for_the_next_one():
    for late_ms in (130, 200, 300):
        desk = Desk()
        desk.probe.late_ms = late_ms
        assert measured(desk.sensor()) == GOOD, late_ms


def test_an_odd_start_is_refused_by_the_probe_and_not_tried_again():
    desk = Desk()
    one = desk.sensor((("pressure", 0x0003, modbus_probe.F32, 100, 1),))
    measured(one)
    assert (one.fault, one.detail, len(desk.line.sent)) == (driver.REFUSED, 2, 1)


def test_a_trigger_comes_first_and_an_error_code_withholds_the_value():
    desk = Desk()
    string = desk.add(5)
    string.trigger, string.registers = 0x50, {0x51: 0}
    string.on_trigger = {0x100: 0, 0x101: 0x3F80}
    settings = {"trigger": (0x50, 1, 400), "error_register": 0x51}
    one = desk.sensor(modbus_probe.GEOKON_6150F_A, 5, **settings)
    assert measured(one) == [ScalarChannel(0, 100000)]
    assert desk.time.ms() >= 400
    string.registers[0x51] = 7
    assert measured(one) == [missing_scalar(status.INSTRUMENT_FAULT)]
    assert (one.fault, one.detail) == (driver.SELF_TEST, 7)


def test_two_triggers_on_one_line_wait_for_each_other():
    desk = Desk()
    for address in (5, 6):
        string = desk.add(address)
        string.trigger, string.on_trigger = 0x50, {0x100: 0, 0x101: 0x3F80 + 0x80 * (address == 6)}
    fields, settings = modbus_probe.GEOKON_6150F_A, {"trigger": (0x50, 1, 0)}

    async def both():
        return await asyncio.gather(*[desk.sensor(fields, n, **settings).measure() for n in (5, 6)])

    assert asyncio.run(both()) == [[ScalarChannel(0, 100000)], [ScalarChannel(0, 200000)]]


def test_a_trigger_that_is_refused_or_lost_gives_no_reading():
    for name, value, code in (
        ("refuses", 3, driver.REFUSED),
        ("dead", True, driver.NO_ANSWER),
        ("wrong_crcs", 1, driver.BAD_CRC),
        ("answers_as", 9, driver.FOREIGN),
    ):
        desk = Desk()
        setattr(desk.probe, name, value)
        one = desk.sensor(trigger=(0x50, 1, 400))
        measured(one)
        assert one.fault == code


def test_a_late_echo_of_a_write_is_not_the_answer_to_the_next_request():
    desk = Desk()
    desk.probe.trigger, desk.probe.late_ms = 0x50, 200
    one = desk.sensor(trigger=(0x50, 1, 0))
    assert measured(one) == [missing_scalar(status.MISSING)] * 2
    assert one.fault == driver.NO_ANSWER
    assert measured(one) == GOOD


def test_a_row_that_is_no_field_is_refused():
    desk = Desk()
    assert "numerator" in trial.raises(ValueError, desk.sensor, (("colour", 1, 0, 1, 1),))
    assert "numerator" in trial.raises(ValueError, desk.sensor, (("tilt", 1, 9, 1, 1),))


trial.run(globals())
