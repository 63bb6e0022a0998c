"""A simulated SDI-12 sensor (v1.3): sleeps, wakes by a break, measures, gives values with CRC; and fails."""

from simulator.chips.desk_time import DeskTime
from simulator.chips.serial_line import Listener, SerialLine

CHARACTER_US = 8333
_AWAKE_US = 100000
_ANSWER_US = 8330
_CRLF = b"\r\n"
_IDENTITY = "13SEEPLINEDESK  100SN42"


class Sdi12Sensor(Listener):
    """Set `values` (as text), `seconds` a measurement takes, `ready_early_s`, `values_per_answer`.

    Faults: `dead`; `deaf` (so many commands are not answered); `wrong_crcs` (so many with CRC are damaged);
    `noise` (so many answers have a damaged character); `answers_as` (another address in the answers);
    `gives_up` (no values are there when they are asked for); `late_ms` (answers later than the 15 ms allowed);
    `cut` (answers end without CR LF); `no_request` (no service request when the values are ready).
    """

    def __init__(self, time: DeskTime, address: str, values: list[str]) -> None:
        self._time = time
        self.address = address
        self.values = values
        self.seconds = 0
        self.ready_early_s = 0
        self.values_per_answer = 5
        self.dead = False
        self.deaf = 0
        self.wrong_crcs = 0
        self.noise = 0
        self.answers_as = ""
        self.gives_up = False
        self.late_ms = 0
        self.cut = False
        self.no_request = False
        self._awake_until_us = -1
        self._ready_us = -1
        self._requested_us = -1000000
        self._with_crc = False
        self._measured: list[str] = []

    def hear_break(self) -> None:
        """Wake up; a break ends a measurement that was started by aM!."""
        self._awake_until_us = self._time.now_us + _AWAKE_US

    def hear(self, data: bytes, line: SerialLine) -> None:
        """Answer a command that is for this sensor; sleep when it is for another."""
        text = data.decode()
        started_us = self._time.now_us - len(data) * CHARACTER_US
        if self.dead or text[-1] != "!" or not self._is_awake(started_us):
            return
        if text[0] not in (self.address, "?"):
            self._awake_until_us = -1
            return
        self._awake_until_us = self._time.now_us + _AWAKE_US
        if self.deaf:
            self.deaf -= 1
            return
        self._answer(self._content(text[1:-1], line), text[1:2] in "DR" and self._with_crc, line)

    def _is_awake(self, at_us: int) -> bool:
        """Tell whether it listens: it sleeps after 100 ms of marking, and wakes to say that values are ready."""
        return at_us <= self._awake_until_us or 0 <= at_us - self._requested_us <= _AWAKE_US

    def _content(self, body: str, line: SerialLine) -> str:
        """Return what stands after the address."""
        if body == "I":
            return _IDENTITY
        if body[:1] == "A" and len(body) == 2:
            self.address = body[1]
            return ""
        if body[:1] in ("M", "C"):
            return self._start(body, line)
        if body[:1] == "D":
            return self._values(int(body[1:]), line)
        return ""

    def _start(self, body: str, line: SerialLine) -> str:
        ready_s = self.seconds - self.ready_early_s
        self._with_crc = body[1:2] == "C"
        self._ready_us = self._time.now_us + 1000000 * ready_s
        self._measured = [] if self.gives_up else list(self.values)
        concurrent = body[0] == "C"
        if not concurrent and self.seconds and not self.no_request:
            line.answer(self._address() + _CRLF, 1000000 * ready_s)
            self._requested_us = self._time.now_us + 1000000 * ready_s + 3 * CHARACTER_US
        return ("%03d%02d" if concurrent else "%03d%d") % (self.seconds, len(self.values))

    def _values(self, number: int, line: SerialLine) -> str:
        if self._time.now_us < self._ready_us:
            self._measured = []  # asked too early: the measurement is given up
            line.forget()
        first = number * self.values_per_answer
        return "".join(self._measured[first : first + self.values_per_answer])

    def _address(self) -> bytes:
        return (self.answers_as or self.address).encode()

    def _answer(self, content: str, with_crc: bool, line: SerialLine) -> None:
        data = bytearray(self._address() + content.encode())
        if with_crc:
            data += _crc(data)
            if self.wrong_crcs:
                self.wrong_crcs -= 1
                data[1] ^= 1
        data += b"" if self.cut else _CRLF
        if self.noise:
            self.noise -= 1
            data[-3 if len(data) > 2 else 0] |= 0x80
        after_us = _ANSWER_US + 1000 * self.late_ms
        self._awake_until_us = self._time.now_us + after_us + len(data) * CHARACTER_US + _AWAKE_US
        line.answer(bytes(data), after_us)


def _crc(data: bytearray) -> bytes:
    word = 0
    for byte in data:
        for bit in range(8):  # bit by bit from the right, as the specification draws it
            odd = (word ^ byte >> bit) & 1
            word = word >> 1 ^ (0xA001 if odd else 0)
    return bytes([0x40 + (word >> 12), 0x40 + (word >> 6 & 63), 0x40 + (word & 63)])
