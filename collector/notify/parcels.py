"""Which letters of one channel are due: the worst first, what is one piece of news together, the rest collected.

What has to go at once is a letter as it comes; late readings of one alarm and level that are there together are
one. The rest of one person waits until `digest_s` have passed since the last such letter, and is one.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from collector.clock import monotonic_s
from collector.notify.desk import Desk
from collector.notify.message import Key, Message
from collector.notify.one_news import piece_of
from seepline.notices.contacts import Channel
from seepline.thresholds import Level

_LOOK_S = 0.5

Parcel = list[Message]


class Parcels:
    """The letters of one channel that are not sent yet; those that are on their way are `busy`."""

    def __init__(self, channel: Channel, desk: Desk) -> None:
        self._channel, self._desk = channel, desk
        self._form = desk.contacts.form(channel.id)
        self._busy: set[Key] = set()
        self._next_s: dict[Key, float] = {}
        self._digest_ms: dict[str, int] = {}
        self._ahead: deque[Parcel] = deque()  # what is due, beyond what there was room for
        self._arrivals, self._look_s = -1, 0.0

    def remember(self, last_digests: Mapping[str, int]) -> None:
        """Take up when each person got the last collected letter."""
        self._digest_ms = dict(last_digests)

    def due(self, room: int) -> list[Parcel]:
        """Return the letters to send now, as many as there is room for.

        What is due is looked up anew when something came, and every _LOOK_S; of thousands one after the other.
        """
        if room <= 0:
            return []
        now_s = monotonic_s()
        is_old = self._desk.book.arrivals != self._arrivals or now_s >= self._look_s
        if is_old or not self._ahead:
            self._arrivals, self._look_s = self._desk.book.arrivals, now_s + _LOOK_S
            self._ahead = deque(self._ripe(now_s))
        return [self._ahead.popleft() for _ in range(min(room, len(self._ahead)))]

    def begin(self, parcel: Parcel) -> None:
        """Say that a letter is on its way."""
        self._busy |= {one.key for one in parcel}

    def end(self, parcel: Parcel) -> None:
        """Say that a letter is on its way no more."""
        self._busy -= {one.key for one in parcel}

    def sent(self, parcel: Parcel, now_ms: int) -> None:
        """Say that a letter was taken."""
        if not parcel[0].at_once:
            self._digest_ms[parcel[0].person] = now_ms

    def later(self, parcel: Iterable[Message], pause_s: float) -> None:
        """Let messages wait before they are tried again."""
        at_s = monotonic_s() + pause_s
        self._next_s.update({one.key: at_s for one in parcel})

    def _ripe(self, now_s: float) -> list[Parcel]:
        ours = [one for one in self._desk.book.open.values() if one.channel == self._channel.id]
        waiting = [one for one in ours if one.key not in self._busy]
        ripe = [one for one in waiting if self._next_s.get(one.key, 0.0) <= now_s]
        parcels = [*self._at_once(ripe), *self._collected(ripe)]
        parcels.sort(key=lambda parcel: (-max(one.level for one in parcel), min(one.made_ms for one in parcel)))
        return parcels

    def _at_once(self, ripe: Sequence[Message]) -> Iterable[Parcel]:
        news: dict[tuple[str, ...], Parcel] = {}
        for one in ripe:
            if one.at_once:
                news.setdefault((one.person, *self._piece(one)), []).append(one)
        return news.values()

    def _piece(self, message: Message) -> tuple[str, ...]:
        """Return what messages of one piece of news have in common; what a machine gets always stands alone."""
        is_alone = self._form == "data" or message.level < Level.ORANGE or not message.alarm
        notice = None if is_alone else self._desk.book.notice(message.event)
        return (piece_of(notice) if notice else ()) or (message.event,)

    def _collected(self, ripe: Sequence[Message]) -> Iterator[Parcel]:
        window_ms = self._desk.contacts.general.digest_s * 1000
        busy = {person for _, person, _ in self._busy}
        by_person: dict[str, Parcel] = {}
        for one in ripe:
            if not one.at_once:
                by_person.setdefault(one.person, []).append(one)
        for person, parcel in by_person.items():
            since_ms = self._desk.now_ms() - self._digest_ms.get(person, -window_ms)
            is_due = since_ms >= window_ms or since_ms < 0  # less than none: the clock was set back
            if person not in busy and is_due:
                yield parcel
