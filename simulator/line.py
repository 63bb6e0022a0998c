"""One RS-485 line as pure bookkeeping: who hears which byte when. Time comes in as an argument, in seconds.

Every byte takes its true character time. A byte is heard when its stop bit is over, together with the bytes right
before it, in groups no wider than a millisecond or one character, whichever is longer. Two talkers at once garble
each other. Faults (simulator.faults) are drawn from one seeded generator, so a run can be repeated.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from seepline.wire import rtu
from simulator.faults import NO_FAULTS, LineFaults

MASTER = "master"
GROUP_S = 0.001


def character_bits(parity: str) -> int:
    """Return the bits of one character: start, eight data, parity if any, stop."""
    return 10 if parity == "none" else 11


@dataclass(slots=True)
class Statistics:
    """What happened on the line since it was made."""

    bytes: int = 0
    collisions: int = 0  # bytes garbled by two talkers at once
    flips: int = 0  # bits inverted
    dropped: int = 0  # bytes lost on purpose or because a listener did not read
    mismatched: int = 0  # bytes garbled because the master's baud rate is not the line's
    worst_late_s: float = 0.0  # longest time a byte was heard after it should have been


@dataclass(slots=True)
class _Talker:
    queue: bytearray = field(default_factory=bytearray)
    next_end_s: float = 0.0  # when the first byte in the queue is over
    from_s: float = 0.0  # the present run of bytes without a gap
    until_s: float = 0.0
    silent: bool = False
    again: bytearray | None = None  # the run so far, when it is to come twice


class Line:
    """One line with a master and any number of nodes, each known by name."""

    def __init__(self, baud: int, parity: str, faults: LineFaults = NO_FAULTS) -> None:
        self.char_s = character_bits(parity) / baud
        self.statistics = Statistics()
        self._group = max(1, int(GROUP_S / self.char_s + 1e-9))
        self._gap_s = rtu.silence_us(baud, character_bits(parity)) / 1e6
        self._talkers = {MASTER: _Talker()}
        self._held = bytearray()  # what a USB adapter has not handed over yet
        self._held_until_s = 0.0
        self.set_faults(faults)

    def set_faults(self, faults: LineFaults) -> None:
        """Use other faults from now on; the seed starts again."""
        self._faults = faults
        self._random = random.Random(faults.seed)  # noqa: S311 - line noise, not a secret

    def join(self, name: str) -> None:
        """Put a node on the line."""
        self._talkers[name] = _Talker()

    def leave(self, name: str) -> None:
        """Take a node off the line, with what it had not finished saying."""
        self._talkers.pop(name, None)

    def speak(self, name: str, data: bytes, now_s: float) -> None:
        """Let a talker start, or go on with, sending `data` at time `now_s`."""
        talker = self._talkers[name]
        if not talker.queue and now_s >= talker.until_s:
            self._start_run(talker, name != MASTER, now_s)
        if talker.silent:
            return
        if talker.again is not None:
            talker.again += data
        talker.queue += data
        talker.until_s = talker.next_end_s + (len(talker.queue) - 1) * self.char_s

    def next_due_s(self) -> float | None:
        """Return when `deliver` has something to do next, or None when the line is idle."""
        due = [self._due_s(talker) for talker in self._talkers.values() if talker.queue]
        if self._held:
            due.append(self._held_until_s)
        return min(due, default=None)

    def deliver(self, now_s: float) -> list[tuple[str, bytes]]:
        """Return [(listener, bytes), ...] for every byte that is over by `now_s`, in order."""
        heard: list[tuple[str, bytes]] = []
        for speaker in list(self._talkers):
            for data in self._spoken(self._talkers[speaker], now_s):
                listeners = [name for name in self._talkers if self._faults.echo or name != speaker]
                heard.extend((name, data) for name in listeners if name != MASTER or not self._hold(data, now_s))
        if self._held and now_s >= self._held_until_s:
            heard.append((MASTER, bytes(self._held)))
            self._held.clear()
        return heard

    def garble(self, data: bytes) -> bytes:
        """Return bytes of the same length, each one another than it was."""
        return bytes(byte ^ self._random.randrange(1, 256) for byte in data)

    def _start_run(self, talker: _Talker, answer: bool, now_s: float) -> None:
        faults, chance = self._faults, self._random.random
        late_s = faults.late_ms / 1000 if answer and faults.late_ms and chance() < faults.late_share else 0.0
        talker.from_s = now_s + late_s
        talker.next_end_s = talker.from_s + self.char_s
        talker.silent = answer and chance() < faults.silent_share
        talker.again = bytearray() if answer and chance() < faults.duplicate_share else None
        if answer and faults.stray_bytes and not talker.silent:
            talker.queue += self._random.randbytes(faults.stray_bytes)

    def _due_s(self, talker: _Talker) -> float:
        return talker.next_end_s + (min(self._group, len(talker.queue)) - 1) * self.char_s

    def _spoken(self, talker: _Talker, now_s: float) -> Iterator[bytes]:
        while talker.queue and (due_s := self._due_s(talker)) <= now_s:
            count = min(self._group, len(talker.queue))
            data = bytes(talker.queue[:count])
            del talker.queue[:count]
            self.statistics.bytes += count
            self.statistics.worst_late_s = max(self.statistics.worst_late_s, now_s - due_s)
            yield self._worn(self._collided(talker, data))
            talker.next_end_s += count * self.char_s
            if not talker.queue and talker.again:
                self._repeat(talker)

    def _repeat(self, talker: _Talker) -> None:
        talker.queue, talker.again = talker.again or bytearray(), None
        talker.from_s = talker.until_s + self._gap_s
        talker.next_end_s = talker.from_s + self.char_s
        talker.until_s = talker.from_s + len(talker.queue) * self.char_s

    def _collided(self, talker: _Talker, data: bytes) -> bytes:
        others = [other for other in self._talkers.values() if other is not talker]
        clean = bytearray(data)
        for index in range(len(data)):
            end_s = talker.next_end_s + index * self.char_s
            start_s = end_s - self.char_s
            if any(other.from_s < end_s and other.until_s > start_s for other in others):
                clean[index : index + 1] = self.garble(data[index : index + 1])
                self.statistics.collisions += 1
        return bytes(clean)

    def _worn(self, data: bytes) -> bytes:
        faults, chance = self._faults, self._random.random
        if not faults.flip_rate and not faults.drop_rate:
            return data
        kept = bytes(byte for byte in data if chance() >= faults.drop_rate)
        self.statistics.dropped += len(data) - len(kept)
        masks = [sum(1 << bit for bit in range(8) if chance() < faults.flip_rate) for _ in kept]
        self.statistics.flips += sum(mask.bit_count() for mask in masks)
        return bytes(byte ^ mask for byte, mask in zip(kept, masks, strict=True))

    def _hold(self, data: bytes, now_s: float) -> bool:
        if not self._faults.chunk_ms:
            return False
        if not self._held:
            self._held_until_s = now_s + self._faults.chunk_ms / 1000
        self._held += data
        return True
