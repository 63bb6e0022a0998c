"""What a recompute would change, before anybody asks for it: the same work on a copy of the store.

PreviewError    it cannot be told: one sentence that says why and what to do
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import cast

from collector.engine import Engine
from collector.journal import Journal
from collector.recompute.evidence import Evidence
from collector.recompute.runs import Run
from collector.recompute.seen import Seen
from collector.recompute.work import Recompute
from collector.sqlite_file import open_for_reading
from collector.store_writing import StoreWriter
from seepline.site import Site

_READINGS_A_TURN = 5000
_ROOM = 2.5  # the copy, and new versions of all that is in it


class PreviewError(Exception):
    """A preview cannot be made."""


def preview(
    site: Site, journal: Path, store: Path, asked: Run, scratch: Path | None, progress: Callable[[Run], None]
) -> Seen:
    """Return what a run would change by a site, as far as the collector has judged now; nothing of it is kept.

    Raises
    ------
    PreviewError
        When there is no journal or store, or no room for a copy of the store in `scratch`.
    """
    for file in (journal, store):
        if not file.exists():
            raise PreviewError(f"{file}: there is no such file; --data is the directory of a collector.")
    try:
        with tempfile.TemporaryDirectory(prefix="seepline-preview-", dir=scratch) as folder:
            return _previewed(site, journal, _copied(store, Path(folder)), asked, progress)
    except (OSError, sqlite3.OperationalError) as error:
        raise PreviewError(f"{scratch or tempfile.gettempdir()}: no copy can be made there ({error}).") from error


def _copied(store: Path, folder: Path) -> Path:
    needed, free = _ROOM * store.stat().st_size, shutil.disk_usage(folder).free
    if free < needed:
        raise PreviewError(
            f"{folder.parent} has {free / 1e9:.1f} GB free and {needed / 1e9:.1f} GB are needed for a copy of "
            f"{store}: name another place by --scratch."
        )
    copy = folder / "store.sqlite"
    with (
        closing(open_for_reading(store)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("DROP TABLE IF EXISTS recomputes")
        target.execute("DROP TABLE IF EXISTS recomputed")
        target.execute("DROP TABLE IF EXISTS recomputed_levels")
        target.commit()
    return copy


def _previewed(site: Site, journal: Path, copy: Path, asked: Run, progress: Callable[[Run], None]) -> Seen:
    with ExitStack() as stack:
        store, evidence = StoreWriter(copy), Evidence(journal)
        stack.callback(store.close)
        stack.callback(evidence.close)
        with store.transaction():
            store.recomputes.ask(asked)
        engine = Engine(site, cast(Journal, evidence), store)  # of the journal it asks for raw readings only
        work = Recompute(engine, evidence, store)
        while work.advance(asked.asked_ms, _READINGS_A_TURN):
            progress(store.recomputes.all()[0])
        (run,) = store.recomputes.all()
        table = store.recomputes
        return Seen(run, tuple(table.counts(run.number)), tuple(table.levels(run.number)))
