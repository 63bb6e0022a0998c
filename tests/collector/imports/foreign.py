"""The small dam whose piezometer hangs on another system's logger, forms of files, an importing chain."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.imports.settings import Source, parse_sources
from collector.imports.watch import Desk, Watch
from collector.journal import Batch
from seepline.site import Site
from seepline.site_file import parse_site
from tests.collector.chain import SCAN_MS, T0_MS, Chain

DAM = Path(__file__).parents[1] / "dam.toml"
FOREIGN = """
[[foreign]]
id = "cr"
maker = "Campbell"
scan_s = 900
silence_s = 3600

[[channel]]
id = "f"
logger = "cr"
unit = "Hz"

[[channel]]
id = "t"
logger = "cr"
unit = "ohm"
"""

TOA5 = """
[[source]]
id = "north"
logger = "cr"
form = "toa5"
time_zone = "+05:00"
station = "North"
table = "Hourly"

[[column]]
source = "north"
column = "VW_Hz"
unit = "Hz"
processing = "Smp"
channel = "f"

[[column]]
source = "north"
column = "VW_R"
unit = "ohm"
processing = "Smp"
channel = "t"
"""

LC2 = """
[[source]]
id = "north"
logger = "cr"
form = "lc2"
time_zone = "+05:00"
date = "day_of_year"
clock = "hhmm"
gauges = 1
name = "North"
header_lines = 0

[[column]]
source = "north"
column = "reading_1"
unit = "digits"
channel = "f"

[[column]]
source = "north"
column = "temperature_1"
unit = "degC"
thermistor = { A = 1.4051e-3, B = 2.369e-4, C = 1.019e-7 }
channel = "t"
"""

CSV = """
[[source]]
id = "north"
logger = "cr"
form = "csv"
time_zone = "Europe/Berlin"
delimiter = ";"
decimal = ","
header_line = 2
first_line = 3
time_columns = ["Datum", "Zeit"]
time_format = "%d.%m.%Y %H:%M"
missing = ["", "NaN"]

[[column]]
source = "north"
column = "f"
unit = "Hz"
channel = "f"

[[column]]
source = "north"
column = "R"
unit = "kohm"
channel = "t"
"""

HEAD = (
    '"TOA5","North","CR6","4711","CR6.Std.12.02","CPU:north.CR6","31337","Hourly"\n'
    '"TIMESTAMP","RECORD","BattV","VW_Hz","VW_R"\n'
    '"TS","RN","Volts","Hz","Ohms"\n'
    '"","","Min","Smp","Smp"\n'
)


def site(changed: Callable[[str], str] = lambda text: text) -> Site:
    dam = DAM.read_text(encoding="utf-8") + changed(FOREIGN)
    own, foreign = 'frequency = "a/f", thermistor = "a/t"', 'frequency = "cr/f", thermistor = "cr/t"'
    return parse_site(dam.replace(own, foreign))


def source(text: str = TOA5, folder: Path | None = None, dam: Callable[[str], str] = lambda text: text) -> Source:
    if folder is not None:
        text = text.replace('form = "', f'folder = "{folder}"\nfiles = "*.dat"\nform = "', 1)
    return parse_sources(text, site(dam))[0]


def toa5_row(scan: int, hertz: float | str = 2900.0, ohm: float | str = 3000.0, record: int | None = None) -> str:
    local = datetime.fromtimestamp((T0_MS + scan * SCAN_MS) / 1000, UTC) + timedelta(hours=5)
    return f'"{local:%Y-%m-%d %H:%M:%S}",{scan + 100 if record is None else record},12.9,{hertz},{ohm}\n'


def toa5(hertz: Iterable[float | str]) -> str:
    return HEAD + "".join(toa5_row(scan, one) for scan, one in enumerate(hertz))


class Importing:
    """A chain and the import that feeds it, driven by hand; `now_ms` is the collector's clock."""

    def __init__(
        self, folder: Path, source_text: str = TOA5, dam: Callable[[str], str] = lambda text: text
    ) -> None:
        self.data, self.folder = folder / "data", folder / "loggernet"
        self.data.mkdir()
        self.folder.mkdir()
        self.chain = Chain(site(dam), self.data)
        self.sources = (source(source_text, self.folder, dam),)
        self.now_ms = T0_MS + 2000 * SCAN_MS
        self.begin()

    def begin(self) -> None:
        """Begin as a new process does: nothing is remembered but what is on the disk."""
        self.watch = Watch(
            self.sources, Desk(self.data, self.append, self.committed, self.knows, lambda: self.now_ms)
        )

    async def append(self, batch: Batch) -> int:
        committed = self.chain.journal.append(batch)
        while self.chain.engine.judge(500):
            pass
        return committed

    async def committed(self, writer: str, key: str) -> int:
        return self.chain.journal.committed(writer, key)

    async def knows(self, channel: str, time_ms: int) -> bool:
        return self.chain.journal.has_reading(channel, time_ms)

    def write(self, text: str, name: str = "north.dat") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def add(self, text: str, name: str = "north.dat") -> None:
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def times(self) -> list[int]:
        """Return the scans whose frequency the journal has."""
        return [(ms - T0_MS) // SCAN_MS for ms in self.chain.journal.raw.times("cr/f", 0, 2**60)]

    def status(self) -> dict[str, object]:
        return self.watch.status.as_json()[0]
