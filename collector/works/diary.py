"""The acts of the works diary: kept in the store, and told."""

from collections.abc import Iterator, Mapping

from collector import events
from collector.acts.desk import Handler
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from collector.works.beside import place_words, span_words, work_words
from collector.works.table import Work
from seepline.acts.document import AcceptedAct
from seepline.acts.works import Diary, DiaryEnd, DiaryWithdraw

_NO_ENTRY = "there is no such entry in the diary, or it begins later; nothing was changed"


def handlers(store: StoreWriter) -> Mapping[str, Handler]:
    """Return the handlers of the diary's acts, which write into the store's open transaction."""

    def diary(accepted: AcceptedAct, body: Diary, arrived_ms: int) -> Iterator[StoredEvent]:
        work = work_of(accepted, body)
        store.works.add(work)
        text = f"{work_words(work)}, {place_words(work)}, {span_words(work)}: {work.text} ({work.person})"
        yield events.by_person(accepted.id, "works", ("", ""), (body.from_ms, arrived_ms), text)

    def diary_end(accepted: AcceptedAct, body: DiaryEnd, arrived_ms: int) -> Iterator[StoredEvent]:
        done = store.works.end(body.entry, body.to_ms)
        said = f"works {body.entry[:12]} ended at {events.utc_text(body.to_ms)}"
        yield _told(accepted, arrived_ms, said if done else f"{said}: {_NO_ENTRY}")

    def diary_withdraw(accepted: AcceptedAct, body: DiaryWithdraw, arrived_ms: int) -> Iterator[StoredEvent]:
        done = store.works.withdraw(body.entry, body.reason.strip())
        said = f"works {body.entry[:12]} taken back: {body.reason.strip()}"
        yield _told(accepted, arrived_ms, said if done else f"{said}: {_NO_ENTRY}")

    return {"diary": diary, "diary_end": diary_end, "diary_withdraw": diary_withdraw}


def _told(accepted: AcceptedAct, arrived_ms: int, said: str) -> StoredEvent:
    text = f"{accepted.name}: {said}"
    return events.by_person(accepted.id, "works", ("", ""), (arrived_ms, arrived_ms), text)


def work_of(accepted: AcceptedAct, body: Diary) -> Work:
    """Return the entry that an act makes."""
    return Work(
        id=accepted.id,
        work=body.work,
        from_ms=body.from_ms,
        to_ms=body.to_ms,
        section=body.section,
        points=" ".join(body.points),
        text=body.text.strip(),
        person=accepted.name,
    )
