"""Where a bus cable is probably cut: which loggers fell silent, in the order in which they hang on the trunk.

A trunk is a chain (RS-485: no star). What hangs behind a cut is silent, what hangs before it answers, as long as
the part that is left still carries a signal; a short silences all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["whole", "cut", "all_silent", "several", "single", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A device of a bus: how far from its gateway along the trunk (None: not stated), and whether it is silent."""

    logger: str
    trunk_m: float | None
    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """What the silence of a bus says.

    `whole`       nobody is silent
    `cut`         exactly those behind a place are silent: look from `from_m` to `to_m` first
    `single`      one is silent and somebody behind it answers: its stub, its supply or itself, not the trunk
    `several`     silent ones and others are mixed: as `single`, for each
    `all_silent`  all are: the trunk between gateway and first device, a short anywhere, or the gateway's own port
    `unknown`     some are silent and no distances are stated, so nothing can be said of the place
    """

    verdict: Verdict
    silent: tuple[str, ...] = ()
    from_m: float | None = None
    to_m: float | None = None


def trunk(devices: Sequence[Heard]) -> Trunk:
    """Return what the silence of a bus's devices says of its trunk.

    >>> near, far = Heard(logger="A", trunk_m=40, silent=False), Heard(logger="B", trunk_m=310, silent=True)
    >>> trunk([far, near]).verdict, trunk([far, near]).from_m, trunk([far, near]).to_m
    ('cut', 40, 310)
    """
    silent = tuple(one.logger for one in devices if one.silent)
    if not silent:
        return Trunk(verdict="whole")
    if len(silent) == len(devices):
        stated = [one.trunk_m for one in devices if one.trunk_m is not None]
        first_m = min(stated) if len(stated) == len(devices) else None
        return Trunk(verdict="all_silent", silent=silent, from_m=0.0, to_m=first_m)
    placed = [(one.trunk_m, one.silent) for one in devices if one.trunk_m is not None]
    if len(placed) < len(devices):
        return Trunk(verdict="unknown", silent=silent)
    last_heard_m = max(at_m for at_m, is_silent in placed if not is_silent)
    first_silent_m = min(at_m for at_m, is_silent in placed if is_silent)
    if last_heard_m < first_silent_m:
        return Trunk(verdict="cut", silent=silent, from_m=last_heard_m, to_m=first_silent_m)
    return Trunk(verdict="single" if len(silent) == 1 else "several", silent=silent)
