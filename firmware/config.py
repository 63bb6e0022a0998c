"""What a logger is told at commissioning, checked: who it is, how often it scans, what is wired to which slot.

Loaded for a start and for a command that brings a configuration, and forgotten afterwards.
"""

from firmware.settings import Block, ConfigError, Settings
from seepline.wire.record import PAYLOADS
from seepline.wire.registers import MAX_BLOCKS

_NUMBERS = (
    # key, lowest, highest, when it is not said (None: it must be)
    ("logger_id", 1, 0xFFFFFFFE, None),
    ("address", 1, 247, None),
    ("baud", 1200, 921600, None),
    ("scan_s", 10, 86400, None),
    ("window_s", 5, 60, 5),  # for which the line is listened to after a scan, in mode window
    # A 12 V battery under its load: lead-acid with a tenth of its charge, four LiFePO4 cells at the knee (2.75 V).
    ("supply_low_mv", 0, 60000, 11000),
)
_WORDS = (
    # key, what it may be, the first when it is not said
    ("parity", ("none", "even", "odd")),
    ("mode", ("continuous", "window")),
    ("mains_hz", (50, 60)),
)
_TYPES = {kind.name: payload_type for payload_type, kind in PAYLOADS.items()}


def settings(config: dict) -> Settings:
    """Return the checked settings of a configuration as stored on the logger.

    Raises
    ------
    ConfigError
        At the first key that is missing, unknown or out of range.
    """
    required = [key for key, _, _, default in _NUMBERS if default is None] + ["blocks"]
    optional = [key for key, _, _, default in _NUMBERS if default is not None] + [key for key, _ in _WORDS]
    only(config, required, "configuration", optional + ["instruments", "triggers"])
    fields: list = [number(config, key, low, high, key, default) for key, low, high, default in _NUMBERS]
    fields += [_word(config, key, words) for key, words in _WORDS]
    entries = config["blocks"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_BLOCKS:
        raise ConfigError("blocks is %r, expected a list of 1 to %d blocks" % (entries, MAX_BLOCKS))
    blocks = [_block(entry, "blocks[%d]" % index) for index, entry in enumerate(entries)]
    if len({block.block for block in blocks}) < len(blocks):
        raise ConfigError("blocks names a block twice, expected each block once")
    fields.append(blocks)
    fields += _instruments(config, blocks)
    return Settings(*fields)


def _instruments(config: dict, blocks: list[Block]) -> tuple:
    """Return the checked instruments and triggers; a logger without any never imports what checks them."""
    if config.get("instruments", []) == [] == config.get("triggers", []):
        return (), ()
    from firmware import instruments as fitting
    from firmware.unload import unload

    try:
        found = fitting.instruments(config.get("instruments", []), blocks, config["scan_s"])
        fitting.check_mode(config.get("mode"), found)
        return found, fitting.triggers(config.get("triggers", []), blocks)
    finally:
        unload("firmware.instruments", "seepline.wire.drivers", "seepline.wire.option_forms")


def only(table: object, keys: list[str], where: str, optional: list[str]) -> None:
    """Raise ConfigError when a value is no table, lacks one of the keys or has an unknown one."""
    if not isinstance(table, dict):
        raise ConfigError("%s is %r, expected a table" % (where, table))
    for key in keys:
        if key not in table:
            raise ConfigError("%s lacks %s" % (where, key))
    for key in table:
        if key not in keys and key not in optional:
            expected = ", ".join(keys + optional)
            raise ConfigError("%s has the unknown key %s, expected %s" % (where, key, expected))


def number(table: dict, key: str, lowest: int, highest: int, where: str, default: int | None = None) -> int:
    """Return a whole number of a table; raises ConfigError when it is none, or out of its range."""
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise ConfigError("%s is %r, expected a whole number from %d to %d" % (where, value, lowest, highest))
    return value


def _word(config: dict, key: str, words: tuple):
    value = config.get(key, words[0])
    if value not in words:
        raise ConfigError("%s is %r, expected one of %s" % (key, value, ", ".join([str(word) for word in words])))
    return value


def _block(entry: dict, where: str) -> Block:
    only(entry, ["block", "payload", "slots"], where, [])
    block = number(entry, "block", 0, MAX_BLOCKS - 1, where + ".block")
    if entry["payload"] not in _TYPES:
        raise ConfigError("%s.payload is %r, expected %s" % (where, entry["payload"], " or ".join(sorted(_TYPES))))
    payload_type = _TYPES[entry["payload"]]
    kind, slots = PAYLOADS[payload_type], entry["slots"]
    if not isinstance(slots, list) or not 1 <= len(slots) <= kind.channels:
        raise ConfigError("%s.slots is %r, expected a list of 1 to %d kinds" % (where, slots, kind.channels))
    return Block(block, payload_type, kind, tuple(slots))
