"""What passes on the wire, written to a file while somebody wants to see it, and read back as people read it.

    wanted     <data>/trace.until holds the real time (s since 1970) until which a running gateway traces
    written    <data>/trace.log, a line per piece: 1790000000.123456 bus1 > 0103000000
    read       `decoded` joins the pieces of an answer and says what each frame is

The file is begun anew for each trace and ends at MOST_BYTES: an SD card is not for logging every byte for years.
"""

import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from seepline.wire import rtu

MOST_BYTES = 16 * 1024 * 1024
SENT, HEARD = ">", "<"
_FUNCTIONS = {
    rtu.READ_HOLDING: "read holding",
    rtu.READ_INPUT: "read input",
    rtu.WRITE_SINGLE: "write one",
    rtu.DIAGNOSTICS: "diagnostics",
    rtu.WRITE_MULTIPLE: "write",
    rtu.REPORT_ID: "report id",
    rtu.READ_FILE: "read file record",
    rtu.ENCAPSULATED: "device identification",
}
_WITH_PLACE = (rtu.READ_HOLDING, rtu.READ_INPUT, rtu.WRITE_MULTIPLE)

Tap = Callable[[str, bytes], None]


def ask(directory: Path, seconds: float) -> Path:
    """Ask the gateway that runs in a data directory for a trace; return the file that it will write."""
    (directory / "trace.until").write_text(f"{time.time() + seconds:.3f}\n", encoding="ascii")
    return directory / "trace.log"


class Tracing:
    """The gateway's side: `turn` looks whether a trace is wanted, `tap` returns what a line calls per piece."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: TextIO | None = None
        self._written = 0

    def turn(self) -> None:
        """Begin or end the trace as the request in the directory says."""
        wanted = _wanted_until_s(self._directory / "trace.until") > time.time()
        if wanted and self._file is None and self._written < MOST_BYTES:
            self._file = (self._directory / "trace.log").open("w", encoding="ascii", buffering=1)
        if not wanted:
            self._written = 0
            self.close()

    def tap(self, bus: str) -> Tap:
        """Return the function that one bus's line calls with what it sent or heard."""

        def tap(way: str, data: bytes) -> None:
            if self._file is None:
                return
            try:
                self._written += self._file.write(f"{time.time():.6f} {bus} {way} {data.hex()}\n")
            except OSError:  # a full disk ends the trace and nothing else
                self.close()
            if self._written >= MOST_BYTES:
                self.close()

        return tap

    def close(self) -> None:
        """End the trace."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what was not written stays unwritten
                file.close()


def _wanted_until_s(path: Path) -> float:
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0


def decoded(lines: Iterable[str]) -> Iterator[str]:
    """Yield one readable line per frame of a trace; the pieces in which an answer came are joined per bus."""
    heard: dict[str, tuple[float, bytes]] = {}
    for line in lines:
        stamp, bus, way, data = _piece(line)
        if way == HEARD:
            first_s, before = heard.get(bus, (stamp, b""))
            heard[bus] = (first_s, before + data)
            continue
        if bus in heard:
            yield _shown(bus, HEARD, *heard.pop(bus))
        if data:
            yield _shown(bus, SENT, stamp, data)
    for bus, (stamp, data) in heard.items():
        yield _shown(bus, HEARD, stamp, data)


def _piece(line: str) -> tuple[float, str, str, bytes]:
    """Return (time, bus, way, bytes) of a line; one that was cut at the end of the file has no bytes."""
    parts = line.split()
    try:
        return float(parts[0]), parts[1], parts[2], bytes.fromhex(parts[3])
    except (IndexError, ValueError):
        return 0.0, "", SENT, b""


def _shown(bus: str, way: str, stamp: float, data: bytes) -> str:
    when = datetime.fromtimestamp(stamp, UTC).strftime("%H:%M:%S.%f")[:-3]
    return f"{when} {bus} {way} {data.hex(' ')}   {described(data, way)}"


def described(data: bytes, way: str) -> str:
    r"""Return what a frame is, in words.

    >>> described(bytes.fromhex("01040000000271cb"), SENT)
    'device 1: read input 0+2'
    >>> described(bytes.fromhex("018302c0f1"), HEARD), described(b"\x00\xff", HEARD)
    ('device 1: refuses function 3 with exception 2', 'no whole frame (2 bytes)')
    """
    if not rtu.crc_fits(data):
        return f"no whole frame ({len(data)} bytes)"
    who = f"device {data[0]}" if data[0] else "all devices"
    if data[1] & 0x80:
        return f"{who}: refuses function {data[1] & 0x7F} with exception {data[2]}"
    what = _FUNCTIONS.get(data[1], f"function {data[1]}")
    if way == SENT and data[1] in _WITH_PLACE:
        first, count = struct.unpack_from(">HH", data, 2)
        return f"{who}: {what} {first}+{count}"
    return f"{who}: {what}" + (f", {len(data) - 5} bytes" if way == HEARD else "")
