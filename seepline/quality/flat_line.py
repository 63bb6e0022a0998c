"""Flat line: a signal that does not move by one step of its own record.

It is judged on the raw readings, at the full resolution of the record. A channel whose step is coarser than nature
(1 Hz in an old record, a deep gauge within one digit for days) declares no `stuck_after`, and is not evaluated.
"""

from collections.abc import Sequence

from seepline.quality.flags import GOOD, Flag, suspect
from seepline.reading import Quality
from seepline.site_wiring import Channel

_NOT_EVALUATED = Flag(Quality.NOT_EVALUATED)
_ROUNDING = 1e-6  # of a resolution step: two neighbouring steps must not look equal in binary


def stuck(channel: Channel, values: Sequence[float]) -> Flag:
    """Return SUSPECT when the last `stuck_after` raw values are equal within the channel's resolution.

    Not evaluated when the channel declares neither, or when too few values are known and all of them are equal.
    """
    if channel.stuck_after is None or channel.resolution is None:
        return _NOT_EVALUATED
    if max(values) - min(values) >= channel.resolution * (1 - _ROUNDING):
        return GOOD
    if len(values) < channel.stuck_after:
        return _NOT_EVALUATED
    return suspect(f"{channel.name} is stuck: {channel.stuck_after} equal raw readings in a row")
