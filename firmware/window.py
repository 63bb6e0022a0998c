"""Mode `window`: the logger sleeps between its scans and listens for a while after each; wakes by clock or by bus.

    wake ── scan ── listen for `window_s`, and half of it again after each request ── sleep until the next warm-up
    bus wakes it ── listen for `window_s` ── sleep on

docs/window-protocol.md is the gateway's side of it. A woken logger has not measured: its first answer is the
newest stored record with its own time. Asleep the chip's clock is wrong by up to 5 %, so it wakes early and
sleeps again for the rest. A bus that does nothing but wake it, broken or busy with others, is not listened to
until the next scan after eight times. After a start that was no waking it stays up for two minutes, for whoever
stands beside it, and for an hour as long as requests come.

What a reset takes, and sleeping must not, is carried in the RTC memory behind the breadcrumb: `carried` packs
what each part gives by `carry() -> bytes`, and each gets its own back by `resume(bytes)`. Uptime goes on through
a sleep.
"""

import struct

from firmware.traffic import SERVED
from seepline.wire.crc import crc32

WINDOW = 1  # in the register power_mode
BOOT_MS = 1500  # from the end of the sleep until the scan task runs (from memory)
SLOW_PERMILLE = 50  # the chip's clock asleep: up to so much slow or fast
LEAST_MS = 5000  # a shorter sleep costs more than it saves
MOST_WINDOWS = 12  # a window with requests is so much longer at most
MOST_DOORS = 8
START_MS = 120000
START_MOST_MS = 3600000
LOOK_MS = 250
BY_BUS = "bus"

_VERSION = 1
_MOST_BYTES = 460  # of RTC memory, beside the breadcrumb
_OWN = ">QQB"  # uptime in ms, clock in ms, times the bus woke it since the scan


def carried(pieces: list) -> bytes:
    """Return pieces of bytes as one; those that do not fit any more are left out, from the end.

    >>> parsed(carried([b"ab", b"", b"c"]))
    [b'ab', b'', b'c']
    """
    body = bytes([_VERSION])
    for piece in pieces:
        if len(piece) > 255 or len(body) + len(piece) > _MOST_BYTES:
            piece = b""
        body += bytes([len(piece)]) + piece
    return body + struct.pack(">I", crc32(body))


def parsed(data: bytes) -> list:
    """Return the pieces, none when they are not whole.

    >>> parsed(b""), parsed(bytes(9))
    ([], [])
    """
    if len(data) < 5 or data[0] != _VERSION or struct.unpack(">I", data[-4:])[0] != crc32(data[:-4]):
        return []
    pieces, at = [], 1
    while at < len(data) - 4:
        end = at + 1 + data[at]
        pieces.append(data[at + 1 : end])
        at = end
    return pieces


def nap_ms(idle_ms: int) -> int:
    """Return how long to sleep when nothing is to be done for so long, 0 when it is not worth it.

    >>> nap_ms(900000), nap_ms(44000), nap_ms(6000)
    (855714, 40476, 0)
    """
    ms = (idle_ms - BOOT_MS) * 1000 // (1000 + SLOW_PERMILLE)
    return ms if ms >= LEAST_MS else 0


class Window:
    """The sleep of one boot: made before the ring is mounted, given its parts by `add`, then run as a task.

    `life` is a firmware.life.Life, whose `carried` are the bytes behind the breadcrumb; `hint` is for the ring.
    """

    def __init__(self, board, window_s: int, life) -> None:
        self._board = board
        self._window_ms = 1000 * window_s
        self._life = life
        self._pieces = parsed(life.carried)
        self._parts: list = []
        self._doors = self._scans = self._served = 0
        self._resume(self._next_piece())
        self.hint = self._next_piece()  # of the ring

    def _resume(self, own: bytes) -> None:
        """Go on where the sleep began; listen at once unless the clock has woken us."""
        clock, waits_ms, most_ms = self._board.clock, START_MS, START_MOST_MS
        if len(own) == struct.calcsize(_OWN):
            uptime_ms, clock_ms, self._doors = struct.unpack(_OWN, own)
            clock.resume(uptime_ms + max(0, clock.utc_ms() - clock_ms))
            by_bus = self._board.woken_by == BY_BUS
            self._doors += by_bus
            waits_ms, most_ms = self._window_ms if by_bus else 0, MOST_WINDOWS * self._window_ms
        self._until_ms = clock.uptime_ms() + waits_ms
        self._latest_ms = clock.uptime_ms() + most_ms  # to which requests can keep it awake

    def _next_piece(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def add(self, parts: list) -> None:
        """Take what is carried through the sleep, and give each part what it gave before."""
        self._parts = parts
        for part in parts:
            piece = self._next_piece()
            if piece:
                part.resume(piece)

    async def run(self, scan, ring, ports: tuple, flush, beat) -> None:
        """Sleep whenever nothing is to be done and no port (a Traffic each) is spoken to; `flush()` before it."""
        while True:
            beat()
            await self._board.clock.pause(LOOK_MS)
            ms = self.turn(scan, sum([port.since_boot(SERVED) for port in ports]))
            if ms:
                flush()
                ring.erase_ahead()
                self.sleep(ms, ring.hint())

    def turn(self, scan, served: int) -> int:
        """Return how long to sleep now, 0 to stay awake."""
        now_ms = self._board.clock.uptime_ms()
        if scan.scans != self._scans:
            self._scans, self._doors = scan.scans, 0
            self._open(now_ms)
        elif served != self._served:
            self._until_ms = max(self._until_ms, min(now_ms + self._window_ms // 2, self._latest_ms))
        self._served = served
        if now_ms < self._until_ms or not scan.idle_until_ms or scan.fast.on() or scan.fast.repeats:
            return 0
        return nap_ms(scan.idle_until_ms - now_ms)

    def _open(self, now_ms: int) -> None:
        self._until_ms = max(self._until_ms, now_ms + self._window_ms)
        self._latest_ms = max(self._latest_ms, now_ms + MOST_WINDOWS * self._window_ms)

    def sleep(self, ms: int, hint: bytes) -> None:
        """Sleep; the program starts anew afterwards (a simulation that makes its past goes on here)."""
        clock = self._board.clock
        own = struct.pack(_OWN, clock.uptime_ms(), clock.utc_ms(), min(self._doors, 255))
        self._life.rest(carried([own, hint] + [part.carry() for part in self._parts]))
        self._board.sleep(ms, self._doors < MOST_DOORS)
