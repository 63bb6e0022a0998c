"""Every panel's questions on a year of 500 instruments at 15 minutes: how long a real InfluxDB takes to answer.

    PYTHONPATH=. python bench/panels.py                              17.5 million readings, 37 million points
    PYTHONPATH=. python bench/panels.py --days 14 --instruments 100  small
    PYTHONPATH=. python bench/panels.py --only 'clock|late' --load raw,reading_1d  some panels' own
    PYTHONPATH=. python bench/panels.py --keep /tmp/a-year           load once, ask again another time

A panel's time is that of all its questions, one after another, as Grafana's backend sends them, at the interval
that its `maxDataPoints` give, rounded as Grafana does, 1,200 where it has none; one section of ten. `detail` is
what the page's variable says: by the time shown, as it is when a page is opened, or what a person chooses for the
whole time. The engine's own time is what its process used of the processors, whatever works beside it.
The engine is Debian's InfluxDB 1.6.
"""

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from dashboards import questions
from tests.dashboards.grafana import DAY_MS, HOUR_MS, View, dashboards, interval_ms, panels
from tests.influxdb_v2 import InfluxDB, engine

T0_MS = 1_420_070_400_000  # 1 January 2015
SCAN_MS = 900_000
SECTIONS, LOGGERS = 10, 30
RAW_DAYS = 8  # raw values stand on pages of a week, or for one point; so much of them is loaded
_OF_SCANS, _OF_SITE = {"reading", "section_line", "profile", "raw"}, {"facility", "health", "event"}
_AT_ONCE = 10_000
_POINTS = 1200  # of a panel that has no bound of its own: the pixels of a wide one
_OF_FIFTY = (
    ["pore_pressure"] * 30 + ["displacement"] * 10 + ["temperature"] * 6 + ["flow"] * 2 + ["water_level", "rain"]
)
_SUMMARY = "min=40.0,max=49.6,last=45.0,count=4i,quality=1i,level=0i,late=false,late_count=0i"
_LIMITS = "limit_yellow=50.0,limit_orange=60.0,limit_red=70.0"


def quantity(instrument: int) -> str:
    return _OF_FIFTY[instrument % 50]


def tags(instrument: int) -> str:
    section = instrument // 50 % SECTIONS
    return f"site=s,section=S{section},point=P{instrument:03d},quantity={quantity(instrument)}"


def lines(days: int, instruments: int, wanted: set[str]) -> Iterator[str]:
    """Yield what the exporter sends in that time, every lane, or of some measurements only."""
    end_ms = T0_MS + days * DAY_MS
    if not wanted or wanted & _OF_SCANS:
        for at in range(T0_MS, end_ms, SCAN_MS):
            yield from of_scan(at, instruments, raw=end_ms - at <= RAW_DAYS * DAY_MS)
    for measurement, width_ms in (("reading_1h", HOUR_MS), ("reading_1d", DAY_MS)):
        for at in range(T0_MS, end_ms, width_ms) if not wanted or measurement in wanted else ():
            for number in range(instruments):
                yield f"{measurement},{tags(number)} {_SUMMARY},{_LIMITS} {at}"
    if not wanted or wanted & _OF_SITE:
        yield from of_the_site(T0_MS, end_ms, instruments)


def of_the_site(begin_ms: int, end_ms: int, instruments: int) -> Iterator[str]:
    for at in range(begin_ms, end_ms, 60_000):
        yield f"facility,site=s level=0i,valid={instruments}i,total={instruments}i,grey=false {at}"
        yield f"health,site=s,device=collector age_s=0.0,silent=false {at}"
    for at in range(begin_ms, end_ms, 600_000):
        for number in range(LOGGERS):
            yield f"health,site=s,device=L{number} age_s=9.0,silent=false {at}"
    for at in range(begin_ms, end_ms, DAY_MS):
        yield f'event,site=s,kind=level,point=P000,quantity=pore_pressure text="t",level=1i {at}'


def of_scan(at: int, instruments: int, raw: bool) -> Iterator[str]:
    value = 40 + (at // SCAN_MS) % 97 / 10
    for number in range(instruments):
        one, what = tags(number), quantity(number)
        yield f'reading,{one} value={value},quality=1i,level=0i,{_LIMITS},calibration="c:1",late=false {at}'
        place = one.rpartition(",")[0]
        if what in ("pore_pressure", "water_level"):
            yield f"section_line,{place},line=heads x_m=1.0,elevation_m={value} {at}"
        elif what == "displacement":
            hole, node = divmod(number, 10)
            hole_tags = f"site=s,section=S{number // 50 % SECTIONS},hole=H{hole},node={node:03d}"
            yield f"profile,{hole_tags} displacement_mm={value},height_m={node}.0,quality=1i {at}"
        if raw or number == 1:
            wire = (
                f"site=s,logger=L{number % LOGGERS},block=0,channel=c{number},wire=L{number % LOGGERS}:c{number}"
            )
            yield f"raw,{wire} value=2800.0,delay_s=2.0,status=0i,ring=7i,seq=1i,tq=2i {at}"


def load(server: InfluxDB, days: int, instruments: int, wanted: set[str]) -> int:
    """Write what is wanted, everything without a wish; return how many points."""
    parcel, count = [], 0
    for line in lines(days, instruments, wanted):
        if wanted and line.partition(",")[0] not in wanted:
            continue
        parcel.append(line)
        if len(parcel) == _AT_ONCE:
            server.write("dam", *parcel)
            count, parcel = count + len(parcel), []
    server.write("dam", *parcel)
    return count + len(parcel)


class Took(NamedTuple):
    """How long a panel's questions took: by the clock, of the engine's own processor time, its longest one."""

    clock_s: float
    engine_s: float
    longest_s: float


def took(server: InfluxDB, panel: dict, view: View) -> Took:
    began_s, marks = time.perf_counter(), [server.busy_s()]
    for target in panel["targets"]:
        server.ask(view.asked(target["query"]), "dam")
        marks.append(server.busy_s())
    longest_s = max(after - before for before, after in pairwise(marks))
    return Took(time.perf_counter() - began_s, marks[-1] - marks[0], longest_s)


def view_of(end_ms: int, days: int, detail: str, panel: dict) -> View:
    chosen = {"site": "(s)", "section": "(S1)", "point": "P051", "hole": "H8", "wire": "(L1:c1)", "detail": detail}
    chosen |= {"page": "0", "piezometer": "P051", "head": "P051", "beside": "water_level"}
    view = View(end_ms - days * DAY_MS, end_ms, chosen=chosen).of(panel)
    points = panel.get("maxDataPoints", _POINTS)
    return replace(view, interval_ms=interval_ms(view.to_ms - view.from_ms, points))


class Given(NamedTuple):
    """What is measured: which panels, how often."""

    only: re.Pattern[str]
    rounds: int


def measure(server: InfluxDB, end_ms: int, days: int, detail: str, given: Given) -> dict[str, list[Took]]:
    """Return the times of the panels; with 0 days each page looks back as far as it does when it is opened."""
    found = {}
    for name, dashboard in dashboards("en").items():
        shown = days or int(re.sub(r"\D", "", dashboard["time"]["from"]))
        for panel in panels(dashboard):
            view, title = view_of(end_ms, shown, detail, panel), f"{name}: {panel['title']}"
            if given.only.search(title):
                found[title] = [took(server, panel, view) for _ in range(given.rounds)]
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--instruments", type=int, default=500)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--only", type=re.compile, default="", help="panels whose page and title hold this pattern")
    asked.add_argument("--load", default="", help="these measurements only, with commas between them")
    asked.add_argument("--keep", type=Path, help="a folder for the data: loaded at the first time, kept")
    asked.add_argument("--as-read", action="store_true", help="the whole time with `detail` as read, too: slow")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, engine((given.keep or Path(name)) / "engine") as server:
        if not server.ask("SHOW DATABASES")[0].get("values"):
            _loaded(server, given)
        end_ms = T0_MS + given.days * DAY_MS
        looks = [("as opened", 0, questions.BY_TIME), ("all days, by time", given.days, questions.BY_TIME)]
        looks.append(("all days, of hours", given.days, questions.OF_HOURS))
        looks += [("all days, as read", given.days, questions.AS_READ)] if given.as_read else []
        for what, days, detail in looks:
            _show(what, measure(server, end_ms, days, detail, Given(given.only, given.rounds)))


def _loaded(server: InfluxDB, given: argparse.Namespace) -> None:
    server.ask("CREATE DATABASE dam")
    began_s = time.perf_counter()
    count = load(server, given.days, given.instruments, set(filter(None, given.load.split(","))))
    print(f"{count:,} points loaded in {time.perf_counter() - began_s:.0f} s\n", flush=True)


def _show(what: str, found: dict[str, list[Took]]) -> None:
    columns = {name: [statistics.median(one) for one in zip(*times, strict=True)] for name, times in found.items()}
    over = sum(longest_s > 1.0 for _, _, longest_s in columns.values())
    print(f"## {what}: {over} of {len(found)} panels have a question over 1 s of the engine's own time\n")
    titles = ("panel", "median, ms", "worst, ms", "engine's own, ms", "of its longest question, ms")
    print(f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|")
    for name, (clock_s, engine_s, longest_s) in sorted(columns.items(), key=lambda one: -one[1][1]):
        worst_s = max(one.clock_s for one in found[name])
        row = (clock_s, worst_s, engine_s, longest_s)
        print(f"| {name} | {' | '.join(f'{1000 * one:.0f}' for one in row)} |")
    print(flush=True)


if __name__ == "__main__":
    main()
