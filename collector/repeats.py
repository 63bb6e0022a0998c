"""The repeats that a first reading beyond a limit asks for, so that counts of readings cost minutes and not scans.

Kept with the alarms, in the transaction of the reading that asked: a restart asks again under the same id, and a
gateway grants an id once.
"""

from dataclasses import dataclass

from collector.kept import Kept
from seepline.alarm.condition import Track
from seepline.alarm.event import event_id
from seepline.alarm.response import REPEATS
from seepline.behind import driving_source
from seepline.reading import Quality, Reading
from seepline.site import Site, Threshold
from seepline.site_wiring import Logger
from seepline.wish import REPEAT, Wish

_LASTS_SCANS = 2
_LEAST_MS = 300_000  # a gateway comes once a minute


@dataclass(frozen=True, slots=True)
class Asked:
    """Which logger was asked, and until when it makes sense."""

    logger: str = ""
    expires_at_ms: int = 0


class Repeats:
    """The open repeats of one site by wish id."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.asked = Kept("repeat", Asked, Asked)

    def ask(self, rule: Threshold, reading: Reading, tracks: tuple[Track, Track], arrived_ms: int) -> None:
        """Ask for repeats when a fresh reading is the first beyond a limit, or a suspect one."""
        before, after = tracks
        if not rule.repeat or not any(after.counts):
            return
        first = any(old == 0 and new > 0 for old, new in zip(before.counts, after.counts, strict=True))
        if not first and reading.quality is not Quality.SUSPECT:
            return
        logger = self._site.source_by_id.get(
            driving_source(self._site, reading.point, reading.quantity, reading.time_ms)
        )
        if not isinstance(logger, Logger) or arrived_ms - reading.time_ms > logger.silence_s * 1000:
            return
        self.forget(arrived_ms)
        number = event_id(self._site.info.id, REPEAT, logger.id, reading.time_ms)
        lasts_ms = max(_LEAST_MS, _LASTS_SCANS * 1000 * logger.scan_s)
        self.asked.put(f"alarm-{number[:32]}", Asked(logger.id, arrived_ms + lasts_ms))

    def forget(self, now_ms: int) -> None:
        """Drop what makes no sense any more."""
        for name in [name for name, one in self.asked.by_name.items() if one.expires_at_ms <= now_ms]:
            self.asked.drop(name)

    def wishes(self) -> list[Wish]:
        """Return the open ones as wishes."""
        return [
            Wish(name, one.logger, REPEAT, REPEATS, one.expires_at_ms) for name, one in self.asked.by_name.items()
        ]
