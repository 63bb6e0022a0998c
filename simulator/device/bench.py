"""What the board's sockets hold on a desk: simulated chips, which feel what the input table says at this moment.

The makers are those that `firmware/wiring.py` asks for. Every exchange with a chip first looks at the table, so a
driver that measures late measures what is there then. Chips have a time of their own, which passes at once when a
driver pauses; the second UART has another, since its instruments are spoken to while chips convert.
"""

import asyncio

from seepline.wire.record import missing_scalar, missing_vw
from seepline.wire.status import MISSING
from simulator.chips.ads1220 import Ads1220Chip
from simulator.chips.buses import I2cBus, SpiBus
from simulator.chips.desk_time import DeskTime
from simulator.chips.serial_line import SerialLine
from simulator.device.sensors import wired
from simulator.device.table import InputTable, scalar_channel, vw_channel

_SDI12_CHARACTER_US = 8333
_ON_I2C, _FIRST_CONVERTER = 2, 0x48  # an ADS1115 for each address of its ADDR pin
_BITS = 11  # of a character of Modbus
_PARSE = {"vw": vw_channel}
_MISSING = {"vw": missing_vw}


class _I2c(I2cBus):
    """Looks before every message."""

    def __init__(self, look) -> None:
        super().__init__()
        self._look = look

    def _chip(self, address: int):
        self._look()
        return super()._chip(address)


class _Spi(SpiBus):
    """Looks before every exchange."""

    def __init__(self, look) -> None:
        super().__init__()
        self._look = look

    def init(self, baudrate: int, polarity: int, phase: int) -> None:
        self._look()
        super().init(baudrate, polarity, phase)


class _Line(SerialLine):
    """Looks before every request; its time passes with the pauses of its own drivers only."""

    def __init__(self, time: DeskTime, character_us: int, look) -> None:
        super().__init__(time, character_us)
        self.pause = time.pause
        self._look = look

    async def send(self, data: bytes) -> None:
        self._look()
        await super().send(data)


class Bench:
    """The sockets of one simulated board, with a sensor in each that the configuration's instruments need."""

    def __init__(self, settings, table: InputTable, clock) -> None:
        self.clock = clock
        self.time = DeskTime()
        self.pause = self.time.pause
        self.line_time = DeskTime()
        self.i2c_bus = _I2c(self.look)
        self.spi_bus = _Spi(self.look)
        self.line = _Line(self.line_time, _SDI12_CHARACTER_US, self.look)
        self.converters = [Ads1220Chip(self.time), Ads1220Chip(self.time)]
        self._selects = {number: self.spi_bus.attach(chip) for number, chip in enumerate(self.converters)}
        self.sampling_time = DeskTime()
        self.modbus: dict = {}  # by address
        self.speakers: dict = {}  # address -> the instruments there that have something to say
        self._kinds = {
            (block.block, slot): kind for block in settings.blocks for slot, kind in enumerate(block.slots)
        }
        self._table = table
        self._off: set = {one.power for one in settings.instruments if one.power is not None}
        self._instruments = settings.instruments
        self._sensors = [wired(one.driver, self, one.options) for one in settings.instruments]
        self._felt = (-1, 0)  # (time of the row, supplies switched by then)
        self._switched = 0
        now_s = clock.utc_ms() // 1000
        while table.step(now_s - 1):  # what happened before is not felt
            pass

    def look(self) -> None:
        """Let every sensor feel the row of the table that holds now; what a row counts is felt once."""
        now_s = self.clock.utc_ms() // 1000
        while self._table.step(now_s):
            for one, sensor in zip(self._instruments, self._sensors):
                sensor.count(self._channels(one, self._table.holds(0)))
        row_s = self._table.holds(now_s)
        if self._felt != (row_s, self._switched):
            self._felt = (row_s, self._switched)
            for one, sensor in zip(self._instruments, self._sensors):
                sensor.feel(self._channels(one, row_s))

    def _channels(self, one, row_s: int) -> list:
        """Return what each channel of an instrument shows; all are missing without a row or a supply."""
        found = []
        for place in one.places:
            kind = self._kinds[place] if place else one.driver
            if place is None or not row_s or one.power in self._off:
                found.append(_MISSING.get(kind, missing_scalar)(MISSING))
            else:
                found.append(_PARSE.get(kind, scalar_channel)(self._table.cell(place[0], place[1], row_s)))
        return found

    def power(self, switch: int, on: bool) -> None:
        """Switch a sensor supply."""
        self._switched += 1
        if on:
            self._off.discard(switch)
        else:
            self._off.add(switch)

    def spi(self, select: int):
        return self.spi_bus, self._selects[select]

    def ready(self, select: int):
        return self.converters[select].ready_pin

    def converter(self, number: int):
        """Return a converter; one on I2C is there from the first time that it is asked for."""
        while number >= len(self.converters):
            from simulator.chips.ads1115 import Ads1115Chip

            chip = Ads1115Chip(self.time)
            self.i2c_bus.attach(_FIRST_CONVERTER + len(self.converters) - _ON_I2C, chip)
            self.converters.append(chip)
        return self.converters[number]

    def add_select(self, number: int, chip) -> None:
        self._selects[number] = self.spi_bus.attach(chip)

    async def pause_sampling(self, ms: int) -> None:
        """Pause in real time: who samples all the time would let nobody else run."""
        await asyncio.sleep(ms / 1000)
        await self.sampling_time.pause(ms)

    def i2c(self):
        return self.i2c_bus

    def adc(self):
        return self._of("supply", 0)

    def counter(self, number: int):
        return self._of("tipping_bucket", number)

    def second_uart(self, baud: int, parity: str):
        self.line = _Line(self.line_time, _BITS * 1000000 // baud, self.look)
        for instrument in self.modbus.values():
            self.line.attach(instrument)
        return self.line

    def sdi12_line(self):
        return self.line

    def vibrating_wire_bus(self, coil: int):
        return self._of("vibrating_wire", coil)

    def _of(self, driver: str, number: int):
        """Return the socket of this driver's sensor that has this number."""
        for one, sensor in zip(self._instruments, self._sensors):
            if one.driver == driver and sensor.number == number:
                return sensor.socket
        raise ValueError("nothing is wired to %s %d" % (driver, number))
