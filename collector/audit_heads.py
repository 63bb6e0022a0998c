"""The head of the chain of acts, told once a day: others hold what the keeper of the server cannot alter."""

from collections.abc import Callable
from dataclasses import dataclass

from collector import events
from collector.kept import Kept
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.chain import KeptAct, day_of
from seepline.alarm import event_id

_NAME = "told"
_ALL_LINES = 2**62


@dataclass(frozen=True, slots=True)
class HeadTold:
    """The head that was told last."""

    chain: str = ""


class AuditHeads:
    """The daily heads of one site's chain.

    Parameters
    ----------
    site_id
        The site.
    newest
        Returns the newest entry of the chain before a line of the journal.
    """

    def __init__(self, site_id: str, newest: Callable[[int], KeptAct | None]) -> None:
        self._site_id, self._newest = site_id, newest
        self._told = Kept("audit_head", HeadTold, HeadTold)

    def load(self, store: StoreWriter) -> None:
        """Take up what the store holds."""
        self._told.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        self._told.save(store)

    def due(self, now_ms: int, line: int = _ALL_LINES) -> KeptAct | None:
        """Return the head that has to be told before a line: of a day that is over, and another than before."""
        head = self._newest(line)
        if head is None or head.chain == self._told.get(_NAME).chain or day_of(head.arrival_ms) >= day_of(now_ms):
            return None
        return head

    def tell(self, now_ms: int, line: int) -> list[StoredEvent]:
        """Return the event of a head that is due."""
        head = self.due(now_ms, line)
        if head is None:
            return []
        self._told.put(_NAME, HeadTold(head.chain))
        day = day_of(head.arrival_ms)
        text = f"Audit head of {day}: {head.chain}. Keep it: the chain of acts must hold it for good."
        number = event_id(self._site_id, "audit_head", day, head.chain)
        return [events.by_person(number, "audit_head", ("", ""), (head.arrival_ms, now_ms), text)]
