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
    wrong_device_share: float = 0.0  # answers that carry another address
    wrong_function_share: float = 0.0  # answers that carry another function
    short_share: float = 0.0  # answers with a register too few
    long_share: float = 0.0  # answers with a register too many
    stray_bytes: int = 0  # noise right before each answer
    stray_after: int = 0  # noise right after each answer
    echo: bool = False  # every sender hears itself, as with a receiver that stays enabled
    chunk_ms: float = 0.0  # the master gets what it hears in chunks, as from a USB adapter (16 ms)
    radio_latency_ms: float = 0.0  # a frame starts to come out so much later, as through radio modems ...
    radio_bytes: int = 0  # ... and stands still after each so many bytes (1 splits it at every byte) ...
    radio_gap_ms: float = 0.0  # ... for so long
    stuck: bool = False  # the line is held: nobody hears anything
    babble_ms: float = 0.0  # a device that talks unasked, so often
    unplug_every_s: float = 0.0  # the adapter vanishes so long after it came ...
    unplug_for_s: float = 0.0  # ... for so long; 0: masters get EIO and find it there again ...
    elsewhere: bool = False  # ... under another name each time: bus1.tty, bus1-2.tty


NO_FAULTS = LineFaults()
_SHARES = ("flip_rate", "drop_rate", *(name for name in asdict(NO_FAULTS) if name.endswith("_share")))
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
