"""The mirror to InfluxDB: the real client against a real HTTP server that records, refuses and disappears."""

import asyncio
import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from collector.influx import InfluxUnavailableError, InfluxWriter
from collector.influx_lines import event_line, reading_line
from collector.line_protocol import parse
from collector.mirror import Lane, Mirror
from collector.settings import InfluxSettings, SettingsError, read_influx
from collector.store import StoredEvent, StoredReading
from seepline.reading import Quality

T0_MS = 1_451_635_200_000


@dataclass
class Recorder:
    """A server at /api/v2/write that keeps what it accepts; 400 to the text `refuses`, else `status`."""

    lines: dict[tuple, dict] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    refuses: bytes = b"\0"
    status: int = 204
    url: str = ""

    def answer(self, path: str, authorization: str, body: bytes) -> int:
        self.requests.append((path, authorization))
        if self.status != 204:
            return self.status
        if self.refuses in body:
            return 400
        good, refused = parse(body)
        assert refused == []
        for one in good:
            self.lines[(one.measurement, *sorted(one.tags.items()), one.time)] = one.fields
        return 204


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    kept = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
            status = kept.answer(self.path, self.headers["Authorization"], body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *about):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


@pytest.fixture
def writer(recorder, tmp_path) -> Iterator[InfluxWriter]:
    (tmp_path / "token").write_text("secret\n")
    made = InfluxWriter(InfluxSettings(recorder.url, "org", "dam", tmp_path / "token"))
    yield made
    made.close()


def a_reading(**changes) -> StoredReading:
    whole = {
        "point": "P1", "instrument": "vw", "quantity": "pore_pressure", "time_ms": T0_MS, "version": 1,
        "value": 45.1, "quality": Quality.GOOD, "judged": True, "level": 1, "limit_yellow": 40.0,
        "limit_orange": 60.0, "limit_red": None, "threshold_set": "s1", "calibration": "vw:1", "bound": "",
        "late": False, "inputs": (), "reasons": (), "arrived_ms": T0_MS,
    }  # fmt: skip
    return StoredReading(**{**whole, **changes})


def test_a_reading_becomes_the_point_of_the_contract(dam):
    (line,), _ = parse(reading_line(dam, a_reading()))
    assert (line.measurement, line.time) == ("reading", T0_MS)
    assert line.tags == {"site": "dam", "section": "A", "point": "P1", "quantity": "pore_pressure"}
    assert line.fields == {
        "value": 45.1, "quality": 1, "level": 1, "limit_yellow": 40.0, "limit_orange": 60.0, "calibration": "vw:1",
        "late": False,
    }  # fmt: skip
    (withheld,), _ = parse(reading_line(dam, a_reading(value=None, quality=Quality.MISSING)))
    assert "value" not in withheld.fields


def test_an_events_text_survives_quotes_and_backslashes(dam):
    text = 'P1: "green" \\ to yellow'
    event = StoredEvent(
        id="x", kind="level", time_ms=T0_MS, arrived_ms=T0_MS, point="P1", quantity="pore_pressure", logger="",
        level_from=0, level_to=1, value=45.0, limit_value=40.0, threshold_set="s1", direction="above", late=False,
        text=text,
    )  # fmt: skip
    (line,), _ = parse(event_line(dam, event))
    assert (line.fields, line.tags["kind"]) == ({"text": text, "level": 1}, "level")


def test_a_line_that_influxdb_refuses_is_passed_and_all_others_arrive(writer, recorder):
    recorder.refuses = b"bad"
    lines = [b"reading,point=p%d%s value=1 %d" % (n, b"bad" if n in (3, 40) else b"", n) for n in range(64)]
    assert writer.write(lines) == 2
    assert len(recorder.lines) == 62
    assert recorder.requests[0] == ("/api/v2/write?org=org&bucket=dam&precision=ms", "Token secret")


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_server_that_cannot_take_it_now_keeps_everything_for_later(writer, recorder, status):
    recorder.status = status
    with pytest.raises(InfluxUnavailableError, match=str(status)):
        writer.write([b"reading value=1 1"])
    recorder.status = 204
    assert writer.write([b"reading value=1 1"]) == 0


def test_a_server_that_is_not_there_keeps_everything_for_later(tmp_path):
    (tmp_path / "token").write_text("secret")
    writer = InfluxWriter(InfluxSettings("http://127.0.0.1:1", "org", "dam", tmp_path / "token"))
    with pytest.raises(InfluxUnavailableError):
        writer.write([b"reading value=1 1"])
    writer.close()


async def test_the_cursor_moves_only_after_success(recorder, writer):
    marks: dict[str, int] = {}

    async def mark(name):
        return marks.get(name, 0)

    async def keep_mark(name, number):
        marks[name] = number

    lane = Lane("readings", lambda number, limit: [(n, b"m v=%d %d" % (n, n)) for n in range(number + 1, 8)][:3])
    mirror = Mirror(writer.write, InfluxUnavailableError, mark, keep_mark)
    recorder.status = 503
    with pytest.raises(InfluxUnavailableError):
        await mirror.send(lane)
    assert marks == {}
    running = asyncio.create_task(mirror.run((lane,)))
    while len(recorder.requests) < 3:  # noqa: ASYNC110 - another thread counts
        await asyncio.sleep(0.01)
    recorder.status = 204
    while marks.get("influxdb readings") != 7:  # noqa: ASYNC110 - what is tested
        await asyncio.sleep(0.01)
    running.cancel()
    assert sorted(fields["v"] for fields in recorder.lines.values()) == [1, 2, 3, 4, 5, 6, 7]


def test_a_running_collector_mirrors_the_newest_version_of_every_value(recorder, collector_process, new_token):
    data = collector_process.data
    (data / "influx.token").write_text("secret")
    (data / "collector.toml").write_text(
        f'[influxdb]\nurl = "{recorder.url}"\norg = "org"\nbucket = "dam"\ntoken_file = "influx.token"\n'
    )
    headers = {"Authorization": f"Token {new_token('gw1')}"}
    collector_process.start()
    url = f"{collector_process.url}/api/v2/write?precision=ms"
    scan_ms = T0_MS - 1_800_000  # the collector's clock begins at T0: what is dated ahead of it is not judged
    baro = [
        f"raw,site=dam,logger=b baro={millivolt} {scan_ms + at}"
        for at, millivolt in ((-900_000, 2000), (900_000, 2100))
    ]
    gauge = f"raw,site=dam,logger=a f=2700.0,t=3000 {scan_ms}"
    values = []
    for batch in ([*baro, gauge], [f"raw,site=dam,logger=b baro=2050 {scan_ms}"]):
        assert httpx.post(url, content="\n".join(batch), headers=headers, trust_env=False).status_code == 204
        before, deadline_s = len(recorder.lines), time.monotonic() + 30
        while len(recorder.lines) == before or not _pressure(recorder):
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        values.append(_pressure(recorder)["value"])
    series = f"{collector_process.url}/api/v1/points/P1/series?quantity=pore_pressure"
    (shown,) = httpx.get(series, trust_env=False).json()
    while _pressure(recorder)["value"] != shown["value"]:
        time.sleep(0.02)
    assert values[0] != shown["value"]
    assert any(key[0] == "event" for key in recorder.lines)
    assert collector_process.stop() == 0


def _pressure(recorder: Recorder):
    found = [fields for key, fields in recorder.lines.items() if key[0] == "reading" and ("point", "P1") in key]
    return next((fields for fields in found if "limit_red" in fields), None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[influxdb]\nurl = 'http://x'\n", "influxdb.bucket is None: expected a text"),
        ("[influxdb]\nurl='ftp://x'\norg='o'\nbucket='b'\ntoken_file='t'\n", "expected http:// or https://"),
        ("[influxdb]\nurl='http://x'\norg='o'\nbucket='b'\ntoken_file='t'\nx='y'", "influxdb.x is unknown"),
        ("[influx]\n", "influx is unknown"),
        ("influxdb = 5", "influxdb.bucket is None"),
        ("=", "expected readable TOML"),
    ],
)
def test_settings_that_cannot_be_used_say_what_was_expected(tmp_path, text, said):
    (tmp_path / "collector.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_influx(tmp_path)


def test_settings_without_the_library_say_how_to_install_it(tmp_path, monkeypatch):
    text = '[influxdb]\nurl = "http://127.0.0.1:1"\norg = "o"\nbucket = "b"\ntoken_file = "t"\n'
    (tmp_path / "collector.toml").write_text(text)
    assert read_influx(tmp_path) is not None
    monkeypatch.setattr("collector.settings.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install -e '.\[influxdb\]'"):
        read_influx(tmp_path)


def test_without_settings_nothing_is_mirrored(tmp_path):
    assert read_influx(tmp_path) is None
