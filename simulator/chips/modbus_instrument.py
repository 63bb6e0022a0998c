"""A simulated Modbus probe or string segment on RS-485: registers, answer time, and how such instruments fail."""

import struct

from seepline.wire import rtu
from simulator.chips.desk_time import DeskTime
from simulator.chips.serial_line import Listener, SerialLine

CHARACTER_US_9600 = 1146  # 11 bits
_ILLEGAL_ADDRESS = 2


class ModbusInstrument(Listener):
    """Set `registers`. `whole_pairs` refuses odd starts below 0x0030, as Keller's process values do.

    Faults: `dead`; `deaf` (so many requests are not answered); `wrong_crcs`; `late_ms` (the first answer after it
    was set comes so much later); `answers_as` (another address); `refuses` (exception code); `short` (registers
    lacking). A write to register `trigger` measures; `on_trigger` are the registers that this fills.
    """

    def __init__(self, time: DeskTime, address: int, answer_ms: int = 20) -> None:
        self._time = time
        self.address = address
        self.registers: dict[int, int] = {}
        self.whole_pairs = False
        self.answer_ms = answer_ms
        self.dead = False
        self.deaf = 0
        self.wrong_crcs = 0
        self.late_ms = 0
        self.answers_as = 0
        self.refuses = 0
        self.short = 0
        self.trigger = -1
        self.on_trigger: dict[int, int] = {}

    def put_float(self, register: int, value: float, low_first: bool = False) -> None:
        """Put a float into two registers."""
        high, low = struct.unpack(">HH", struct.pack(">f", value))
        self.registers[register], self.registers[register + 1] = (low, high) if low_first else (high, low)

    def hear(self, data: bytes, line: SerialLine) -> None:
        """Answer a request that is for this address and whole."""
        if self.dead or not rtu.crc_fits(data) or data[0] != self.address:
            return
        if self.deaf:
            self.deaf -= 1
            return
        answer = bytearray(rtu.frame(self.answers_as or self.address, self._pdu(data[1:-2])))
        if self.wrong_crcs:
            self.wrong_crcs -= 1
            answer[-1] ^= 0x20
        late_ms, self.late_ms = self.late_ms, 0
        line.answer(bytes(answer), 1000 * (self.answer_ms + late_ms))

    def _pdu(self, request: bytes) -> bytes:
        function, first, count = struct.unpack(">BHH", request)
        if self.refuses:
            return rtu.exception(function, self.refuses)
        if function == rtu.WRITE_SINGLE:
            if first == self.trigger:
                self.registers.update(self.on_trigger)
            return request
        wanted = range(first, first + count)
        if (self.whole_pairs and first < 0x30 and first % 2) or any([n not in self.registers for n in wanted]):
            return rtu.exception(function, _ILLEGAL_ADDRESS)
        words = [self.registers[number] for number in wanted][: count - self.short]
        return struct.pack(">BB%dH" % len(words), function, 2 * len(words), *words)  # noqa: UP031
