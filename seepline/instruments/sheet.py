"""What every calibration sheet is checked for: each function returns all faults of its part."""

from collections.abc import Collection, Iterable, Mapping

from seepline.instruments.kind import Fault
from seepline.site import Calibration

_LARGEST = 1e300  # beyond it, and for NaN, a coefficient is not a number to calculate with


def is_number(found: object) -> bool:
    """Tell whether a value is a finite number (a truth value is not)."""
    return isinstance(found, int | float) and not isinstance(found, bool) and abs(found) <= _LARGEST


def choice(key: str, found: object, allowed: Collection[str]) -> list[Fault]:
    """Return a fault unless `found` is one of `allowed`."""
    if isinstance(found, str) and found in allowed:
        return []
    return [Fault(key, repr(found) if found else "missing", "one of " + ", ".join(repr(one) for one in allowed))]


def keys(
    where: str, found: Iterable[str], required: Collection[str], optional: Collection[str] = ()
) -> list[Fault]:
    """Return a fault for each key that is missing, and for each that the form does not know."""
    present = set(found)
    known = [*required, *optional]
    expected = ("no such key; known: " + ", ".join(known)) if known else "nothing: this form has no such term"
    faults = [Fault(f"{where}.{key}", "missing", "a finite number") for key in required if key not in present]
    return faults + [Fault(f"{where}.{key}", "unknown key", expected) for key in sorted(present - set(known))]


def numbers(
    where: str, found: Mapping[str, object], required: Collection[str], optional: Collection[str] = ()
) -> list[Fault]:
    """Return the faults of a table that holds finite numbers only."""
    wrong = [key for key in [*required, *optional] if key in found and not is_number(found[key])]
    return keys(where, found, required, optional) + [
        Fault(f"{where}.{key}", repr(found[key]), "a finite number") for key in wrong
    ]


def ascending(where: str, found: Mapping[str, float], pairs: Iterable[tuple[str, str]]) -> list[Fault]:
    """Return a fault for each (low, high) pair of keys, both present, that is not in rising order."""
    return [
        Fault(f"{where}.{high}", repr(found[high]), f"more than {low} = {found[low]!r}")
        for low, high in pairs
        if is_number(found.get(low)) and is_number(found.get(high)) and not found[low] < found[high]
    ]


def positive(where: str, found: Mapping[str, float], names: Iterable[str]) -> list[Fault]:
    """Return a fault for each of these keys that is present and not above zero."""
    return [
        Fault(f"{where}.{name}", repr(found[name]), "a number above zero")
        for name in names
        if is_number(found.get(name)) and found[name] <= 0
    ]


def nonzero(where: str, found: Mapping[str, float], name: str) -> list[Fault]:
    """Return a fault when this key is zero: the reading would not depend on the instrument."""
    return [Fault(f"{where}.{name}", "0", "a number other than zero")] if found.get(name) == 0 else []


def numbered(where: str, found: Mapping[str, object], pattern: str) -> list[str]:
    """Return the keys that must be there when keys are numbered from 1 without a gap; `pattern` holds '{}'.

    >>> numbered("zero", {"tilt1": 0.1, "tilt3": 0.2}, "tilt{}")
    ['tilt1', 'tilt2', 'tilt3']
    """
    head, _, tail = pattern.partition("{}")
    inner = [key[len(head) : len(key) - len(tail)] for key in found if key.startswith(head) and key.endswith(tail)]
    count = max((int(number) for number in inner if number.isdecimal() and len(number) <= 3), default=1)
    return [pattern.format(number) for number in range(1, count + 1)]


def frame(
    calibration: Calibration, forms: Collection[str], input_units: Collection[str], output_units: Collection[str]
) -> list[Fault]:
    """Return the faults of form, input unit and output unit; none of them has a default."""
    return [
        *choice("form", calibration.form, forms),
        *choice("input_unit", calibration.input_unit, input_units),
        *choice("output_unit", calibration.output_unit, output_units),
    ]


def unused(calibration: Calibration, *names: str) -> list[Fault]:
    """Return a fault for each of these parts that is given although the form has no use for it."""
    given = [(name, getattr(calibration, name)) for name in names if getattr(calibration, name)]
    return [
        Fault(name, repr(dict(part) if isinstance(part, Mapping) else part), "nothing: this form has no such part")
        for name, part in given
    ]
