"""Every panel's questions on a year of 500 instruments at 15 minutes: how long a real InfluxDB takes to answer.

    PYTHONPATH=. python bench/dashboards.py --days 365 --instruments 500    17.5 million readings
    PYTHONPATH=. python bench/dashboards.py --days 14 --instruments 100     small

A panel's time is that of all its questions, one after another, as Grafana's backend sends them, over the whole
time at the interval that 1,200 points allow. `detail` is what the page's variable says; the section is one of ten,
or all.
The engine is Debian's InfluxDB 1.6.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.dashboards.grafana import View, dashboards, panels
from tests.influxdb_v2 import InfluxDB, influxdb_v2

T0_MS = 1_420_070_400_000  # 1 January 2015
SCAN_MS, HOUR_MS, DAY_MS = 900_000, 3_600_000, 86_400_000
SECTIONS = 10
_AT_ONCE = 5000
_POINTS = 1200
_QUANTITIES = ("pore_pressure", "temperature", "displacement", "water_level", "flow")
_SUMMARY = "min=40.0,max=49.6,last=45.0,count=4i,quality=1i,level=0i"
_LIMITS = "limit_yellow=50.0,limit_orange=60.0,limit_red=70.0"


def tags(instrument: int) -> str:
    quantity = _QUANTITIES[instrument % len(_QUANTITIES)]
    return f"site=s,section=S{instrument % SECTIONS},point=P{instrument:03d},quantity={quantity}"


def lines(days: int, instruments: int) -> Iterator[str]:
    """Yield readings, their hours and days, and what the other panels ask for."""
    named = [tags(number) for number in range(instruments)]
    for at in range(T0_MS, T0_MS + days * DAY_MS, SCAN_MS):
        value = 40 + (at // SCAN_MS) % 97 / 10
        for one in named:
            yield f'reading,{one} value={value},quality=1i,level=0i,{_LIMITS},calibration="c:1",late=false {at}'
        yield f"facility,site=s level=0i,valid={instruments}i,total={instruments}i,grey=false {at}"
        yield f"health,site=s,device=collector age_s=0.0,silent=false {at}"
    for measurement, width_ms in (("reading_1h", HOUR_MS), ("reading_1d", DAY_MS)):
        for at in range(T0_MS, T0_MS + days * DAY_MS, width_ms):
            for one in named:
                yield f"{measurement},{one} {_SUMMARY},{_LIMITS} {at}"
    for day in range(days):
        yield f'event,site=s,kind=level,point=P000,quantity=pore_pressure text="t",level=1i {T0_MS + day * DAY_MS}'


def load(server: InfluxDB, days: int, instruments: int) -> int:
    parcel, count = [], 0
    for line in lines(days, instruments):
        parcel.append(line)
        if len(parcel) == _AT_ONCE:
            server.write("dam", *parcel)
            count, parcel = count + len(parcel), []
    server.write("dam", *parcel)
    return count + len(parcel)


def took_s(server: InfluxDB, panel: dict, view: View) -> float:
    began_s = time.perf_counter()
    for target in panel["targets"]:
        server.ask(view.of(panel).asked(target["query"]), "dam")
    return time.perf_counter() - began_s


def measure(server: InfluxDB, view: View, rounds: int) -> dict[str, list[float]]:
    return {
        f"{name}: {panel['title']}": [took_s(server, panel, view) for _ in range(rounds)]
        for name, dashboard in dashboards("en").items()
        for panel in panels(dashboard)
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--instruments", type=int, default=500)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, influxdb_v2(Path(name)) as server:
        server.ask("CREATE DATABASE dam")
        began_s = time.perf_counter()
        count = load(server, given.days, given.instruments)
        print(f"{count:,} points loaded in {time.perf_counter() - began_s:.0f} s\n")
        end_ms = T0_MS + given.days * DAY_MS
        interval_ms = max(SCAN_MS, given.days * DAY_MS // _POINTS)
        for detail in ("reading", "reading_1h", "reading_1d"):
            for section in ("(S1)", f"({'|'.join(f'S{number}' for number in range(SECTIONS))})"):
                chosen = {"site": "(s)", "section": section, "point": "P001", "detail": detail}
                found = measure(server, View(T0_MS, end_ms, interval_ms, chosen), given.rounds)
                _show(f"{detail}, {'one section' if section == '(S1)' else 'all sections'}", found)


def _show(what: str, found: dict[str, list[float]]) -> None:
    middle = {name: statistics.median(times) for name, times in found.items()}
    over = {name: max(times) for name, times in found.items() if max(times) > 1.0}
    slowest = max(middle, key=lambda name: middle[name])
    print(f"## {what}: median of panels {statistics.median(middle.values()) * 1000:.0f} ms,")
    print(f"slowest {slowest} {middle[slowest] * 1000:.0f} ms; over 1 s: {len(over)} of {len(found)}\n")
    print("| panel | median, ms | worst, ms |\n|---|---|---|")
    for name in sorted(middle, key=lambda name: -middle[name])[:12]:
        print(f"| {name} | {middle[name] * 1000:.0f} | {max(found[name]) * 1000:.0f} |")
    print()


if __name__ == "__main__":
    main()
