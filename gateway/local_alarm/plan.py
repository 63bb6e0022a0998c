"""What a local alarm is made of, and what of the gateway it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gateway.clock import Clock
from gateway.local_alarm.coil import Place
from seepline.thresholds import Level

LEVELS = {"yellow": Level.YELLOW, "orange": Level.ORANGE, "red": Level.RED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What it drives: whatever is None or empty is not there.

    Parameters
    ----------
    hand_over_s
        How long a message waits for the collector to have the reading, and with it the event; None: not at all.
    blind_after_s
        When the contact drops because nothing that is judged here has a younger reading; None: never.
    """

    gateway: str
    pin: int | None = None
    pin_signal: Literal["level", "pulse"] = "level"
    coil: Place | None = None
    sms_to: tuple[str, ...] = ()
    sms_settings: Path = Path()
    sms_from: Level = Level.RED
    hand_over_s: int | None = None
    blind_after_s: int | None = None
    proof_test_days: int = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """`note` keeps an event; `committed` is the newest row of the outbox that a collector has on disk."""

    data: Path
    clock: Clock
    note: Callable[[str, str, str, int], None]
    committed: Callable[[], int]
