"""What came late of an alarm: when it is news to a person, and when it can wait for the next collected message.

A late orange or red is news, and goes at once, unless all of this holds:

    the alarm stands that high by a valid reading, and has not returned since
    the person was told so by this channel since then, under the same set of limits
    the value is no worse than what they were told

Whatever cannot be seen for certain (no value, nothing in the book, a level that is only kept) is news.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from collector.late_runs import is_worse
from collector.notify.book import Book
from collector.notify.outlook import Outlook
from collector.store import StoredEvent, StoreReader
from seepline.alarm.machine import State
from seepline.alarm.standing import shown
from seepline.notices.kinds import KINDS
from seepline.thresholds import Level

_CHANGES = ("level", "unannounced")
_STANDS = (State.UNACKNOWLEDGED, State.ACKNOWLEDGED)
_LEVELS = (Level.ORANGE, Level.RED)


class Said(NamedTuple):
    """One event of an alarm, as far as it says something of its level."""

    event: str
    kind: str
    level: int
    value: float | None
    threshold_set: str


def ends(kind: str, level: int, stood: Level) -> bool:
    """Tell whether an event ends that an alarm stands as high as `stood`.

    >>> ends("level", 2, Level.RED), ends("level", 3, Level.RED), ends("returned", 3, Level.RED)
    (True, False, True)
    """
    return kind == "returned" or (kind in _CHANGES and level < stood)


def since_it_stands(said: Iterable[Said], stood: Level) -> Iterator[Said]:
    """Yield of an alarm's events, the newest first, those since it stands as high as `stood`."""
    for one in said:
        if ends(one.kind, one.level, stood):
            return
        if one.level >= stood and one.kind in KINDS and KINDS[one.kind].announces:
            yield one


class Heard:
    """What people have heard of alarms that stand, in one pass of intake: looked up once for each alarm.

    Nothing is sent while a pass lasts, so what it finds only shrinks: `follow` every event of the pass, in order.
    """

    def __init__(self, reader: StoreReader, book: Book, now: Outlook) -> None:
        self._reader, self._book, self._now = reader, book, now
        self._worst: dict[str, dict[tuple[Level, str, str, str], float]] = {}
        self._late: set[tuple[str, int | None, str]] = set()

    def is_news(self, number: int, event: StoredEvent, person: str, channel: str) -> bool:
        """Tell whether an event has to go to a person by a channel at once; `number` is its place in the store."""
        level = Level(event.level_to or 0)
        if event.kind != "late" or level < Level.ORANGE or not self._stands(_alarm(event), level):
            return True
        heard = self._heard(_alarm(event), number)
        told = heard.get((level, event.threshold_set, person, channel))
        return told is None or is_worse(event.direction, event.value, told)

    def is_repeated(self, event: StoredEvent) -> bool:
        """Tell whether the same pass has brought a late reading of this alarm and level before."""
        return event.kind == "late" and (_alarm(event), event.level_to, event.threshold_set) in self._late

    def follow(self, event: StoredEvent) -> None:
        """Take note of an event of the pass."""
        if event.kind == "late":
            self._late.add((_alarm(event), event.level_to, event.threshold_set))
        heard = self._worst.get(_alarm(event), {})
        for key in [one for one in heard if ends(event.kind, event.level_to or 0, one[0])]:
            del heard[key]

    def _stands(self, alarm: str, level: Level) -> bool:
        found = self._now.standings.get(alarm)
        return found is not None and found.valid and found.reached >= level and shown(found) in _STANDS

    def _heard(self, alarm: str, number: int) -> dict[tuple[Level, str, str, str], float]:
        """Return the worst value of each level, set, person and channel that was sent since the alarm stands."""
        if alarm not in self._worst:
            self._worst[alarm] = self._look_up(alarm, number)
        return self._worst[alarm]

    def _look_up(self, alarm: str, number: int) -> dict[tuple[Level, str, str, str], float]:
        said = list(_said(self._reader, alarm, number))
        direction, sent = alarm.rpartition("/")[2], self._book.sent(one.event for one in said)
        found: dict[tuple[Level, str, str, str], float] = {}
        for level in _LEVELS:
            for one in since_it_stands(said, level):
                if one.value is None:
                    continue
                for person, channel in sent.get(one.event, ()):
                    key = (level, one.threshold_set, person, channel)
                    if is_worse(direction, one.value, found.get(key)):
                        found[key] = one.value
        return found


def _alarm(event: StoredEvent) -> str:
    return f"{event.point}/{event.quantity}/{event.direction}"


def _said(reader: StoreReader, alarm: str, number: int) -> Iterator[Said]:
    """Yield the events of an alarm before a number, the newest first, as long as it stands at orange or worse."""
    sql = (
        "SELECT id, kind, coalesce(level_to, 0), value, threshold_set FROM events"
        " WHERE point = ? AND quantity = ? AND direction = ? AND number < ? ORDER BY number DESC"
    )
    with reader.connected() as connection:
        connection.row_factory = None
        for row in connection.execute(sql, (*alarm.split("/"), number)):
            one = Said(*row)
            if ends(one.kind, one.level, Level.ORANGE):
                return
            yield one
