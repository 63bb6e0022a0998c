"""Calibration sheets that engineers accepted, kept until `seepline sheet take` puts them into SITE.toml."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from collector import events
from collector.acts.desk import Handler
from collector.acts.table import ActTable
from collector.sqlite_file import open_for_reading
from collector.store import StoredEvent
from seepline.acts.document import AcceptedAct
from seepline.acts.sheets import KIND, SheetAccept

_MOST = 10_000  # a dam has some hundred gauges
_NEWEST = 2**62


def handlers() -> Mapping[str, Handler]:
    """Return the handler of the act: nothing is judged by it before SITE.toml has the sheet."""

    def accepted(act: AcceptedAct, body: SheetAccept, arrived_ms: int) -> Iterator[StoredEvent]:
        text = f"{act.name} accepted the sheet {body.calibration} of {body.instrument}; SITE.toml is to take it"
        yield events.by_person(act.id, "sheet", ("", ""), (arrived_ms, arrived_ms), text)

    return {KIND: accepted}


def accepted_sheets(journal: Path) -> list[str]:
    """Return the accepted acts of a journal's file, as texts in their order.

    Raises
    ------
    sqlite3.OperationalError
        When the file is not there or cannot be read.
    """
    with closing(open_for_reading(journal)) as connection:
        return [one.text for one in reversed(ActTable(connection).before(_NEWEST, _MOST, kind=KIND))]
