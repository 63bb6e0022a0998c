"""The act by which an engineer asks that history be made again: kept as a run behind all others, and told."""

from collections.abc import Iterator, Mapping

from collector import events
from collector.acts.desk import Handler
from collector.recompute.runs import Run
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.document import AcceptedAct
from seepline.acts.history import Recompute

EVER_MS = -(2**62)


def handlers(store: StoreWriter) -> Mapping[str, Handler]:
    """Return the handler of the act, which writes into the store's open transaction."""

    def recompute(accepted: AcceptedAct, body: Recompute, arrived_ms: int) -> Iterator[StoredEvent]:
        store.recomputes.ask(run_of(body, accepted, arrived_ms))
        since = "of everything" if body.from_ms is None else f"from {events.utc_text(body.from_ms)} on"
        of = f"{', '.join(body.points)} and all that depends on it" if body.points else "all points"
        text = f"{accepted.name} asked that history be made again, {since}, of {of}: {body.reason.strip()}"
        yield events.by_person(accepted.id, "recompute", ("", ""), (arrived_ms, arrived_ms), text)

    return {"recompute": recompute}


def run_of(body: Recompute, accepted: AcceptedAct, arrived_ms: int) -> Run:
    """Return the run that an act asks for."""
    return Run(
        number=0,
        id=accepted.id,
        person=accepted.name,
        reason=body.reason.strip(),
        points=" ".join(body.points),
        from_ms=EVER_MS if body.from_ms is None else body.from_ms,
        asked_ms=arrived_ms,
        wanted=body.site,
    )
