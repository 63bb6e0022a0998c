"""Whether every loop of the gateway still moves: what the watchdog is fed by. Pure.

A loop moves when its mark changes: a number of rounds, of exchanges, of tries. Whether it has success does not
matter: an unplugged port that is tried again moves, and so does a link that is down.
"""

from collections.abc import Hashable, Mapping
from typing import NamedTuple

PATIENCE_S = 120.0  # longer than the longest step: a retry of a slow request on every logger of a bus at 1200 baud


class Beat(NamedTuple):
    """What a loop shows of itself: its mark, and until when it said that it will be quiet."""

    mark: Hashable
    quiet_until_s: float = 0.0


class Moved(NamedTuple):
    """When a loop was seen to move, and by which mark."""

    at_s: float
    beat: Beat


def look(before: Mapping[str, Moved], beats: Mapping[str, Beat], now_s: float) -> dict[str, Moved]:
    """Return when each loop last moved. One that is new moves now; one that is gone is forgotten.

    >>> seen = look({}, {"uplink": Beat(1)}, 10.0)
    >>> look(seen, {"uplink": Beat(1)}, 20.0)["uplink"].at_s, look(seen, {"uplink": Beat(2)}, 20.0)["uplink"].at_s
    (10.0, 20.0)
    """
    moved = {}
    for name, beat in beats.items():
        known = before.get(name)
        stands = known is not None and known.beat.mark == beat.mark
        moved[name] = Moved(known.at_s if known is not None and stands else now_s, beat)
    return moved


def hung(moved: Mapping[str, Moved], now_s: float, patience_s: float = PATIENCE_S) -> list[str]:
    """Return the loops that have not moved for `patience_s` beyond what they said.

    >>> seen = look({}, {"bus1": Beat(7), "uplink": Beat(1, quiet_until_s=3600.0)}, 0.0)
    >>> hung(seen, 100.0), hung(seen, 200.0), hung(seen, 3800.0)
    ([], ['bus1'], ['bus1', 'uplink'])
    """
    return sorted(
        name for name, one in moved.items() if now_s > max(one.at_s, one.beat.quiet_until_s) + patience_s
    )
