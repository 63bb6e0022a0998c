"""What the value of a driver's option may look like: forms for the table in `seepline/wire/drivers.py`."""

MOST_FIELDS = 14  # one scalar block

# Kinds of channels that a sensor with fields of its own may give, with the scale of their wire integers; a test
# holds both to seepline/channels.py.
KINDS = {
    "current": 100000,
    "voltage": 1000,
    "resistance": 1000,
    "pulses": 1,
    "tilt": 100000,
    "temperature": 1000,
    "pressure": 10000,
    "humidity": 1000,
}
FORMS = ("f32", "f32_low_first", "i16", "i32", "i32_low_first")  # of Modbus registers, in the driver's order


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _wholes(value: object, low: int, high: int) -> bool:
    """Tell whether a value is a list of different whole numbers."""
    if not isinstance(value, (list, tuple)) or not all([_whole(one, low, high) for one in value]):
        return False
    return 0 < len(set(value)) == len(value)


def _word(value: object, words: tuple[object, ...], _: None) -> bool:
    return value in words


def _address(value: object, _low: None, _high: None) -> bool:
    """Tell whether a value is an SDI-12 address."""
    return isinstance(value, str) and len(value) == 1 and ord(value) < 128 and (value.isalpha() or value.isdigit())


def _kinds(value: object, words: tuple[str, ...], _: None) -> bool:
    if not isinstance(value, (list, tuple)) or not 0 < len(value) <= MOST_FIELDS:
        return False
    return all([kind in words for kind in value]) and any(value)


def _registers(value: object, _low: None, _high: None) -> bool:
    return (
        isinstance(value, (list, tuple)) and 0 < len(value) <= MOST_FIELDS and all([_register(v) for v in value])
    )


def _register(field: object) -> bool:
    if not isinstance(field, (list, tuple)) or len(field) != 5:
        return False
    kind, register, form, numerator, denominator = field
    factors = _whole(numerator, -1000000000, 1000000000) and _whole(denominator, 1, 1000000000)
    return kind in list(KINDS) and form in FORMS and _whole(register, 0, 65535) and factors


def _trigger(value: object, _low: None, _high: None) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 3 and all([_whole(one, 0, 65535) for one in value])


# (the test of a value, what is expected of it)
WHOLE = (_whole, "a whole number from %s to %s")
WHOLES = (_wholes, "a list of different whole numbers from %s to %s")
WORD = (_word, "one of %s")
ADDRESS = (_address, "an SDI-12 address 0-9, a-z or A-Z")
FIELDS = (_kinds, 'a list of channel kinds, "" for a value that is not wanted, out of %s')
REGISTERS = (_registers, "a list of [kind, register, form, numerator, denominator]")
TRIGGER = (_trigger, "[register, value, milliseconds to wait]")
