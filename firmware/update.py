"""Updates over the bus, as the running program sees them.

    STAGE commands       put(offset, data) until `size` is the bundle's
    COMMIT_UPDATE        commit(length, sha256): the bundle's head is judged at once; then the logger restarts
    next start           firmware/install.py judges the rest, unpacks into the idle slot, and restarts once more
    the start after      firmware/starter.py runs that slot on trial; the program calls `mark_healthy` when it is
                         well, at the same moment as a good boot; if it never does, the starter turns back

What came of it is told as an event at the first start after. This module is in the heap at that moment, when
the program proves itself, and from the first piece of a bundle on.
"""

import struct

from firmware import slots
from firmware.pending import keep_pending
from firmware.stage import Stage
from seepline.wire.event import UPDATE
from seepline.wire.seal import NO_BUNDLE, NOT_HERE, NOT_STAGED

MOST_BYTES = 200 * 1024  # a slot and its manifest
COMMITTED, INSTALLED, HEALTHY, FELL_BACK, REFUSED = 1, 2, 3, 4, 5

_TRIES = 3
_NEWS = "update_news"  # store item: what to tell: detail u8, refusal u8, version before u32, version after u32
_NEWS_FORM = ">BBII"
_NEWS_BYTES = 10


def keep_news(store, detail: int, refusal: int, before: int, after: int) -> None:
    """Keep what `Update.tell` is to say at the next start that can."""
    store.put(_NEWS, struct.pack(_NEWS_FORM, detail, refusal, before, after))


class Update:
    """`staged`: path of the file in which a bundle is staged; `say(code, detail, values)` records an event."""

    def __init__(self, store, staged: str, say) -> None:
        self._stage = Stage(staged, MOST_BYTES)
        self._store = store
        self._say = say
        record = slots.load(store)
        self.version = record.versions[record.active]  # 0: not started out of a slot, takes no bundle

    @property
    def size(self) -> int:
        """Return the bytes staged."""
        return self._stage.size

    def put(self, offset: int, data: bytes) -> bool:
        """Stage a piece; False when it does not follow `size`, is too much, or the disk is full."""
        return self._stage.put(offset, data)

    def commit(self, length: int, digest: bytes) -> int:
        """Have the staged bundle installed at the next start, which the caller brings about.

        Returns 0, or the detail of the refusal as in seepline/wire/seal.py.
        """
        self._stage.close()
        version, detail = self._judged(length)
        if detail:
            self._say(UPDATE, REFUSED, (self.version, version, detail))
            return detail
        keep_pending(self._store, _TRIES, length, digest)
        self._say(UPDATE, COMMITTED, (self.version, version))
        return 0

    def tell(self) -> None:
        """Say once what came of the last update."""
        news, record = self._store.get(_NEWS), slots.load(self._store)
        if news and len(news) == _NEWS_BYTES:
            detail, refusal, before, after = struct.unpack(_NEWS_FORM, news)
            self._say(UPDATE, detail, (before, after, refusal) if refusal else (before, after))
            self._store.put(_NEWS, b"")
        if record.fell:
            self._say(UPDATE, FELL_BACK, (record.fell, self.version))
            slots.keep(self._store, slots.Slots(record.active, record.tries, record.versions, record.floor, 0))

    def mark_healthy(self) -> None:
        """Make the running slot the one that stays; free when it is already."""
        record = slots.load(self._store)
        if not record.tries:
            return
        floor = max(record.floor, self.version)
        slots.keep(self._store, slots.Slots(record.active, 0, record.versions, floor, record.fell))
        self._stage.drop()
        self._say(UPDATE, HEALTHY, (record.versions[1 - record.active], self.version))

    def _judged(self, length: int) -> tuple[int, int]:
        """Return (version or 0, detail) of what is staged, as far as its head tells."""
        if not self.version:
            return 0, NOT_HERE
        if not length or self._stage.size != length:
            return 0, NOT_STAGED
        from firmware import install
        from seepline.wire import bundle_format

        try:
            with open(self._stage.path, "rb") as bundle:
                head = bundle_format.read_head(bundle)
        except ValueError:
            return 0, NO_BUNDLE
        return head.version, install.refusal(head, self._store, slots.load(self._store))
