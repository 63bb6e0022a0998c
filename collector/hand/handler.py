"""What follows from an act of reading by hand: rows, readings, remarks, a duty done.

The engine hands over its own `publish`, so that a dip of a person gets the same quality tests, limits, derived
quantities and versions as a transducer's value. All of it belongs to the engine's transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from collector import events
from collector.acts.desk import Handler
from collector.hand.duties import Duties
from collector.hand.table import Row
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.document import AcceptedAct
from seepline.acts.hand import ANSWERS, HandReading, InclinometerBase, InclinometerSurvey, MarkSurvey, VisualRound
from seepline.alarm import event_id, is_ahead
from seepline.hand.evaluation import Survey, Taken, readings, survey_of, survey_readings, withheld
from seepline.hand.methods import INCLINOMETER, MARK
from seepline.hand.overdue import round_at
from seepline.reading import Reading
from seepline.site import Site

Publish = Callable[[Reading, int], None]


class ByHand:
    """The handlers of one site's readings by hand, over one store."""

    def __init__(self, site: Site, store: StoreWriter, publish: Publish) -> None:
        self._site = site
        self._store = store
        self._publish = publish
        self.duties = Duties(site)
        self.handlers: Mapping[str, Handler] = {
            "hand_reading": self._hand_reading,
            "survey": self._marks,
            "inclinometer_survey": self._survey,
            "inclinometer_base": self._base,
            "round": self._round,
        }

    def _hand_reading(self, act: AcceptedAct, body: HandReading, arrived_ms: int) -> Iterator[StoredEvent]:
        rows = [_row(act, f"{body.point}/{body.method}", body.taken_ms, body.corrects, dict(body.values))]
        yield from self._taken(act, body, rows, arrived_ms)
        water = body.values.get("water")
        if water in ("cloudy", "turbid"):
            text = f"{body.point}: the seepage is {water}"
            yield self._remark(act, "water", body.point, (body.taken_ms, arrived_ms), text)

    def _marks(self, act: AcceptedAct, body: MarkSurvey, arrived_ms: int) -> Iterator[StoredEvent]:
        rows = [
            _row(act, f"{point}/{MARK}", body.taken_ms, body.corrects, dict(values))
            for point, values in sorted(body.marks.items())
        ]
        yield from self._taken(act, body, rows, arrived_ms)

    def _survey(self, act: AcceptedAct, body: InclinometerSurvey, arrived_ms: int) -> Iterator[StoredEvent]:
        written = {"file": body.file, "probe": body.probe}
        rows = [_row(act, f"{body.point}/{INCLINOMETER}", body.taken_ms, body.corrects, written)]
        yield from self._taken(act, body, rows, arrived_ms)

    def _base(self, act: AcceptedAct, body: InclinometerBase, arrived_ms: int) -> Iterator[StoredEvent]:
        name = f"{body.point}/{INCLINOMETER}"
        self._store.hand.add_base(act.id, name, body.survey)
        self._publish_hole(name, arrived_ms)
        text = f"{act.name}: base survey of {body.point} is act {body.survey[:16]}: {body.reason.strip()}"
        yield events.by_person(act.id, "base", (body.point, ""), (act.act.signed_at_ms, arrived_ms), text)

    def _round(self, act: AcceptedAct, body: VisualRound, arrived_ms: int) -> Iterator[StoredEvent]:
        about = round_at(self._site, body.round, body.begun_ms)
        if about is None or _is_ahead(act, body.ended_ms, arrived_ms):
            yield self._ahead(act, f"round {body.round}", body.ended_ms, arrived_ms)
            return
        written = {"answers": dict(body.answers), "notes": dict(body.notes), "note": body.note}
        self._keep(act, _row(act, f"round {body.round}", body.begun_ms, "", written), body.photos)
        counts = [f"{sum(said == one for said in body.answers.values())} {one}" for one in ANSWERS]
        text = f"{act.name}: {about.name}: {', '.join(counts)}. {body.note.strip()}".strip()
        yield events.by_person(act.id, "round", ("", ""), (body.begun_ms, arrived_ms), text)
        for item, note in body.notes.items():
            if note.strip():
                text = f"{about.items[item]} {body.answers[item]}: {note.strip()}"
                yield self._remark(act, item, "", (body.begun_ms, arrived_ms), text)
        yield from self.duties.done(f"round {body.round}", body.ended_ms, arrived_ms)

    def _taken(
        self,
        act: AcceptedAct,
        body: HandReading | MarkSurvey | InclinometerSurvey,
        rows: list[Row],
        arrived_ms: int,
    ) -> Iterator[StoredEvent]:
        """Keep the rows of an act, and publish what they and what they correct change."""
        if _is_ahead(act, body.taken_ms, arrived_ms):
            yield self._ahead(act, ", ".join(row.name for row in rows), body.taken_ms, arrived_ms)
            return
        for row in rows:
            self._keep(act, row, body.photos)
        for name, time_ms in self._touched(act, rows, body.corrects):
            yield from self._publish_at(name, time_ms, arrived_ms)
        if body.corrects:
            text = f"{act.name} corrects act {body.corrects[:16]}: {body.note.strip()}"
            point = rows[0].name.partition("/")[0]
            yield events.by_person(act.id, "corrected", (point, ""), (body.taken_ms, arrived_ms), text)
        elif body.note.strip():
            point = rows[0].name.partition("/")[0]
            yield self._remark(act, "note", point, (body.taken_ms, arrived_ms), f"{point}: {body.note.strip()}")
        for row in rows:
            yield from self.duties.done(row.name, row.time_ms, arrived_ms)

    def _keep(self, act: AcceptedAct, row: Row, photos: Mapping[str, int]) -> None:
        self._store.hand.add(row)
        self._store.hand.add_photos(act.id, photos)

    def _touched(self, act: AcceptedAct, rows: list[Row], corrects: str) -> Iterable[tuple[str, int]]:
        """Return (name, time) of what an act says, and of what the act said that it corrects."""
        before = self._store.hand.of_act(corrects) if corrects else []
        return dict.fromkeys((row.name, row.time_ms) for row in (*before, *rows))

    def _publish_at(self, name: str, time_ms: int, arrived_ms: int) -> Iterator[StoredEvent]:
        standing = self._store.hand.standing_at(name, time_ms)
        if any(row.body != standing[0].body for row in standing):
            yield events.conflict(self._site.info.id, "conflict", name, "", time_ms, arrived_ms)
        if name.endswith(f"/{INCLINOMETER}"):
            self._publish_hole(name, arrived_ms, None if self._may_be_base(name, time_ms) else time_ms)
        if not standing:
            self._publish_all(self._withdrawn(name, time_ms), arrived_ms)
        elif not name.endswith(f"/{INCLINOMETER}"):
            point, _, method = name.partition("/")
            made = readings(self._site, Taken(point, method, time_ms, standing[0].body, standing[0].act))
            self._publish_all((*made, *self._no_more(name, time_ms, made)), arrived_ms)

    def _may_be_base(self, name: str, time_ms: int) -> bool:
        return any(self._store.hand.is_base(row.act) for row in self._store.hand.everything_at(name, time_ms))

    def _publish_hole(self, name: str, arrived_ms: int, only_ms: int | None = None) -> None:
        """Publish the surveys of a hole again, or that of one time, each against its base."""
        known: dict[str, Survey] = {}

        def survey(row: Row) -> Survey:
            point = name.partition("/")[0]
            if row.act not in known:
                known[row.act] = survey_of(point, row.time_ms, row.body["file"], row.body["probe"], row.act)
            return known[row.act]

        for row in self._store.hand.standing(name):
            if only_ms is None or row.time_ms == only_ms:
                base = self._store.hand.base_at(name, row.time_ms)
                made = survey_readings(self._site, survey(row), base and survey(base))
                self._publish_all(made, arrived_ms)

    def _withdrawn(self, name: str, time_ms: int) -> tuple[Reading, ...]:
        point, _, method = name.partition("/")
        acts = [row.act for row in self._store.hand.everything_at(name, time_ms)]
        by = sorted({one for act in acts for one in self._store.hand.corrections_of(act)})
        reason = f"withdrawn: corrected by act {', '.join(one[:16] for one in by)}"
        return withheld(point, method, time_ms, reason, (*acts, *by))

    def _no_more(self, name: str, time_ms: int, made: tuple[Reading, ...]) -> Iterator[Reading]:
        """Yield, without a value, what a corrected act gave and the one in its place does not."""
        point, _, method = name.partition("/")
        given = {one.quantity for one in made}
        for one in withheld(
            point, method, time_ms, "not taken", [row.partition(":")[2] for row in made[0].inputs]
        ):
            if one.quantity not in given and self._store.current(point, one.quantity, time_ms) is not None:
                yield one

    def _publish_all(self, made: Iterable[Reading], arrived_ms: int) -> None:
        for reading in made:
            self._publish(reading, arrived_ms)

    def _ahead(self, act: AcceptedAct, about: str, time_ms: int, arrived_ms: int) -> StoredEvent:
        text = f"{act.name}: {about} is dated {events.utc_text(time_ms)}, ahead of the clock here; not judged."
        return events.by_person(act.id, "hand_ahead", ("", ""), (arrived_ms, arrived_ms), text)

    def _remark(self, act: AcceptedAct, item: str, point: str, times: tuple[int, int], text: str) -> StoredEvent:
        number = event_id(self._site.info.id, "remark", act.id, item)
        return events.by_person(number, "remark", (point, ""), times, f"{act.name}: {text}")


def _row(act: AcceptedAct, name: str, time_ms: int, corrects: str, body: dict[str, Any]) -> Row:
    return Row(name, time_ms, act.act.signed_at_ms, act.id, act.name, corrects, body)


def _is_ahead(act: AcceptedAct, time_ms: int, arrived_ms: int) -> bool:
    """Tell whether something is dated ahead of its signature or of its arrival: nobody signs what is yet to be."""
    return is_ahead(time_ms, min(act.act.signed_at_ms, arrived_ms))
