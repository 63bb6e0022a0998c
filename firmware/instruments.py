"""The instruments and triggers of a configuration, checked against its blocks before anything is opened.

Imported only when a configuration has any: a logger that shows none keeps the memory.
"""

from collections import namedtuple

from firmware.config import number
from firmware.settings import ConfigError
from seepline.wire import drivers

SWITCHES = 4  # of sensor supplies
MOST_RETRIES = 5
TRIGGER_MINUTES = 10
LONGEST_TRIGGER_MINUTES = 60
DIRECTIONS = ("above", "below", "rate_per_min")

# `places`: for each channel of the driver (block, slot), None = not used. `power`: a switch, None = always on.
Instrument = namedtuple("Instrument", ("driver", "places", "scan_s", "retries", "power", "options"))

# Fast scans for `minutes` when the value at (block, slot) is beyond `limit`, in wire units (a rate: each minute).
Trigger = namedtuple("Trigger", ("place", "direction", "limit", "minutes"))

_OWN = ("driver", "at", "scan_s", "retries", "power")


def instruments(entries: object, blocks: list, scan_s: int) -> tuple:
    """Return the checked `Instrument`s of a configuration.

    Raises
    ------
    ConfigError
        At the first fault: names the instrument, the key, the value and what was expected.
    """
    if not isinstance(entries, list):
        raise ConfigError("instruments is %r, expected a list of instruments" % (entries,))
    kinds = _kinds(blocks)
    found = [_instrument(entry, "instruments[%d]" % n, kinds, scan_s) for n, entry in enumerate(entries)]
    _filled_once(found)
    for later, before, thing in drivers.clashes([(one.driver, one.options) for one in found]):
        raise ConfigError(
            "instruments[%d] takes %s, expected one that instruments[%d] does not take otherwise"
            % (later, thing, before)
        )
    return tuple(found)


def check_mode(mode: object, found: tuple) -> None:
    """Raise ConfigError when a logger is to sleep beside an instrument that samples or counts all the time."""
    for index, one in enumerate(found):
        if mode == "window" and one.driver in drivers.NEVER_ASLEEP:
            raise ConfigError(
                "mode is 'window', expected 'continuous' with instruments[%d]: a sleeping logger misses "
                "what its %s feels or counts" % (index, one.driver)
            )


def _filled_once(found: list) -> None:
    taken: dict = {}
    for later, one in enumerate(found):
        for place in one.places:
            if place and place in taken:
                raise ConfigError(
                    "instruments[%d].at fills %d:%d, expected a place that instruments[%d] does not fill"
                    % (later, place[0], place[1], taken[place])
                )
            taken[place] = later


def triggers(entries: object, blocks: list) -> tuple:
    """Return the checked `Trigger`s of a configuration; raises ConfigError."""
    if not isinstance(entries, list):
        raise ConfigError("triggers is %r, expected a list of triggers" % (entries,))
    kinds = _kinds(blocks)
    return tuple([_trigger(entry, "triggers[%d]" % n, kinds) for n, entry in enumerate(entries)])


def _kinds(blocks: list) -> dict:
    """Return the kind of each place of the blocks."""
    return {(block.block, slot): kind for block in blocks for slot, kind in enumerate(block.slots)}


def _instrument(entry, where: str, kinds: dict, scan_s: int) -> Instrument:
    if not isinstance(entry, dict) or entry.get("driver") not in list(drivers.DRIVERS):
        named = entry.get("driver") if isinstance(entry, dict) else entry
        known = ", ".join(sorted(drivers.DRIVERS))
        raise ConfigError("%s.driver is %r, expected one of %s" % (where, named, known))
    driver, options = entry["driver"], {key: entry[key] for key in entry if key not in _OWN}
    for option, expected in drivers.faults(driver, options):
        raise ConfigError(_fault(where, option, options, expected))
    own_s = _whole(entry, "scan_s", scan_s, 86400, scan_s, where)
    if own_s % scan_s:
        raise ConfigError("%s.scan_s is %d, expected a multiple of the logger's %d" % (where, own_s, scan_s))
    return Instrument(
        driver,
        _places(entry.get("at"), where, drivers.channels(driver, options), kinds),
        own_s,
        _whole(entry, "retries", 0, MOST_RETRIES, 0, where),
        _whole(entry, "power", 0, SWITCHES - 1, None, where),
        drivers.with_defaults(driver, options),
    )


def _fault(where: str, option: str, options: dict, expected: str) -> str:
    if option in options:
        return "%s.%s is %r, expected %s" % (where, option, options[option], expected)
    return "%s lacks %s, expected %s" % (where, option, expected)


def _whole(entry: dict, key: str, lowest: int, highest: int, default, where: str):
    return default if entry.get(key) is None else number(entry, key, lowest, highest, "%s.%s" % (where, key))


def _places(names: object, where: str, channels: tuple, kinds: dict) -> tuple:
    """Return where each channel goes; `names` has one text "block:slot" or None for each."""
    if not isinstance(names, list) or len(names) != len(channels):
        raise ConfigError(
            "%s.at is %r, expected a list of %d places, one for each of %s"
            % (where, names, len(channels), ", ".join(channels))
        )
    places = [None if name is None else _place(name, "%s.at" % where, kinds) for name in names]
    for place, kind in zip(places, channels):
        if place and kinds[place] != kind:
            raise ConfigError(
                "%s.at puts %s into %d:%d, which is for %s" % (where, kind, place[0], place[1], kinds[place])
            )
    if not any(places):
        raise ConfigError("%s.at is %r, expected a place for one channel at least" % (where, names))
    return tuple(places)


def _place(name: object, where: str, kinds: dict) -> tuple:
    for place in kinds:
        if name == "%d:%d" % place:
            return place
    raise ConfigError("%s names %r, expected <block>:<slot> out of the blocks, or null" % (where, name))


def _trigger(entry, where: str, kinds: dict) -> Trigger:
    given = [key for key in DIRECTIONS if isinstance(entry, dict) and key in entry]
    if len(given) != 1:
        raise ConfigError("%s is %r, expected at and one of %s" % (where, entry, ", ".join(DIRECTIONS)))
    for key in entry:
        if key not in ("at", "minutes") + DIRECTIONS:
            raise ConfigError("%s has the unknown key %s, expected at, minutes, %s" % (where, key, given[0]))
    lowest = 1 if given[0] == "rate_per_min" else -0x7FFFFFFF
    limit = _whole(entry, given[0], lowest, 0x7FFFFFFF, None, where)
    if limit is None:
        raise ConfigError("%s.%s is null, expected a whole number in wire units" % (where, given[0]))
    minutes = _whole(entry, "minutes", 1, LONGEST_TRIGGER_MINUTES, TRIGGER_MINUTES, where)
    return Trigger(_place(entry.get("at"), where + ".at", kinds), given[0], limit, minutes)
