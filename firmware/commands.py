"""Sealed commands and the device key: who may change this logger, and the proof that it was them.

A command is judged in this order: length, key present, seal, code, payload. A refused one changes nothing but the
count of refused ones and the result registers. The nonce moves with an accepted one only, so that each seal opens
once. Judging and doing stand in `firmware/command_actions.py`, which is loaded with the first command.
"""

import asyncio
import struct

from firmware.facts import Facts
from firmware.node_config import room_for
from firmware.unload import unload
from seepline.wire import event
from seepline.wire.registers import KEY_WORDS, NONCE_REGISTER, NONCE_WORDS, RESULT_REGISTER

RESTART_AFTER_S = 0.5  # the answer to the command has gone out on either line by then
_REFUSED = _NO_ROOM = 5  # as in seepline/wire/seal.py, which is loaded with the first command
KEY = "key"  # in the store; no register shows it


class Commands:
    """What sealed commands may change, and the nonce that the next one is sealed with.

    `keeper` (firmware.timekeeping), `configuration` (firmware.node_config) and `updates` are what the commands act
    upon. `updates()` (firmware.update) takes a program bundle; None: this logger takes none. `say(code, detail,
    values)` records an event.
    """

    def __init__(self, logger_id: int, board, facts: Facts, keeper, configuration, say) -> None:
        self.logger_id = logger_id
        self.facts = facts
        self.keeper = keeper
        self.configuration = configuration
        self.updates: object = None
        self.store = board.store
        self.nonce = struct.pack(">%dH" % NONCE_WORDS, *[board.random16() for _ in range(NONCE_WORDS)])
        self.staged = room_for(b"")  # a configuration on its way
        self._board = board
        self._say = say
        self._leaving = None
        self._count = 0
        self._last = (0, 0, 0)  # code, result, detail
        self._show_fingerprint(self.key())

    def windows(self) -> dict:
        """Return what can be read: first register -> function that returns the bytes."""
        return {NONCE_REGISTER: lambda: self.nonce, RESULT_REGISTER: self._result}

    def take(self, data: bytes) -> bool:
        """Take what was written to the command register; False when it is refused."""
        try:
            from firmware.command_actions import judge

            code, result, detail = judge(self, data)
        except MemoryError:  # anyone on the line can send bytes here: they must not end the program
            code, result, detail = data[0], _REFUSED, _NO_ROOM
        self._count = (self._count + 1) & 0xFFFF
        self._last = code, result, detail & 0xFFFF
        if result:
            self.facts.commands_refused += 1
            self._say(event.COMMAND_REFUSED, result, (code, self.facts.commands_refused))
        return not result

    def take_key(self, words: tuple) -> bool:
        """Take the device key, while there is none; False when there is one, or for a key of zeros."""
        if self.key() or len(words) != KEY_WORDS or not any(words):
            return False
        self._keep_key(struct.pack(">%dH" % KEY_WORDS, *words))
        return True

    def key(self) -> bytes | None:
        """Return the device key, None when there is none."""
        return self.store.get(KEY)

    def forget_key(self) -> None:
        """Forget the device key: another one can then be written over USB."""
        self._keep_key(b"")

    def restart(self) -> None:
        """Restart the logger as soon as the answer has gone out."""
        self._leaving = asyncio.create_task(_restart(self._board))

    def _keep_key(self, key: bytes) -> None:
        self.store.put(KEY, key)
        self._show_fingerprint(key)
        self._say(event.KEY_SET, 1 if key else 0, (event.as_i32(self.facts.key_fingerprint),))

    def _show_fingerprint(self, key: bytes | None) -> None:
        self.facts.key_fingerprint = 0
        if key:
            from seepline.wire.seal import fingerprint

            self.facts.key_fingerprint = fingerprint(key)
            unload("seepline.wire.seal")

    def _result(self) -> bytes:
        return struct.pack(">4H", self._count, *self._last)


async def _restart(board) -> None:
    await asyncio.sleep(RESTART_AFTER_S)
    board.restart()
