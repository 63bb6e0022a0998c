"""A logger with commands on its bus and on its USB port, for tests: the slaves over made-up surroundings."""

import struct

from firmware.commands import Commands
from firmware.config import settings
from firmware.facts import Facts
from firmware.image import Image
from firmware.node_config import Configuration
from firmware.slave import Slave
from firmware.timekeeping import Keeper
from firmware.traffic import Traffic
from seepline.wire import event, rtu, seal

KEY = bytes(range(32))
LOGGER = 116002
CONFIG = {
    "logger_id": LOGGER,
    "address": 2,
    "baud": 115200,
    "scan_s": 900,
    "blocks": [{"block": 0, "payload": "scalar", "slots": ["voltage", "none"]}],
}


class Ring:
    """An empty one."""

    ring, oldest, newest, capacity = 0xBEEF, 1, 0, 68


class Clock:
    tolerance_ms = 100
    quality = 1
    now_ms = 1450425600000

    def utc_ms(self):
        return self.now_ms

    def set(self, utc_ms):
        self.now_ms = utc_ms

    def uptime_ms(self):
        return 5000


class Store:
    def __init__(self):
        self.blobs = {}
        self.full = False

    def get(self, name):
        return self.blobs.get(name)

    def put(self, name, data):
        if self.full:
            raise OSError("no space")
        self.blobs[name] = bytes(data)
        if not data:
            del self.blobs[name]


class Board:
    def __init__(self):
        self.store = Store()
        self._drawn = 0x1234

    def random16(self):
        self._drawn = (self._drawn * 40503 + 7) & 0xFFFF
        return self._drawn


class Updates:
    """As firmware.update, without files."""

    def __init__(self):
        self.size = 0
        self.committed = None
        self.detail = 0

    def put(self, offset, data):
        if offset != self.size:
            return False
        self.size += len(data)
        return True

    def commit(self, length, digest):
        self.committed = (length, digest)
        return self.detail


class Logger:
    """Everything that commands may touch; `usb` is the slave that has the key register."""

    def __init__(self, key=KEY):
        self.board = Board()
        self.clock, self.facts, self.traffic = Clock(), Facts(), Traffic()
        self.keeper = Keeper(self.clock)
        self.image = Image(settings(CONFIG), Ring, self.keeper, self.traffic, (7, 1), self.facts)
        if key:
            self.board.store.put("key", key)
        self.said = []
        self.restarts = 0
        self.configuration = Configuration(self.board.store, lambda: CONFIG, settings)
        self.start()

    def start(self):
        self.commands = commands = Commands(
            LOGGER, self.board, self.facts, self.keeper, self.configuration, lambda *told: self.said.append(told)
        )
        commands.restart = self.count_restart
        self.updates = Updates()
        commands.updates = lambda: self.updates
        self.image.windows.update(commands.windows())
        self.slave = Slave(self.image, {}, self.traffic, "", (), commands.take)
        self.usb = Slave(self.image, {360: (16, commands.take_key)}, self.traffic, "", (), commands.take)

    def count_restart(self):
        self.restarts += 1

    def nonce(self):
        return self.slave.answer(rtu.read_request(3, 300, 4))[2:]

    def result(self):
        return struct.unpack(">4H", self.slave.answer(rtu.read_request(4, 308, 4))[2:])

    def sealed(self, code, payload=b"", key=KEY, logger_id=LOGGER, nonce=None):
        return seal.sealed(key, logger_id, nonce or self.nonce(), code, payload)

    def give(self, data, slave=None):
        """Write command bytes; return 0 or the Modbus exception."""
        answer = (slave or self.slave).answer(write(data))
        if answer == write(data)[:5]:
            return 0
        assert (answer[0], len(answer)) == (0x90, 2), answer
        return answer[1]

    def does(self, code, payload=b""):
        before = self.nonce()
        assert self.give(self.sealed(code, payload)) == 0, self.result()
        assert self.nonce() == seal.next_nonce(KEY, before)
        assert self.result()[1:] == (code, seal.DONE, 0)

    def refuses(self, data, result, detail=0, code=None):
        before, refused, said = self.state(), self.facts.commands_refused, len(self.said)
        assert self.give(data) == 3
        assert self.result()[1:] == (data[0] if code is None else code, result, detail), self.result()
        assert self.state() == before
        assert self.facts.commands_refused == refused + 1
        assert self.said[said:] == [(event.COMMAND_REFUSED, result, (data[0], refused + 1))]

    def state(self):
        """Return all that a command might change."""
        commands = self.commands
        blobs = sorted(self.board.store.blobs.items())
        updates = self.updates.size, self.updates.committed
        kept = commands.nonce, bytes(commands.staged[12:]), updates, self.restarts
        return kept, blobs, self.clock.now_ms, self.keeper.quality, self.facts.key_fingerprint


def write(data):
    return struct.pack(">BHHB", 16, 320, len(data) // 2, len(data)) + data
