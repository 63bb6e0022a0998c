"""The Modbus slave: a request PDU in, an answer PDU out. No line and no clock here.

Source: Modbus Application Protocol v1.1b3. Exceptions: 1 the function (or sub-function) does not exist, 2 the
address does not, 3 the request contradicts itself or the value is refused. A refused write changes nothing.
"""

import struct

from firmware.identity import device_identification
from firmware.refusal import RefusedError, expect
from firmware.traffic import BAD, EXCEPTIONS, MESSAGES, SERVED, UNANSWERED, Traffic
from seepline.wire import rtu
from seepline.wire.record import RECORD_REGISTERS
from seepline.wire.registers import COMMAND_REGISTER, MAX_RECORDS_PER_ANSWER, TIME_REGISTER, history_sequence

MAX_READ = 125
MAX_WRITE = 123
_GROUP_BYTES = 7
_COUNTERS = {11: MESSAGES, 12: BAD, 13: EXCEPTIONS, 14: SERVED, 15: UNANSWERED, 16: None, 17: None, 18: None}
_DEVICE_ID = 0x53


class Slave:
    """Answers requests over an image (`registers`, `ring`), the writable registers and the line's counters.

    `writable` maps a register to (words, take): `take(words)` returns False for a value it refuses, and then has
    changed nothing. `name` is the text of function 17, `objects` the list of function 43/14. `command(data)` takes
    what function 16 writes to the command register, of any length, and returns False for a refused one.
    """

    def __init__(
        self, image, writable: dict, traffic: Traffic, name: str, objects: tuple[bytes, ...], command=None
    ) -> None:
        self._image = image
        self._writable = writable
        self._traffic = traffic
        self._name = name
        self._objects = objects
        self._command = command
        self._functions = {
            rtu.READ_HOLDING: self._read,
            rtu.READ_INPUT: self._read,
            rtu.WRITE_SINGLE: self._write_single,
            rtu.DIAGNOSTICS: self._diagnose,
            rtu.WRITE_MULTIPLE: self._write_multiple,
            rtu.REPORT_ID: self._report_id,
            rtu.READ_FILE: self._read_file,
            rtu.ENCAPSULATED: self._identify,
        }

    def answer(self, pdu: bytes) -> bytes:
        """Return the answer to a request that was sent to this logger alone."""
        self._traffic.count(SERVED)
        try:
            return self._functions.get(pdu[0], _no_function)(pdu)
        except RefusedError as refused:
            self._traffic.count(EXCEPTIONS)
            return rtu.exception(pdu[0] & 0x7F, refused.args[0])

    def hear(self, pdu: bytes) -> None:
        """Take a broadcast: the time and nothing else. A broadcast is never answered, not even a refused one."""
        self._traffic.count(UNANSWERED)
        if pdu[:3] == struct.pack(">BH", rtu.WRITE_MULTIPLE, TIME_REGISTER):
            try:
                self._write_multiple(pdu)
            except RefusedError:
                self._traffic.count(EXCEPTIONS)

    def _read(self, pdu: bytes) -> bytes:
        expect(len(pdu) == 5, rtu.ILLEGAL_VALUE)
        register, count = struct.unpack_from(">HH", pdu, 1)
        expect(1 <= count <= MAX_READ, rtu.ILLEGAL_VALUE)
        data = self._image.registers(register, count)
        if data is None:
            raise RefusedError(rtu.ILLEGAL_ADDRESS)
        return bytes((pdu[0], 2 * count)) + data

    def _write_single(self, pdu: bytes) -> bytes:
        expect(len(pdu) == 5, rtu.ILLEGAL_VALUE)
        register, value = struct.unpack_from(">HH", pdu, 1)
        self._write(register, (value,))
        return pdu

    def _write_multiple(self, pdu: bytes) -> bytes:
        expect(len(pdu) >= 6, rtu.ILLEGAL_VALUE)
        register, count, size = struct.unpack_from(">HHB", pdu, 1)
        expect(1 <= count <= MAX_WRITE and size == 2 * count == len(pdu) - 6, rtu.ILLEGAL_VALUE)
        if register == COMMAND_REGISTER and self._command:
            expect(self._command(pdu[6:]), rtu.ILLEGAL_VALUE)
        else:
            self._write(register, struct.unpack_from(">%dH" % count, pdu, 6))
        return pdu[:5]

    def _write(self, register: int, words: tuple) -> None:
        count, take = self._writable.get(register, (0, None))
        expect(count == len(words), rtu.ILLEGAL_ADDRESS)
        expect(take(words), rtu.ILLEGAL_VALUE)

    def _diagnose(self, pdu: bytes) -> bytes:
        expect(len(pdu) >= 3, rtu.ILLEGAL_VALUE)
        sub_function = pdu[1] << 8 | pdu[2]
        if sub_function == 0:
            return pdu
        expect(sub_function in (2, 10) or sub_function in _COUNTERS, rtu.ILLEGAL_FUNCTION)
        expect(pdu[3:] == b"\0\0", rtu.ILLEGAL_VALUE)
        if sub_function == 10:
            self._traffic.clear()
            return pdu
        counter = _COUNTERS.get(sub_function)
        return pdu[:3] + struct.pack(">H", 0 if counter is None else self._traffic.since_cleared(counter))

    def _report_id(self, pdu: bytes) -> bytes:
        expect(len(pdu) == 1, rtu.ILLEGAL_VALUE)
        body = bytes((_DEVICE_ID, 0xFF)) + self._name.encode() + b"\xff"
        return bytes((pdu[0], len(body))) + body

    def _identify(self, pdu: bytes) -> bytes:
        return device_identification(self._objects, pdu)

    def _read_file(self, pdu: bytes) -> bytes:
        expect(len(pdu) >= 2 and pdu[1] == len(pdu) - 2, rtu.ILLEGAL_VALUE)
        groups, rest = divmod(pdu[1], _GROUP_BYTES)
        expect(rest == 0 and 1 <= groups <= MAX_RECORDS_PER_ANSWER, rtu.ILLEGAL_VALUE)
        body = b"".join([self._record(pdu, 2 + _GROUP_BYTES * group) for group in range(groups)])
        return bytes((pdu[0], len(body))) + body

    def _record(self, pdu: bytes, at: int) -> bytes:
        reference, file, number, length = struct.unpack_from(">BHHH", pdu, at)
        expect(reference == rtu.FILE_REFERENCE and length == RECORD_REGISTERS, rtu.ILLEGAL_ADDRESS)
        ring = self._image.ring
        sequence = history_sequence(file, number, ring.oldest, ring.newest)
        data = ring.read(sequence) if sequence >= 0 else None
        if data is None:
            raise RefusedError(rtu.ILLEGAL_ADDRESS)
        return bytes((len(data) + 1, rtu.FILE_REFERENCE)) + data


def _no_function(_pdu: bytes) -> bytes:
    raise RefusedError(rtu.ILLEGAL_FUNCTION)
