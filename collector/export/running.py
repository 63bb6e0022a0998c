"""The exporter beside a running collector."""

from contextlib import closing
from pathlib import Path

from collector.export.client import InfluxBucket
from collector.export.lanes import Sources, lanes
from collector.export.ledger import ledger_of
from collector.export.mirror import Mirror
from collector.journal_entries import Entry
from collector.rooms import Rooms
from collector.settings import InfluxSettings
from collector.storm import bus_table


async def mirror_forever(rooms: Rooms, data: Path, influx: InfluxSettings) -> None:
    """Keep InfluxDB a copy of the store."""

    def raw_after(number: int, limit: int) -> list[Entry]:
        """Ask the one thread that may read the journal."""
        return rooms.thread.submit(rooms.journal.entries_after, number, limit).result()

    counts = bus_table.BusTable(data / bus_table.FILE_NAME)
    every = lanes(rooms.site, Sources(rooms.reader, rooms.now_ms, raw_after, counts.after), influx.raw)
    with closing(InfluxBucket(influx)) as bucket:
        await Mirror(bucket.write, ledger_of(rooms)).run(every)
