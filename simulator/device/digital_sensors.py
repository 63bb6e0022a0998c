"""Sensors on the second line of a simulated board: Modbus probes and SDI-12 sensors."""

import struct

from seepline.wire.option_forms import KINDS
from simulator.device.sensor import Sensor, value_of

_NAN = 0x7FC00000
_SENTINELS = {"f32": _NAN, "f32_low_first": _NAN, "i16": 32767, "i32": 0x7FFFFFFF, "i32_low_first": 0x7FFFFFFF}
_SDI12_DIGITS = 7


class Probe(Sensor):
    """Registers of one Modbus address, which several instruments may share: it is silent when all of them are."""

    def __init__(self, bench, options: dict) -> None:
        from simulator.chips.modbus_instrument import ModbusInstrument

        address = options["address"]
        self._chip = bench.modbus.setdefault(address, ModbusInstrument(bench.line_time, address))
        self._speakers = bench.speakers.setdefault(options["address"], set())
        self._fields = options["fields"]
        if options["trigger"]:
            self._chip.trigger = options["trigger"][0]
        if options["error_register"] is not None:
            self._chip.registers[options["error_register"]] = 0

    def feel(self, channels: list) -> None:
        values = [value_of(channel) for channel in channels]
        if any([value is not None for value in values]):
            self._speakers.add(id(self))
        else:
            self._speakers.discard(id(self))
        self._chip.dead = not self._speakers
        for (kind, register, form, up, down), value in zip(self._fields, values):
            words = _words(form, value, KINDS[kind] * up, down)
            for offset, word in enumerate(words):
                self._chip.registers[register + offset] = word


def _words(form: str, value: int | None, up: int, down: int) -> list:
    """Return the registers that show a wire integer: number = value x down / up."""
    if value is None:
        bits = _SENTINELS[form]
    elif form[0] == "f":
        bits = struct.unpack(">I", struct.pack(">f", value * down / up))[0]
    else:
        bits = (2 * value * down + up) // (2 * up) & (0xFFFF if form == "i16" else 0xFFFFFFFF)
    words = [bits] if form == "i16" else [bits >> 16, bits & 0xFFFF]
    return words[::-1] if form.endswith("low_first") else words


class Talker(Sensor):
    """An SDI-12 sensor; the values that nobody wants are zero."""

    def __init__(self, bench, options: dict) -> None:
        from simulator.chips.sdi12_sensor import Sdi12Sensor

        self._fields = options["fields"]
        self._chip = Sdi12Sensor(bench.line_time, options["address"], ["+0"] * len(self._fields))
        bench.line.attach(self._chip)

    def feel(self, channels: list) -> None:
        values = [value_of(channel) for channel in channels]
        self._chip.dead = all([value is None for value in values])
        given = iter(values)
        self._chip.values = [_text(next(given), KINDS[kind]) if kind else "+0" for kind in self._fields]


def _text(value: int | None, scale: int) -> str:
    """Return a wire integer as an SDI-12 number, of seven digits at most."""
    if value is None:
        return "-9999999"
    places = len(str(scale)) - 1
    digits = "0" * places + str(abs(value))
    whole, part = digits[: len(digits) - places].lstrip("0") or "0", digits[len(digits) - places :]
    return ("-" if value < 0 else "+") + whole + "." + part[: max(1, _SDI12_DIGITS - len(whole))]
