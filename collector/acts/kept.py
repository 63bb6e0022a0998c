"""The acts that only keep something in the store: history to be made again, works, a duty, a sheet."""

from collections.abc import Mapping

from collector.acts import sheets
from collector.acts.desk import Handler
from collector.notify import duty
from collector.recompute import asked
from collector.store_writing import StoreWriter
from collector.works import diary


def handlers(store: StoreWriter) -> Mapping[str, Handler]:
    """Return their handlers by kind of act."""
    return {**asked.handlers(store), **diary.handlers(store), **duty.handlers(store), **sheets.handlers()}
