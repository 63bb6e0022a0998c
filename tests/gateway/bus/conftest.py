"""A master on the simulated line without ports and threads, in virtual time: exact and repeatable."""

import asyncio
import functools
import selectors
import struct
from types import SimpleNamespace

import pytest

from gateway.bus.exchange import Pace
from gateway.bus.master import Master
from seepline.wire import rtu
from simulator.faults import NO_FAULTS
from simulator.line import MASTER, RESIDENT, Line
from simulator.resident import Residents
from tests.gateway.conftest import truthfully

TURN_ROUND_S = 0.1


class VirtualSelector(selectors.SelectSelector):
    """Nobody waits: time jumps to when something is due."""

    now_s = 0.0

    def select(self, timeout=None):
        assert timeout is not None, "nothing will ever happen"
        self.now_s += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self._virtual = VirtualSelector()
        super().__init__(self._virtual)

    def time(self):
        return self._virtual.now_s


class MemoryLine:
    """The surface of gateway.bus.line.Line, and the simulated line behind it."""

    path, is_open = "memory", True

    def __init__(self, line, devices):
        self.line = line
        self._residents = Residents(devices)
        self._heard = b""

    def write(self, data):
        self._play()
        self.line.speak(MASTER, data, now_s())

    def read(self):
        self._play()
        data, self._heard = self._heard, b""
        return data

    async def wait(self, timeout_s):
        end_s = now_s() + timeout_s
        while True:
            self._play()
            if self._heard or now_s() >= end_s:
                return bool(self._heard)
            due_s = self.line.next_due_s()
            await asyncio.sleep(min(end_s, end_s if due_s is None else due_s) - now_s())

    def _play(self):
        while (due_s := self.line.next_due_s()) is not None and due_s <= now_s():
            for name, data in self.line.deliver(due_s):
                if name == MASTER:
                    self._heard += data
                if name == RESIDENT and (answer := self._residents.hear(data, due_s)):
                    self.line.speak(RESIDENT, answer, max(due_s, self.line.quiet_from_s) + self.line.silence_s)


class ToldLine:
    """The surface of gateway.bus.line.Line, and behind it devices whose answers `mischief` makes what is said."""

    path, is_open = "memory", True

    def __init__(self, devices):
        self.devices, self.mischief = devices, truthfully
        self._due = []  # (when, bytes)

    def write(self, request):
        if request[0] == rtu.BROADCAST:
            for memory in self.devices.values():
                memory.take_time(request[1:-2])
        elif (memory := self.devices.get(request[0])) is not None:
            at_s = now_s()
            for pause_s, data in self.mischief(request, rtu.frame(request[0], memory.answer(request[1:-2]))):
                at_s += pause_s
                self._due.append((at_s, data))

    def read(self):
        heard = b"".join(data for at_s, data in self._due if at_s <= now_s())
        self._due = [one for one in self._due if one[0] > now_s()]
        return heard

    async def wait(self, timeout_s):
        end_s = now_s() + timeout_s
        first_s = min((at_s for at_s, _ in self._due), default=end_s)
        await asyncio.sleep(max(0.0, min(first_s, end_s) - now_s()))
        return first_s <= now_s() and first_s < end_s


def in_virtual_time(test):
    """Run an async test on a loop of which nobody waits: a slow machine is no late answer."""

    @functools.wraps(test)
    def run(*fixtures, **named):
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(test(*fixtures, **named))

    return run


def now_s():
    return asyncio.get_running_loop().time()


def word(address, function, register):
    """What a device holds: another value in every place."""
    return (address * 7919 + function * 104_729 + register * 31) & 0xFFFF


def device(address):
    """Return the answers of a device that is as it should be."""

    def answer(pdu):
        if pdu[0] in (rtu.READ_HOLDING, rtu.READ_INPUT):
            function, first, count = struct.unpack(">BHH", pdu)
            words = [word(address, function, first + n) for n in range(count)]
            return struct.pack(f">BB{count}H", function, 2 * count, *words)
        return pdu[:5]

    return answer


class Desk:
    """A master, a line and three devices in virtual time."""

    def __init__(self, faults=NO_FAULTS, baud=19200, radio=None):
        self.line = Line(baud, "none", faults)
        self.line.join(RESIDENT)
        self.memory = MemoryLine(self.line, {address: device(address) for address in (1, 2, 3)})
        self.master = Master(self.memory, Pace(baud, 10, TURN_ROUND_S, radio))

    def run(self, job):
        """Run a coroutine to its end; return (its result, virtual seconds)."""
        loop = VirtualLoop()
        try:
            return loop.run_until_complete(job), loop.time()
        finally:
            loop.close()


@pytest.fixture
def desk():
    return SimpleNamespace(of=Desk, word=word, device=device, turn_round_s=TURN_ROUND_S)
