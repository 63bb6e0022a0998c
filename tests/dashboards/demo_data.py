"""Some days of the demo, judged by the collector's engine: the lines that its exporter sends."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from collector.export.lanes import Sources, lanes
from collector.journal import Journal
from collector.journal_entries import Entry
from collector.raw_lines import RawRow, RawValue
from collector.store import StoreReader
from collector.storm.bus_table import Counted
from seepline.bus_report import DeviceCounts
from seepline.site import Site
from seepline.site_file import read_site
from simulator.inputs import read
from tests.collector.chain import Chain

DEMO = Path(__file__).parents[2] / "simulator" / "demo"
START_MS = 1_450_224_000_000  # 16 December 2015, within the recordings
SCAN_MS = 900_000
DAYS = 3
END_MS = START_MS + DAYS * 86_400_000


RawAfter = Callable[[int, int], list[Entry]]


def judged(folder: Path) -> tuple[Site, StoreReader, RawAfter]:
    """Return the demo's site, the store that its engine made of some days, and its journal."""
    site = read_site(DEMO / "site.toml")
    chain = Chain(site, folder, now_ms=START_MS)
    rows = sorted(_rows(site), key=lambda row: (row.time_ms, row.logger))
    for begin in range(0, len(rows), 90):
        chain.take(*rows[begin : begin + 90])
    chain.pass_time(END_MS)
    chain.close()

    def raw_after(number: int, limit: int) -> list[Entry]:
        with closing(Journal(folder / "journal.sqlite")) as journal:
            return journal.entries_after(number, limit)

    return site, StoreReader(folder / "store.sqlite"), raw_after


def _rows(site: Site) -> Iterator[RawRow]:
    inputs = read(DEMO / "inputs.toml", site)
    for logger in site.loggers:
        blocks = {one.id: one.block for one in site.channels if one.logger == logger.id}
        for scan in inputs.scans(logger.id, site, START_MS):
            if START_MS <= scan.utc_s * 1000 < END_MS:
                for block in sorted(set(blocks.values())):
                    mine = tuple(
                        RawValue(name, value, scan.status.get(name, 0))
                        for name, value in scan.values.items()
                        if blocks[name] == block
                    )
                    if mine:
                        yield RawRow(line=1, logger=logger.id, block=block, time_ms=scan.utc_s * 1000, values=mine)


def bus_after(at_ms: int) -> list[Counted]:
    """Return what the gateway counted each hour: the pond's logger answers, waterton-a less and less."""
    return [
        Counted(START_MS + hour * 3_600_000, "gw1", DeviceCounts(device, "bus1", 4 * hour, {"timeout": failed}))
        for hour in range(24 * DAYS)
        if START_MS + hour * 3_600_000 > at_ms
        for device, failed in (("pond", 0), ("waterton-a", hour * hour // 20))
    ]


def lines(site: Site, reader: StoreReader, raw_after: RawAfter) -> Iterator[list[bytes]]:
    """Yield everything that the exporter sends, in its parcels."""
    for lane in lanes(site, Sources(reader, lambda: END_MS, raw_after, bus_after)):
        number = 0
        while (parcel := lane.after(number, 1000)) is not None:
            number = parcel.number
            yield parcel.lines
            if lane.name == "health":
                break
