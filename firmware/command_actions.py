"""Judges a sealed command and does it: one row per command, (result, detail) from each."""

import gc
import json
import struct

from firmware.node_config import HEAD_BYTES, MOST_BYTES, room_for
from firmware.unload import unload
from seepline.wire import seal
from seepline.wire.crc import crc32

_DONE = (seal.DONE, 0)
_MALFORMED = (seal.MALFORMED, 0)


def _set_clock(commands, payload: bytes) -> tuple[int, int]:
    seconds, ms = struct.unpack(">IH", payload)
    if not seconds or ms > 999:
        return _MALFORMED
    commands.keeper.command(1000 * seconds + ms)
    return _DONE


def _stage(commands, payload: bytes) -> tuple[int, int]:
    target, offset = struct.unpack_from(">BI", payload, 0)
    take = {seal.STAGE_CONFIG: _stage_config, seal.STAGE_BUNDLE: _stage_bundle}.get(target)
    if take is None or len(payload) == _STAGE_HEAD:
        return _MALFORMED
    return take(commands, offset, payload[_STAGE_HEAD:])


def _stage_config(commands, offset: int, data: bytes) -> tuple[int, int]:
    if not offset:
        commands.staged = room_for(b"")
    staged = commands.staged
    if offset != len(staged) - HEAD_BYTES:
        return seal.OUT_OF_ORDER, len(staged) - HEAD_BYTES
    if offset + len(data) > MOST_BYTES:
        return seal.REFUSED, seal.TOO_LONG
    staged.extend(data)
    commands.facts.staged_bytes = offset + len(data)
    return _DONE


def _stage_bundle(commands, offset: int, data: bytes) -> tuple[int, int]:
    if commands.updates is None:
        return seal.REFUSED, seal.NOT_HERE
    updates = commands.updates()
    taken = updates.put(offset, data)
    commands.facts.staged_bytes = updates.size
    return _DONE if taken else (seal.OUT_OF_ORDER, updates.size)


def _commit_config(commands, payload: bytes) -> tuple[int, int]:
    length, check = struct.unpack(">HI", payload)
    staged = commands.staged
    data = memoryview(staged)[HEAD_BYTES:]
    if (length, check) != (len(data), crc32(data)):
        return seal.REFUSED, seal.NOT_STAGED
    detail = _fault_of(data)
    if detail:
        return seal.REFUSED, detail
    gc.collect()
    commands.configuration.commit(staged)
    commands.staged = room_for(b"")
    commands.facts.staged_bytes = 0
    commands.restart()
    return _DONE


def _fault_of(data: memoryview) -> int:
    """Return why a configuration cannot be used, 0 when it can.

    A long one may not find the room to be taken apart beside the running program. Then the next start judges it,
    with the heap empty, and runs with the one in force now if it is none.
    """
    detail = seal.NO_JSON
    try:
        found = json.loads(bytes(data))
        detail = seal.BAD_CONFIG
        check(found)
    except MemoryError:
        return 0
    except Exception:  # a list where a word should be, nested a thousand deep: whatever it is, the logger goes on
        return detail
    return 0


def check(found) -> None:
    """Raise ConfigError for a configuration that this program cannot run with."""
    from firmware.config import settings

    try:
        settings(found)
    finally:
        unload("firmware.config")


def _commit_update(commands, payload: bytes) -> tuple[int, int]:
    if commands.updates is None:
        return seal.REFUSED, seal.NOT_HERE
    detail = commands.updates().commit(struct.unpack_from(">I", payload, 0)[0], payload[4:])
    if detail:
        return seal.REFUSED, detail
    commands.restart()
    return _DONE


def _restart(commands, payload: bytes) -> tuple[int, int]:
    commands.restart()
    return _DONE


def _forget_key(commands, payload: bytes) -> tuple[int, int]:
    commands.forget_key()
    return _DONE


_STAGE_HEAD = 5
_ACTIONS = {
    # code: (fewest and most bytes of payload, what it does)
    seal.SET_CLOCK: (6, 6, _set_clock),
    seal.STAGE: (_STAGE_HEAD, _STAGE_HEAD + seal.STAGE_BYTES, _stage),
    seal.COMMIT_CONFIG: (6, 6, _commit_config),
    seal.COMMIT_UPDATE: (36, 36, _commit_update),
    seal.RESTART: (0, 0, _restart),
    seal.FORGET_KEY: (0, 0, _forget_key),
}


def judge(commands, data: bytes) -> tuple[int, int, int]:
    """Return (code, result, detail) of the bytes of a command, which is done now unless it is refused."""
    command = seal.opened(data)
    if command is None:
        return (data[0] if data else 0), seal.MALFORMED, 0
    code, payload, body, proof = command
    key = commands.key()
    if not key:
        return code, seal.NO_KEY, 0
    if not seal.same(proof, seal.seal(key, commands.logger_id, commands.nonce, body)):
        return code, seal.WRONG_SEAL, 0
    result, detail = _done(commands, code, payload)
    if result == seal.DONE:
        commands.nonce = seal.next_nonce(key, commands.nonce)
    return code, result, detail


def _done(commands, code: int, payload: bytes) -> tuple[int, int]:
    """Do one command; what the store or the memory cannot take is refused."""
    if code not in _ACTIONS:
        return seal.UNKNOWN, 0
    fewest, most, action = _ACTIONS[code]
    if not fewest <= len(payload) <= most:
        return _MALFORMED
    try:
        return action(commands, payload)
    except (OSError, MemoryError):
        return seal.REFUSED, seal.NO_ROOM
