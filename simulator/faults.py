"""What can go wrong on an RS-485 line, as one value; all of it off unless asked for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


class FaultError(ValueError):
    """A fault setting cannot be used: says which one and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFaults:
    """Faults of one line. Rates and shares are probabilities, 0 to 1; an answer is what a logger sends at once."""

    seed: int = 1
    flip_rate: float = 0.0  # of all bits, inverted on the way
    drop_rate: float = 0.0  # of all bytes, never heard
    late_ms: float = 0.0  # an answer starts so much later ...
    late_share: float = 1.0  # ... in this share of the answers
    duplicate_share: float = 0.0  # answers that come twice
    silent_share: float = 0.0  # answers that never come
    stray_bytes: int = 0  # noise right before each answer
    echo: bool = False  # every sender hears itself, as with a receiver that stays enabled
    chunk_ms: float = 0.0  # the master gets what it hears in chunks, as from a USB adapter (16 ms)


NO_FAULTS = LineFaults()
_SHARES = ("flip_rate", "drop_rate", "late_share", "duplicate_share", "silent_share")
_TYPES = {name: type(value) for name, value in asdict(NO_FAULTS).items()}


def _value(name: str, text: str) -> int | float | bool:
    kind = _TYPES[name]
    if kind is bool:
        if text not in ("true", "false"):
            raise FaultError(f"--fault {name}={text}: expected true or false")
        return text == "true"
    try:
        value: int | float = int(text) if kind is int else float(text)
    except ValueError:
        raise FaultError(f"--fault {name}={text}: expected a number") from None
    if not 0 <= value <= (1 if name in _SHARES else 1e6):
        raise FaultError(f"--fault {name}={text}: expected {'0 to 1' if name in _SHARES else '0 to 1000000'}")
    return value


def parse(settings: Sequence[str]) -> LineFaults:
    """Return the faults of ['flip_rate=1e-4', 'echo=true'].

    Raises
    ------
    FaultError
        When a name is unknown or a value is out of range.

    >>> parse(["late_ms=250", "echo=true"]).late_ms
    250.0
    """
    values: dict[str, int | float | bool] = {}
    for setting in settings:
        name, found, text = setting.partition("=")
        if not found or name not in _TYPES:
            raise FaultError(f"--fault {setting}: expected NAME=VALUE with a name of {', '.join(_TYPES)}")
        values[name] = _value(name, text)
    return LineFaults(**values)  # type: ignore[arg-type]  # each value was made with its field's own type
