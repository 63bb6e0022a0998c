"""What a logger is told at commissioning: who it is, how often it scans, what is wired to which slot."""

from collections import namedtuple

from seepline.wire.record import PAYLOADS
from seepline.wire.registers import MAX_BLOCKS

Settings = namedtuple("Settings", ("logger_id", "address", "baud", "scan_s", "blocks"))

# One live block: its number, its payload type on the wire, what that type is, and the kind of input per slot.
Block = namedtuple("Block", ("block", "payload_type", "payload", "slots"))

_NUMBERS = (
    # key, lowest, highest
    ("logger_id", 1, 0xFFFFFFFE),
    ("address", 1, 247),
    ("baud", 1200, 921600),
    ("scan_s", 10, 86400),
)
_TYPES = {kind.name: payload_type for payload_type, kind in PAYLOADS.items()}


class ConfigError(ValueError):
    """The configuration cannot be used: names the key, what it is and what was expected."""


def settings(config: dict) -> Settings:
    """Return the checked settings of a configuration as stored on the logger.

    Raises
    ------
    ConfigError
        At the first key that is missing, unknown or out of range.
    """
    _only(config, [key for key, _, _ in _NUMBERS] + ["blocks"], "configuration")
    fields: list = [_number(config, key, lowest, highest, key) for key, lowest, highest in _NUMBERS]
    entries = config["blocks"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_BLOCKS:
        raise ConfigError("blocks is %r, expected a list of 1 to %d blocks" % (entries, MAX_BLOCKS))
    blocks = [_block(entry, "blocks[%d]" % index) for index, entry in enumerate(entries)]
    if len({block.block for block in blocks}) < len(blocks):
        raise ConfigError("blocks names a block twice, expected each block once")
    fields.append(blocks)
    return Settings(*fields)


def _only(table: object, keys: list[str], where: str) -> None:
    if not isinstance(table, dict):
        raise ConfigError("%s is %r, expected a table" % (where, table))
    for key in keys:
        if key not in table:
            raise ConfigError("%s lacks %s" % (where, key))
    for key in table:
        if key not in keys:
            raise ConfigError("%s has the unknown key %s, expected %s" % (where, key, ", ".join(keys)))


def _number(table: dict, key: str, lowest: int, highest: int, where: str) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise ConfigError("%s is %r, expected a whole number from %d to %d" % (where, value, lowest, highest))
    return value


def _block(entry: dict, where: str) -> Block:
    _only(entry, ["block", "payload", "slots"], where)
    number = _number(entry, "block", 0, MAX_BLOCKS - 1, where + ".block")
    if entry["payload"] not in _TYPES:
        raise ConfigError("%s.payload is %r, expected %s" % (where, entry["payload"], " or ".join(sorted(_TYPES))))
    payload_type = _TYPES[entry["payload"]]
    kind, slots = PAYLOADS[payload_type], entry["slots"]
    if not isinstance(slots, list) or not 1 <= len(slots) <= kind.channels:
        raise ConfigError("%s.slots is %r, expected a list of 1 to %d kinds" % (where, slots, kind.channels))
    return Block(number, payload_type, kind, tuple(slots))
