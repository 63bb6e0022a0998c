"""Which readings by hand and rounds are overdue: followed with the journal's ticks, as loggers' silence is."""

from dataclasses import dataclass

from collector import events
from collector.kept import Kept
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.alarm import event_id
from seepline.hand.overdue import Duty, duties, is_overdue
from seepline.site import Site


@dataclass(frozen=True, slots=True)
class DutyState:
    """When a duty was done last (None: never), since when it is watched, and whether it is told as overdue."""

    since_ms: int
    last_ms: int | None = None
    overdue: bool = False


class Duties:
    """The duties of one site's people."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._states = Kept("duty", DutyState, lambda: DutyState(0))

    def load(self, store: StoreWriter) -> None:
        """Take up the states that the store holds."""
        self._states.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write the states that changed into the store's open transaction."""
        self._states.save(store)

    def begin(self, now_ms: int) -> None:
        """Watch what was not watched before: what nobody ever did counts from here on."""
        for duty in duties(self._site, now_ms):
            if duty.name not in self._states.by_name:
                self._states.put(duty.name, DutyState(now_ms))

    def due(self, now_ms: int) -> list[Duty]:
        """Return what has to be told as overdue."""
        found = []
        for duty in duties(self._site, now_ms):
            state = self._states.get(duty.name)  # without one: declared to begin while the collector ran
            if not state.overdue and is_overdue(duty, state.last_ms, state.since_ms, now_ms):
                found.append(duty)
        return found

    def overdue(self, now_ms: int) -> list[StoredEvent]:
        """Tell what is overdue at a time of the journal."""
        told = []
        for duty in self.due(now_ms):
            state = self._states.get(duty.name)
            self._states.put(duty.name, DutyState(state.since_ms, state.last_ms, True))
            last = "never done" if state.last_ms is None else f"last done {events.utc_text(state.last_ms)}"
            text = f"Overdue: {duty.words}, {last}; expected every {duty.overdue_ms / 3_600_000:g} h."
            begin_ms = max(duty.from_ms, state.since_ms) if state.last_ms is None else state.last_ms
            told.append(self._event("overdue", duty, begin_ms + duty.overdue_ms, now_ms, text))
        return told

    def done(self, name: str, time_ms: int, arrived_ms: int) -> list[StoredEvent]:
        """Follow that a duty was done at `time_ms`; who comes late with an old reading has not done today's."""
        state = self._states.get(name)
        last_ms = time_ms if state.last_ms is None else max(time_ms, state.last_ms)
        duty = next((one for one in duties(self._site, arrived_ms) if one.name == name), None)
        still = state.overdue and duty is not None and is_overdue(duty, last_ms, state.since_ms, arrived_ms)
        self._states.put(name, DutyState(state.since_ms, last_ms, still))
        if duty is None or not state.overdue or still:
            return []
        text = f"Done: {duty.words}, {events.utc_text(last_ms)}."
        return [self._event("overdue_end", duty, last_ms, arrived_ms, text)]

    def _event(self, kind: str, duty: Duty, time_ms: int, arrived_ms: int, text: str) -> StoredEvent:
        number = event_id(self._site.info.id, kind, duty.name, time_ms)
        return events.by_person(number, kind, (duty.point, ""), (time_ms, arrived_ms), text)
