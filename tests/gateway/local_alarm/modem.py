"""A modem on a PTY: enough of 3GPP TS 27.005 and 27.007 for gammu's AT driver; what is sent through it is kept."""

import os
import re
import select
import threading
import tty

ANSWERS = {
    "AT+CGMI": "SIMULATED",
    "AT+CGMM": "PTY-1",
    "AT+CGMR": "1.0",
    "AT+CSMS=0": "+CSMS: 1,1,1",
    "AT+CSMS?": "+CSMS: 1,1,1,1",
    "AT+CPIN?": "+CPIN: READY",
    "AT+CSCA?": '+CSCA: "+992900000001",145',
    "AT+CMGF=?": "+CMGF: (0,1)",
    "AT+CSCS?": '+CSCS: "GSM"',
    "AT+CSCS=?": '+CSCS: ("GSM","UCS2")',
    "AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")',
    "AT+CREG?": "+CREG: 0,1",
}


class Modem:
    """Answers until closed. While `is_dead` it says nothing; while `refuses` every message is an error."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.messages: list[tuple[str, str]] = []
        self.is_dead = self.refuses = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    def _run(self) -> None:
        rest = b""
        while not self._ended.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            rest += os.read(self._master, 1024)
            while found := re.search(rb"[\r\x1a\x1b]", rest):
                line, mark, rest = rest[: found.start()], found[0], rest[found.end() :]
                if not self.is_dead:
                    self._answer(line.decode("ascii", "replace").strip(), mark)

    def _say(self, text: str) -> None:
        os.write(self._master, text.encode())

    def _answer(self, line: str, mark: bytes) -> None:
        if mark == b"\r":
            self._say(f"{line}\r")  # its echo, which gammu reads answers by
        if mark == b"\x1a":
            self._send(line)
        elif line.startswith("AT+CMGS="):
            self._say("\r\n> ")
        elif line in ANSWERS:
            self._say(f"\r\n{ANSWERS[line]}\r\n\r\nOK\r\n")
        elif line and mark != b"\x1b":
            self._say("\r\nOK\r\n")

    def _send(self, pdu: str) -> None:
        if self.refuses:
            self._say("\r\n+CMS ERROR: 332\r\n")
            return
        self.messages.append(read_pdu(bytes.fromhex(pdu)))
        self._say(f"\r\n+CMGS: {len(self.messages)}\r\n\r\nOK\r\n")


def read_pdu(pdu: bytes) -> tuple[str, str]:
    """Return (number, text) of an SMS-SUBMIT in the GSM alphabet or UCS-2 (3GPP TS 23.040, 9.2.2.2)."""
    at = 1 + pdu[0]
    flags = pdu[at]
    digits = pdu[at + 2]
    number = "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in pdu[at + 4 : at + 4 + (digits + 1) // 2])[
        :digits
    ]
    at += 4 + (digits + 1) // 2
    alphabet = pdu[at + 1] & 0x0C
    assert alphabet in (0x00, 0x08), "neither the GSM alphabet nor UCS-2"
    at += 2 + (1 if flags & 0x18 else 0)
    length, data = pdu[at], pdu[at + 1 :]
    assert len(data) <= 140, "more than one message holds"
    header = data[0] + 1 if flags & 0x40 else 0  # of one part of several
    if alphabet == 0x08:
        return f"+{number}", data[header:length].decode("utf-16-be")
    first, bits = (header * 8 + 6) // 7, int.from_bytes(data, "little")
    text = "".join(chr((bits >> (7 * place)) & 0x7F) for place in range(first, length))
    return f"+{number}", text.replace("\x11", "_")
