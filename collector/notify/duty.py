"""What the act `duty` does in a running collector: the swap is kept with the judgement's states, and told."""

from collections.abc import Iterator, Mapping

from collector import events
from collector.acts.desk import Handler
from collector.state_json import to_json
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.document import AcceptedAct
from seepline.acts.duty import Duty
from seepline.notices.rota import Swap

STATE = "duty_swap"


def handlers(store: StoreWriter) -> Mapping[str, Handler]:
    """Return the handler of the act."""

    def taken(accepted: AcceptedAct, body: Duty, arrived_ms: int) -> Iterator[StoredEvent]:
        swap = Swap(
            rota=body.rota,
            person=body.person,
            instead_of=body.instead_of,
            from_ms=body.from_ms,
            until_ms=body.until_ms,
            by=accepted.act.person,
            at_ms=arrived_ms,
        )
        store.keep_states(STATE, [(accepted.id, to_json(swap))])
        span = f"{events.utc_text(body.from_ms)} to {events.utc_text(body.until_ms)}"
        whose = body.instead_of or "whoever is planned"
        reason = f": {body.reason.strip()}" if body.reason.strip() else ""
        text = f"Duty {body.rota}: {body.person} instead of {whose}, {span}, by {accepted.name}{reason}."
        yield events.by_person(accepted.id, "duty", ("", ""), (body.from_ms, arrived_ms), text)

    return {"duty": taken}
