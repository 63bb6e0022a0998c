"""What a real InfluxDB does with our lines and questions: `make test-influx URL=... TOKEN_FILE=...`.

Give it a bucket of its own: the demo's days are written there, and lines that must be refused. On 2.x the bucket
must exist; a bucket without a slash maps to a database of its name by itself. Prints a line for each thing found.
"""

import argparse
import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from collector.export.client import ExportError, InfluxBucket, OperatorError
from collector.settings import InfluxSettings
from tests.dashboards.demo_data import END_MS, START_MS, judged, lines
from tests.dashboards.grafana import View, dashboards, panels

_SETTLE_S = 30.0
_POINTS = 1000
CHOSEN = {
    "site": "(mukilteo-demo)",
    "section": "(A)",
    "point": "TOE-P1",
    "hole": "none",
    "wire": "(pond:toe_frequency)",
    "detail": "reading",
    "page": "0",
    "piezometer": "TOE-P1",
    "head": "TOE-P1",
    "beside": "water_level",
}
_NEEDED = ("portfolio/", "facility/Section", "piezometers/$piezometer")
Check = Callable[[InfluxSettings, str], str]


def _counted(bucket: InfluxBucket, site: str, wanted: int) -> int:
    """Return how many of our lines are readable, when they are as many as wanted or some time has passed."""
    question = f'SELECT count("quality") FROM "reading" WHERE "site" = \'{site}\''
    deadline_s, found = time.monotonic() + _SETTLE_S, -1
    while found != wanted and time.monotonic() < deadline_s:
        found = sum(int(rows[0][1]) for _, rows in bucket.ask(question))
        time.sleep(0.1)
    return found


def _line(site: str, number: int, value: str = "1.5") -> bytes:
    tags = f"site={site},section=A,point=P1,quantity=pore_pressure"
    return f"reading,{tags} value={value},quality=1i {START_MS + number * 1000}".encode()


def writes_twice_is_once(settings: InfluxSettings, site: str) -> str:
    with closing(InfluxBucket(settings)) as bucket:
        for _ in range(2):
            assert bucket.write([_line(site, number) for number in range(_POINTS)]) == []
        assert (found := _counted(bucket, site, _POINTS)) == _POINTS, f"{found} of {_POINTS} lines are readable"
    return f"{_POINTS} lines written twice are {_POINTS} points"


def refused_lines_stand_alone(settings: InfluxSettings, site: str) -> str:
    site = f"{site}-refused"
    bad = {17: _line(site, 17, "nonsense x"), 400: _line(site, 400, '"a text"')}
    with closing(InfluxBucket(settings)) as bucket:
        assert bucket.write([_line(site, 5000)]) == []  # the field's type is known before a text comes
        refused = bucket.write([bad.get(number) or _line(site, number) for number in range(500)])
        assert {one.line for one in refused} == set(bad.values()), [one.reason for one in refused]
        assert (found := _counted(bucket, site, 499)) == 499, f"{found} of 499 good lines are readable"
    return f"2 of 500 lines refused alone: {refused[0].reason!r}, {refused[1].reason!r}"


def a_wrong_token_needs_a_person(settings: InfluxSettings, site: str) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".token") as file:
        file.write("wrong")
        file.flush()
        wrong = InfluxSettings(settings.url, settings.org, settings.bucket, Path(file.name))
        with closing(InfluxBucket(wrong)) as bucket:
            try:
                bucket.write([_line(site, 0)])
            except OperatorError as error:
                return f"a wrong token: {error}"
    raise AssertionError("a wrong token was taken: no judgement on authorisation is possible here")


def every_question_is_answered(settings: InfluxSettings, _site: str) -> str:
    view, silent, asked = View(START_MS, END_MS, chosen=CHOSEN), [], 0
    with closing(InfluxBucket(settings)) as bucket:
        for name, dashboard in dashboards("en").items():
            variables = [one for one in dashboard["templating"]["list"] if one["type"] == "query"]
            for one in variables:
                offered = list(bucket.ask(view.asked(one["query"])))
                silent += [] if offered else [f"{name}/${one['name']}"]
            asked += len(variables)
            for panel in panels(dashboard):
                answers = [list(bucket.ask(view.of(panel).asked(one["query"]))) for one in panel["targets"]]
                asked += len(answers)
                silent += [] if any(answers) else [f"{name}/{panel['title']}"]
    assert asked > 100, asked
    assert not [name for name in silent if name.startswith(_NEEDED)], silent
    return f"{asked} questions answered; without an answer in the demo: {len(silent)} panels and variables"


CHECKS: tuple[Check, ...] = (
    writes_twice_is_once,
    refused_lines_stand_alone,
    a_wrong_token_needs_a_person,
    every_question_is_answered,
)


def load_demo(settings: InfluxSettings, folder: Path) -> None:
    with closing(InfluxBucket(settings)) as bucket:
        for parcel in lines(*judged(folder)):
            refused = bucket.write(parcel)
            assert refused == [], refused[0].reason


def results(settings: InfluxSettings, site: str) -> Iterator[tuple[bool, str]]:
    """Yield (passed, what was found) of every check."""
    for check in CHECKS:
        try:
            yield True, check(settings, site)
        except (AssertionError, ExportError) as error:
            yield False, f"{check.__name__.replace('_', ' ')}: {error}"


def version(url: str) -> str:
    """Return what the server says it is."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/ping", timeout=10) as answer:
            told = answer.headers.get("X-Influxdb-Version") or json.loads(answer.read() or b"{}").get("version")
            return str(told)
    except (OSError, ValueError) as error:
        return f"unknown ({error})"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("url")
    asked.add_argument("--token-file", type=Path, required=True)
    asked.add_argument("--org", default="seepline")
    asked.add_argument("--bucket", default="seepline-check")
    given = asked.parse_args()
    settings = InfluxSettings(given.url, given.org, given.bucket, given.token_file)
    print(f"InfluxDB {version(given.url)} at {given.url}, bucket {given.bucket}")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        load_demo(settings, Path(folder))
    failed = 0
    for passed, found in results(settings, f"check-{time.time_ns()}"):
        print("holds " if passed else "FAILS ", found)  # noqa: T201
        failed += not passed
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
