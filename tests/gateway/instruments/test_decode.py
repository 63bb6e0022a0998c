"""What registers mean: published frames, both orders, what is no reading; pymodbus as a second opinion."""

import math
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client.mixin import ModbusClientMixin

from gateway.instruments.decode import Decoded, decoded, number_of, readings
from gateway.instruments.profile import REGISTERS, Field
from gateway.instruments.profile_file import read_profile
from seepline.wire import rtu
from seepline.wire import status as bits

KELLER = read_profile("keller-30-40", Path(), {})
DATATYPES = ModbusClientMixin.DATATYPE
PEERS = {
    "u16": DATATYPES.UINT16, "i16": DATATYPES.INT16, "u32": DATATYPES.UINT32, "i32": DATATYPES.INT32,
    "f32": DATATYPES.FLOAT32, "f64": DATATYPES.FLOAT64,
}  # fmt: skip

# Keller, protocol v3.5, Modbus examples: request, answer, field, value in bar or degC
FRAMES = (
    ("1 3 0 2 0 2 101 203", "1 3 4 63 117 240 123 227 222", "p1", 0.960701),
    ("1 3 0 4 0 2 133 202", "1 3 4 63 118 6 224 21 213", "p2", 0.961042),
    ("1 3 0 8 0 2 69 201", "1 3 4 65 181 192 121 110 11", "tob1", 22.719),
)


def field(type_: str, **more) -> Field:
    return Field(**{"function": 3, "register": 0, "type": type_, "scale": 1, "unit": "1"} | more)


@pytest.mark.parametrize(("request_", "answer", "name", "value"), FRAMES)
def test_the_makers_frames(request_, answer, name, value):
    asked, heard = (bytes(map(int, text.split())) for text in (request_, answer))
    one = KELLER.fields[name]
    assert rtu.frame(1, rtu.read_request(one.function, one.first, one.registers)) == asked
    assert rtu.crc_fits(heard)
    found = decoded(one, KELLER.device, struct.unpack(">HH", heard[3:7]))
    assert found.value == pytest.approx(value * one.scale, rel=1e-5)
    assert found.status == 0


def test_the_frame_whose_crc_is_misprinted_is_refused():
    printed = bytes([1, 3, 8, 63, 117, 227, 210, 65, 182, 28, 32, 160, 119])
    assert not rtu.crc_fits(printed)
    assert rtu.crc_fits(printed[:-1] + bytes([199]))


def test_geokon_sends_the_low_word_first():
    settings = {"trigger_register": 1, "error_register": 2, "wait_ms": 0}
    geokon = read_profile("geokon-6150f", Path(), settings)
    high, low = struct.unpack(">HH", struct.pack(">f", 1.25))
    assert decoded(geokon.fields["tilt_a"], geokon.device, [low, high]) == Decoded(1.25, 0)


@given(st.sampled_from(sorted(PEERS)), st.binary(min_size=8, max_size=8), st.booleans())
def test_numbers_are_those_of_pymodbus(type_, data, low_first):
    words = list(struct.unpack(">4H", data))[: REGISTERS[type_]]
    device = replace(KELLER.device, word_order="low_first" if low_first else "high_first")
    ours = number_of(field(type_), device, words)
    order = "little" if low_first else "big"
    theirs = ModbusClientMixin.convert_from_registers(words, PEERS[type_], word_order=order)
    assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))


def test_bytes_may_be_swapped_inside_a_register():
    device = replace(KELLER.device, byte_order="low_first")
    assert number_of(field("u16"), device, [0x3412]) == 0x1234
    assert number_of(field("u32"), device, [0x3412, 0x7856]) == 0x12345678


def test_bits_of_a_register():
    assert number_of(field("bits", first_bit=4, bit_count=3), KELLER.device, [0b0101_0000]) == 5
    assert number_of(field("bits"), KELLER.device, [0b0101_0001]) == 1


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (field("f32"), [0x7FC0, 0]),
        (field("f32"), [0xFF80, 0]),
        (field("i16", sentinels=(32767.0,)), [32767]),
        (field("i32", sentinels=(2147483647.0,)), [0x7FFF, 0xFFFF]),
        (field("f32", sentinels=(1e37,)), struct.unpack(">HH", struct.pack(">f", 1e37))),
    ],
)
def test_a_sentinel_is_never_a_number(one, words):
    assert decoded(one, KELLER.device, words) == Decoded(None, bits.INSTRUMENT_FAULT)


def test_what_the_instrument_cannot_say_is_told_apart():
    one = field("i16", scale=0.1, valid=(-50.0, 80.0))
    assert decoded(one, KELLER.device, [801]) == Decoded(None, bits.IMPOSSIBLE)
    assert decoded(one, KELLER.device, [800]) == Decoded(80.0, 0)
    assert bits.IMPOSSIBLE & bits.EXCLUDES


def test_scale_and_offset():
    assert decoded(field("i16", scale=0.5, offset=-40.0), KELLER.device, [0xFFFE]).value == -41.0


def test_a_fault_register_disowns_its_values_and_so_does_one_that_was_not_read():
    fields = {"tilt": field("i16", fault_field="error"), "error": field("u16", register=9), "t": field("i16")}
    read = readings(fields, KELLER.device, {"tilt": [5], "error": [0], "t": [7]})
    assert [one.value for one in read.values()] == [5, 0, 7]
    read = readings(fields, KELLER.device, {"tilt": [5], "error": [3], "t": [7]})
    assert read["tilt"] == Decoded(None, bits.INSTRUMENT_FAULT)
    assert read["t"].value == 7
    read = readings(fields, KELLER.device, {"tilt": [5]})
    assert read["tilt"] == read["t"] == Decoded(None, bits.MISSING)
