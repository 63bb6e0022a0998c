"""What a logger's configuration says of an instrument: its driver's name, its options, the kinds of its channels.

Shared by the logger, which checks its configuration with it, and by the laptop, which makes that configuration
from SITE.toml. An option is (name, form, lowest, highest, default): the form decides what a value is and what
the two limits mean, the default is REQUIRED where the site decides. What the options mean stands in the drivers
(firmware/drivers) and in docs/adding-an-instrument.md.
"""

from seepline.wire.option_forms import ADDRESS, FIELDS, KINDS, REGISTERS, TRIGGER, WHOLE, WHOLES, WORD

REQUIRED = "required"

ON_I2C = 2  # converters 0 and 1: the board's ADS1220; 2 to 5: an ADS1115 at 0x48 to 0x4B

_COST = (
    ("warm_up_ms", WHOLE, 0, 600000, 0),
    ("measure_ms", WHOLE, 0, 600000, 0),
    ("supply_ua", WHOLE, 0, 5000000, 0),
)
_CONVERTER = (
    ("converter", WHOLE, 0, 5, 0),  # as ON_I2C says
    ("inputs", WHOLES, 0, 3, REQUIRED),
    ("supply_mv", WHOLE, 2300, 5500, 3300),  # of the converter itself, which it measures as its own test
)
_CONVERTER_TAKES = (
    ("converter {converter}", "a supply of {supply_mv} mV"),
    ("input {each} of converter {converter}", ""),
)
_SDI12_COMMANDS = ("M", "MC", "C", "CC", "M1", "MC1", "C1", "CC1", "M2", "MC2", "C2", "CC2")

# One row for each of firmware.drivers.DRIVERS: (channels, what it takes of the board, options).
# Channels: their kinds; a text for one of that kind for each input; None where the option `fields` says it.
# It takes (thing, how it is used): two instruments share a thing only when both use it in the same way, and never
# where no way is said. `each` goes through the inputs.
DRIVERS = {
    "current_loop": (
        "current",
        _CONVERTER_TAKES,
        _CONVERTER
        + (
            ("shunt_mohm", WHOLE, 1000, 1000000, REQUIRED),
            ("fault_low_ua", WHOLE, 0, 4000, REQUIRED),
            ("fault_high_ua", WHOLE, 20000, 30000, REQUIRED),
        ),
    ),
    "thermistor_bridge": (
        "resistance",
        _CONVERTER_TAKES,
        _CONVERTER
        + (
            ("fixed_mohm", WHOLE, 1000, 1000000000, REQUIRED),
            ("short_mohm", WHOLE, 0, 1000000000, REQUIRED),
            ("open_mohm", WHOLE, 1000, 2000000000, REQUIRED),
        ),
    ),
    "sdi12": (
        None,
        (("the second UART", "SDI-12"),),
        _COST
        + (
            ("address", ADDRESS, None, None, REQUIRED),
            ("fields", FIELDS, ("",) + tuple(sorted(KINDS)), None, REQUIRED),
            ("command", WORD, _SDI12_COMMANDS, None, "CC"),
        ),
    ),
    "modbus": (
        None,
        (("the second UART", "Modbus at {baud} baud, parity {parity}, {timeout_ms} ms"),),
        _COST
        + (
            ("address", WHOLE, 1, 247, REQUIRED),
            ("fields", REGISTERS, None, None, REQUIRED),
            ("function", WHOLE, 3, 4, 3),
            ("trigger", TRIGGER, None, None, None),
            ("error_register", WHOLE, 0, 65535, None),
            ("baud", WHOLE, 1200, 115200, 9600),
            ("parity", WORD, ("none", "even", "odd"), None, "none"),
            ("timeout_ms", WHOLE, 20, 10000, 130),
        ),
    ),
    "inclinometer": (("tilt", "tilt", "temperature"), (("the inclinometer's select line", ""),), ()),
    "barometer": (
        ("pressure", "temperature"),
        (("I2C address {address}", ""),),
        (("address", WORD, (0x76, 0x77), None, 0x77),),
    ),
    "humidity": (
        ("humidity", "temperature"),
        (("I2C address {address}", ""),),
        (("address", WORD, (0x44, 0x45, 0x46), None, 0x44),),
    ),
    "accelerometer": (
        ("temperature",),
        (("the accelerometer's select line", ""),),
        (
            ("range_g", WORD, (2, 4, 8), None, 2),
            ("trigger_ug", WHOLE, 500, 8000000, REQUIRED),  # an axis leaves its mean by so much: an event begins
            ("end_ug", WHOLE, 500, 8000000, REQUIRED),  # and ends when none leaves it by so much
            ("quiet_s", WHOLE, 1, 60, 10),  # for so long
            ("most_s", WHOLE, 5, 600, 180),  # an event is cut after so long
            ("pre_s", WHOLE, 1, 5, 2),  # and holds so much of what was before it
            ("ratio_tenth", WHOLE, 0, 1000, 0),  # or it begins at this short over long mean; 0: not
            ("minutes", WHOLE, 0, 60, 10),  # of fast scans after an event
        ),
    ),
    "tipping_bucket": (
        ("pulses",),
        (("counter {counter}", ""),),
        (
            ("counter", WHOLE, 0, 1, 0),
            ("closest_tips_ms", WHOLE, 10, 60000, REQUIRED),
            ("bounce_ms", WHOLE, 0, 1000, 0),  # 0: hardware counter behind a filter; else edges of a bare switch
        ),
    ),
    "supply": (
        ("voltage",),
        (("the supply input", ""),),
        (
            ("upper_ohm", WHOLE, 0, 10000000, REQUIRED),
            ("lower_ohm", WHOLE, 1, 10000000, REQUIRED),
            ("noise_uv", WHOLE, 1000, 1000000, REQUIRED),
        ),
    ),
    "vibrating_wire": (
        ("vw",),
        (
            ("coil {coil}", ""),
            ("input 0 of converter {converter}", "thermistors of coils"),
            ("converter {converter}", "a supply of 3300 mV"),
        ),
        (
            ("coil", WHOLE, 0, 7, REQUIRED),
            ("converter", WHOLE, 0, 5, 1),  # at whose input 0 the multiplexer of the coils' thermistors ends
            ("lowest_hz", WHOLE, 400, 6000, REQUIRED),
            ("highest_hz", WHOLE, 400, 6000, REQUIRED),
            ("nanovolt_per_count", WHOLE, 1, 1000000, REQUIRED),
            ("thermistor", WHOLE, 0, 1, 1),  # 0: a gauge without one
            ("fixed_mohm", WHOLE, 1000, 1000000000, 4990000),
            ("short_mohm", WHOLE, 0, 1000000000, 100000),
            ("open_mohm", WHOLE, 1000, 2000000000, 500000000),
        ),
    ),
}

SHAKE_SOURCE = "accelerometer"
NEVER_ASLEEP = (SHAKE_SOURCE, "tipping_bucket")  # they miss what happens while a logger in mode window sleeps
_SHAKE_LIMITS = ("trigger_ug", "end_ug")
_NO_SHAKE = "none: only an accelerometer is a shake source, a tilt mode lets a few hertz through and clips shaking"


def _number(options: dict[str, object], name: str) -> int:
    return options[name]  # type: ignore[return-value]  # its own test has been passed


def _shunt(options: dict[str, object]) -> bool:
    """Tell whether the converter's 2.048 V reach beyond the upper fault current."""
    return _number(options, "shunt_mohm") * _number(options, "fault_high_ua") < 2048000000


def _inputs(options: dict[str, object]) -> bool:
    """Tell whether input 3 of an ADS1115 is left to the supply of bridges."""
    return _number(options, "converter") < ON_I2C or 3 not in options["inputs"]  # type: ignore[operator]


def _open_above_short(options: dict[str, object]) -> bool:
    return _number(options, "short_mohm") < _number(options, "open_mohm")


def _band(options: dict[str, object]) -> bool:
    return _number(options, "lowest_hz") < _number(options, "highest_hz")


def _ends_below(options: dict[str, object]) -> bool:
    return _number(options, "end_ug") <= _number(options, "trigger_ug")


def _in_range(options: dict[str, object]) -> bool:
    return _number(options, "trigger_ug") < 1000000 * _number(options, "range_g")


_INPUTS = (_inputs, "inputs", "0 to 2: input 3 of an ADS1115 (converter 2 to 5) hears the supply of its bridges")

# What must hold between options that are right by themselves: (the test, the option at fault, what was expected).
_TOGETHER = {
    "current_loop": (_INPUTS, (_shunt, "shunt_mohm", "a shunt with less than 2.048 V at the upper fault current")),
    "thermistor_bridge": (_INPUTS, (_open_above_short, "open_mohm", "more than short_mohm")),
    "accelerometer": (
        (_ends_below, "end_ug", "at most trigger_ug"),
        (_in_range, "trigger_ug", "less than the range"),
    ),
    "vibrating_wire": (
        (_open_above_short, "open_mohm", "more than short_mohm"),
        (_band, "highest_hz", "more than lowest_hz"),
    ),
}


def faults(driver: str, options: dict[str, object]) -> list[tuple[str, str]]:
    """Return (option, what was expected) for each option of a known driver that is wrong, unknown or lacking."""
    options_of = DRIVERS[driver][2]
    names = [name for name, _, _, _, _ in options_of]
    known = "one of the options " + ", ".join(sorted(names))
    found = [(key, _NO_SHAKE if key in _SHAKE_LIMITS else known) for key in options if key not in names]
    for name, (fits, words), low, high, default in options_of:
        fine = fits(options[name], low, high) if name in options else default != REQUIRED  # type: ignore[operator]
        if not fine:
            found.append((name, _expected(words, low, high)))
    if not found:
        whole = with_defaults(driver, options)
        found = [(name, words) for fits, name, words in _TOGETHER.get(driver, ()) if not fits(whole)]
    return found


def _expected(words: str, low: object, high: object) -> str:
    if isinstance(low, tuple):
        return words % ", ".join([str(one) for one in low if one])
    return words % (low, high) if low is not None else words


def with_defaults(driver: str, options: dict[str, object]) -> dict[str, object]:
    """Return all options of a driver, those that are not said at their defaults."""
    return {name: options.get(name, default) for name, _, _, _, default in DRIVERS[driver][2]}


def clashes(instruments: list[tuple[str, dict[str, object]]]) -> list[tuple[int, int, str]]:
    """Return (instrument, one before it, thing) for each thing of the board that two (driver, options) take.

    >>> clashes([("barometer", {}), ("barometer", {"address": 118}), ("barometer", {})])
    [(2, 0, 'I2C address 119')]
    """
    taken: dict[str, tuple[int, str]] = {}
    found = []
    for number, (driver, options) in enumerate(instruments):
        for thing, use in _things(driver, options):
            before, used = taken.setdefault(thing, (number, use))
            if before != number and (used != use or not use):
                found.append((number, before, thing))
    return found


def _things(driver: str, options: dict[str, object]) -> list[tuple[str, str]]:
    whole = with_defaults(driver, options)
    found = []
    for each in options.get("inputs", (0,)):  # type: ignore[attr-defined]
        found += [(thing.format(each=each, **whole), use.format(**whole)) for thing, use in DRIVERS[driver][1]]
    return found


def channels(driver: str, options: dict[str, object]) -> tuple[str, ...]:
    """Return the kinds of an instrument's channels, in the driver's order; its options must be right.

    >>> channels("current_loop", {"inputs": [0, 1]})
    ('current', 'current')
    >>> channels("sdi12", {"fields": ["pressure", "", "temperature"]})
    ('pressure', 'temperature')
    """
    kinds = DRIVERS[driver][0]
    if isinstance(kinds, str):
        return (kinds,) * len(options["inputs"])  # type: ignore[arg-type,no-any-return]
    fields: list[str] = kinds or options["fields"]  # type: ignore[assignment]
    named = [field if isinstance(field, str) else field[0] for field in fields]
    return tuple([kind for kind in named if kind])
