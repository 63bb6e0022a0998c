"""One RS-485 line as pure bookkeeping: who hears which byte when. Time comes in as an argument, in seconds.

Every byte takes its true character time. A byte is heard when its stop bit is over, together with the bytes right
before it, in groups no wider than a millisecond or one character, whichever is longer. Two talkers at once garble
each other. Faults (simulator.faults) are drawn from one seeded generator, so a run can be repeated.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from seepline.wire import rtu
from simulator.falsify import falsified
from simulator.faults import NO_FAULTS, LineFaults

MASTER = "master"
BABBLER = "babbler"  # the device that talks unasked
RESIDENT = "resident"  # the devices that the bus answers for; they never hear themselves
_LONGEST_BABBLE = 12
GROUP_S = 0.001


def character_bits(parity: str, stop_bits: int = 1) -> int:
    """Return the bits of one character: start, eight data, parity if any, stop."""
    return 9 + (parity != "none") + stop_bits


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
    over: int = 0  # bytes of the present run that are no longer in the queue
    from_s: float = 0.0  # the present run of bytes
    until_s: float = 0.0
    silent: bool = False
    again: bytearray | None = None  # the run so far, when it is to come twice


class Line:
    """One line with a master and any number of nodes, each known by name."""

    def __init__(self, baud: int, parity: str, faults: LineFaults = NO_FAULTS, stop_bits: int = 1) -> None:
        self.char_s = character_bits(parity, stop_bits) / baud
        self.statistics = Statistics()
        self._group = max(1, int(GROUP_S / self.char_s + 1e-9))
        self.silence_s = rtu.silence_us(baud, character_bits(parity, stop_bits)) / 1e6
        self._talkers = {MASTER: _Talker()}
        self._held = bytearray()  # what a USB adapter has not handed over yet
        self._held_until_s = 0.0
        self.set_faults(faults)

    @property
    def quiet_from_s(self) -> float:
        """When the last byte that anybody has to say is over."""
        return max(talker.until_s for talker in self._talkers.values())

    def set_faults(self, faults: LineFaults) -> None:
        """Use other faults from now on; the seed starts again."""
        self._faults = faults
        self._random = random.Random(faults.seed)  # noqa: S311 - line noise, not a secret
        self._babble_at_s = 0.0
        if faults.babble_ms:
            self.join(BABBLER)
        else:
            self.leave(BABBLER)

    def join(self, name: str) -> None:
        """Put a node on the line."""
        self._talkers[name] = _Talker()

    def leave(self, name: str) -> None:
        """Take a node off the line, with what it had not finished saying."""
        self._talkers.pop(name, None)

    def speak(self, name: str, data: bytes, now_s: float) -> None:
        """Let a talker start, or go on with, sending `data` at time `now_s`, which may lie ahead."""
        talker, answers = self._talkers[name], name not in (MASTER, BABBLER)
        if not talker.queue and now_s >= talker.until_s:
            self._start_run(talker, answers, now_s)
        if talker.silent:
            return
        if answers:
            data = falsified(data, self._faults, self._random)
        if talker.again is not None:
            talker.again += data
        talker.queue += data
        talker.until_s = self._end_s(talker, len(talker.queue) - 1)

    def next_due_s(self) -> float | None:
        """Return when `deliver` has something to do next, or None when the line is idle."""
        due = [self._due_s(talker) for talker in self._talkers.values() if talker.queue]
        if self._held:
            due.append(self._held_until_s)
        if self._faults.babble_ms:
            due.append(self._babble_at_s)
        return min(due, default=None)

    def deliver(self, now_s: float) -> list[tuple[str, bytes]]:
        """Return [(listener, bytes), ...] for every byte that is over by `now_s`, in order."""
        heard: list[tuple[str, bytes]] = []
        self._babble(now_s)
        for speaker in list(self._talkers):
            for data in self._spoken(self._talkers[speaker], now_s):
                echo = self._faults.echo and speaker != RESIDENT
                listeners = [name for name in self._talkers if echo or name != speaker]
                heard.extend((name, data) for name in listeners if name != MASTER or not self._hold(data, now_s))
        if self._held and now_s >= self._held_until_s:
            heard.append((MASTER, bytes(self._held)))
            self._held.clear()
        return heard

    def garble(self, data: bytes) -> bytes:
        """Return bytes of the same length, each one another than it was."""
        return bytes(byte ^ self._random.randrange(1, 256) for byte in data)

    def _babble(self, now_s: float) -> None:
        if self._faults.babble_ms and now_s >= self._babble_at_s:
            self.speak(BABBLER, self._random.randbytes(self._random.randint(1, _LONGEST_BABBLE)), now_s)
            self._babble_at_s = now_s + self._faults.babble_ms / 1000

    def _start_run(self, talker: _Talker, answer: bool, now_s: float) -> None:
        faults, chance = self._faults, self._random.random
        late_s = faults.late_ms / 1000 if answer and faults.late_ms and chance() < faults.late_share else 0.0
        talker.from_s = now_s + late_s + faults.radio_latency_ms / 1000
        talker.over = 0
        talker.silent = answer and chance() < faults.silent_share
        talker.again = bytearray() if answer and chance() < faults.duplicate_share else None
        if answer and faults.stray_bytes and not talker.silent:
            talker.queue += self._random.randbytes(faults.stray_bytes)

    def _end_s(self, talker: _Talker, index: int) -> float:
        """Return when a byte of the queue is over."""
        place, faults = talker.over + index, self._faults
        gaps = place // faults.radio_bytes if faults.radio_bytes else 0
        return talker.from_s + (place + 1) * self.char_s + gaps * faults.radio_gap_ms / 1000

    def _together(self, talker: _Talker) -> int:
        """Return how many bytes of the queue are heard together next."""
        radio_bytes = self._faults.radio_bytes
        packet = radio_bytes - talker.over % radio_bytes if radio_bytes else self._group
        return min(self._group, packet, len(talker.queue))

    def _due_s(self, talker: _Talker) -> float:
        return self._end_s(talker, self._together(talker) - 1)

    def _spoken(self, talker: _Talker, now_s: float) -> Iterator[bytes]:
        while talker.queue and (due_s := self._due_s(talker)) <= now_s:
            count = self._together(talker)
            data = bytes(talker.queue[:count])
            clean = self._collided(talker, data)
            del talker.queue[:count]
            talker.over += count
            self.statistics.bytes += count
            self.statistics.worst_late_s = max(self.statistics.worst_late_s, now_s - due_s)
            yield self._worn(clean)
            if not talker.queue and talker.again:
                self._repeat(talker)

    def _repeat(self, talker: _Talker) -> None:
        talker.queue, talker.again, talker.over = talker.again or bytearray(), None, 0
        talker.from_s = talker.until_s + self.silence_s
        talker.until_s = self._end_s(talker, len(talker.queue) - 1)

    def _collided(self, talker: _Talker, data: bytes) -> bytes:
        others = [other for other in self._talkers.values() if other is not talker]
        clean = bytearray(data)
        for index in range(len(data)):
            end_s = self._end_s(talker, index)
            start_s = end_s - self.char_s
            if any(other.from_s < end_s and other.until_s > start_s for other in others):
                clean[index : index + 1] = self.garble(data[index : index + 1])
                self.statistics.collisions += 1
        return bytes(clean)

    def _worn(self, data: bytes) -> bytes:
        faults, chance = self._faults, self._random.random
        if faults.stuck:
            self.statistics.dropped += len(data)
            return b""
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
