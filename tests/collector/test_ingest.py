"""The write door of a real collector process: influxdb-client itself writes, garbage is listed, nothing twice."""

import gzip
import threading
import time
import tomllib
from pathlib import Path

import httpx
import pytest
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

from collector import tokens
from collector.body import MAX_BODY_BYTES
from collector.journal import Journal
from collector.journal_file import identities

T0_MS = 1_451_635_200_000
DAM = Path(__file__).with_name("dam.toml")
ROOT = Path(__file__).parents[2]
WRITE = "/api/v2/write?bucket=raw&precision=ms"


def line(seq: int, logger: str = "b", value: float = 2100.0) -> str:
    fields = f"baro={value!r},ring=7i,boot=1i,seq={seq}i,tq=2i"
    return f"raw,site=dam,logger={logger},block=0 {fields} {T0_MS + seq * 1000}"


def counts(client: httpx.Client) -> dict[str, int]:
    return client.get("/api/v1/state").json()["counts"]


def test_a_batch_is_acknowledged_with_its_watermark_and_stored_once(client):
    body = gzip.compress("\n".join(line(seq) for seq in (1, 2, 3)).encode())
    headers = {"Content-Encoding": "gzip", "Seepline-Outbox": "o1:1-3"}
    assert client.get("/api/v1/gateways/gw1/watermark").json() == {"outbox": None, "committed": 0}
    for _ in range(2):
        answer = client.post(WRITE, content=body, headers=headers)
        assert (answer.status_code, answer.headers["Seepline-Committed"]) == (204, "o1:3")
    assert counts(client) == {"journal_rows": 3, "raw_records": 3, "duplicates": 3, "conflicts": 0}
    assert client.get("/api/v1/gateways/gw1/watermark").json() == {"outbox": "o1", "committed": 3}
    assert client.get("/api/v1/identities", params={"logger": "b"}).text == "7 1\n7 2\n7 3\n"


def test_garbage_in_a_batch_is_listed_and_the_good_lines_are_kept_once(client, collector_process):
    garbage = [
        b"\xff\xfe",
        b"raw,site=dam,logger=b baro=nan 5",
        b'cpu,host=x usage="1',
        b"{}",
        b"raw,site=elsewhere p=1",
    ]
    body = b"\n".join([line(1).encode(), *garbage, b"", b"# remark", line(2).encode()])
    for _ in range(2):
        answer = client.post(WRITE, content=body)
        found = answer.json()
        assert answer.status_code == 400
        assert [one["line"] for one in found["rejected"]] == [2, 3, 4, 5, 6]
        assert (found["code"], found["line"]) == ("invalid", 2)
        assert found["message"] == f"line 2: {found['rejected'][0]['reason']}"
    assert counts(client)["journal_rows"] == 2
    cpu = client.post(WRITE, content=b"cpu,host=x usage=1 5").json()
    assert cpu["rejected"] == [{"line": 1, "reason": "measurement must be raw"}]


def test_refused_rows_of_an_outbox_are_kept_and_the_watermark_passes_them(client, collector_process):
    body = f"{line(1)}\nraw,site=dam,logger=b baro=nan 5\n{line(3)}"
    for _ in range(2):
        answer = client.post(WRITE, content=body, headers={"Seepline-Outbox": "o1:1-3"})
        assert (answer.status_code, answer.headers["Seepline-Committed"]) == (400, "o1:3")
    collector_process.stop()
    journal = Journal(collector_process.data / "journal.sqlite")
    kept = journal._connection.execute("SELECT writer, text FROM refused").fetchall()
    journal.close()
    assert kept == [("gw1", b"raw,site=dam,logger=b baro=nan 5")]
    collector_process.start()


@pytest.mark.parametrize(
    "text",
    [
        "raw,site=dam,logger=b baro=1,ring=7i 5",
        "raw,site=dam,logger=b baro=1,ring=7i,seq=-1i 5",
        "raw,site=dam,logger=b baro=1,ring=7.5,seq=1i 5",
        "raw,site=dam,logger=b baro=t 5",
        'raw,site=dam,logger=b baro="1" 5',
        "raw,site=dam,logger=b baro_status=70000i 5",
        "raw,site=dam,logger=b boot=7i 5",
        "raw,site=dam,logger=b,host=x baro=1 5",
        "raw,site=dam,logger=b,block=x baro=1 5",
        "raw,site=dam,logger=b baro=1 -5",
        "raw,site=dam,logger=b baro=1 9000000000000000",
        "raw,site=dam baro=1 5",
        "raw,logger=b baro=1 5",
    ],
)
def test_a_line_that_is_no_raw_row_says_what_was_expected(text):
    from collector.line_protocol import parse
    from collector.raw_lines import rows

    lines, unreadable = parse(text.encode())
    good, refused = rows(lines, "ms", "dam")
    assert (unreadable, good) == ([], [])
    assert "expected" in refused[0].reason


def test_a_channel_without_a_value_is_missing_and_its_status_says_why(client):
    body = f"raw,site=dam,logger=b,block=0 baro_status=2i,ring=7i,boot=1i,seq=1i,tq=2i {T0_MS}"
    assert client.post(WRITE, content=body).status_code == 204
    end_s = time.monotonic() + 60
    while not (found := client.get("/api/v1/state").json()["points"]):
        assert time.monotonic() < end_s
    assert [(one["point"], one["value"], one["quality"]) for one in found] == [("BARO", None, 4)]


def test_only_a_known_token_may_write_and_only_its_own_loggers(client, collector_process, new_token):
    other = {"Authorization": f"Bearer {new_token('gw2')}"}
    for header in ({"Authorization": "Token wrong"}, {"Authorization": ""}, {"Authorization": "Basic Z3cxOng="}):
        answer = client.post(WRITE, content=line(1), headers=header)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    matrix = {
        (logger, name): client.post(WRITE, content=line(1, logger), headers=headers).status_code
        for logger in ("a", "c", "unknown")
        for name, headers in (("gw1", {}), ("gw2", other))
    }
    assert matrix == {
        ("a", "gw1"): 204, ("a", "gw2"): 403, ("c", "gw1"): 403, ("c", "gw2"): 204,
        ("unknown", "gw1"): 403, ("unknown", "gw2"): 403,
    }  # fmt: skip
    mixed = client.post(WRITE, content=f"{line(9, 'a')}\n{line(9, 'c')}")
    assert (mixed.status_code, mixed.json()["message"][:7]) == (403, "line 2:")
    assert counts(client)["journal_rows"] == 2
    assert client.get("/api/v1/gateways/gw1/watermark", headers=other).status_code == 403
    assert client.get("/api/v1/gateways/gw1/watermark", headers={"Authorization": "x"}).status_code == 401


def test_a_token_is_shown_once_and_kept_as_its_hash_only(tmp_path):
    path = tmp_path / "tokens.toml"
    first, second = tokens.add(path, "gw1"), tokens.add(path, "gw2")
    assert path.stat().st_mode & 0o777 == 0o600
    assert first not in path.read_text()
    assert [row["gateway"] for row in tomllib.loads(path.read_text())["token"]] == ["gw1", "gw2"]
    known = tokens.load(path)
    assert [tokens.gateway_of(known, f"Token {token}") for token in (first, second, "x", "")] == [
        "gw1",
        "gw2",
        None,
        None,
    ]
    renewed = tokens.add(path, "gw1")
    assert [tokens.gateway_of(tokens.load(path), f"Bearer {one}") for one in (first, renewed)] == [None, "gw1"]


def test_a_token_file_that_breaks_while_the_collector_runs_is_a_503_until_it_is_mended(client, collector_process):
    path = collector_process.data / tokens.FILE_NAME
    good = path.read_text()
    path.write_text("[[[")
    answer = client.post(WRITE, content=line(1))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert str(path) in (collector_process.data / "collector.log").read_text()
    path.write_text(good + "\n")
    assert client.post(WRITE, content=line(1)).status_code == 204


def test_a_body_that_cannot_be_taken_is_refused_before_anything_is_stored(client):
    bomb = gzip.compress(bytes(200 * 1024 * 1024))
    packed = gzip.compress(line(1).encode())
    zipped = {"Content-Encoding": "gzip"}
    cases = [
        (413, client.post(WRITE, content=bomb, headers=zipped)),
        (413, client.post(WRITE, content=b"#" * (MAX_BODY_BYTES + 1))),
        (400, client.post(WRITE, content=packed[:-3], headers=zipped)),
        (400, client.post(WRITE, content=packed + b"x", headers=zipped)),
        (400, client.post(WRITE, content=b"no gzip", headers=zipped)),
        (415, client.post(WRITE, content=line(1), headers={"Content-Encoding": "br"})),
        (400, client.post("/api/v2/write?precision=h", content=line(1))),
        (400, client.post(WRITE, content=line(1), headers={"Seepline-Outbox": "o1"})),
    ]
    assert [answer.status_code for _, answer in cases] == [status for status, _ in cases]
    assert all(answer.json()["message"] for _, answer in cases)
    assert counts(client)["journal_rows"] == 0


@pytest.mark.parametrize("packed", [False, True])
def test_influxdb_client_itself_writes_and_sees_a_healthy_server(client, collector_process, packed):
    token = client.headers["Authorization"].split()[1]
    with InfluxDBClient(collector_process.url, token=token, org="any", enable_gzip=packed) as influx:
        assert influx.ping()
        with pytest.warns(DeprecationWarning, match="ping"):
            assert influx.health().status == "pass"
        assert influx.ready().status == "ready"
        assert influx.version() == "seepline"
        with influx.write_api(write_options=SYNCHRONOUS) as writer:
            for precision, time in (("s", 1), ("ms", 1000), ("us", 10**6), ("ns", 10**9)):
                moment = T0_MS // 1000 * time
                point = Point("raw").tag("site", "dam").tag("logger", "a").field("f", 2850.5).field("t", 3000.0)
                writer.write("raw", record=point.time(moment, precision), write_precision=precision)
            with pytest.raises(ApiException) as refused:
                writer.write("raw", record=Point("cpu").field("x", 1.0), write_precision=WritePrecision.MS)
    assert refused.value.response.status == 400
    assert refused.value.message == "line 1: measurement must be raw"
    assert counts(client) == {"journal_rows": 1, "raw_records": 0, "duplicates": 3, "conflicts": 0}


def _post_until_killed(url: str, token: str, first: int, acknowledged: list[int]) -> None:
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        seq = first
        while True:
            body = "\n".join(line(one, "a", one * 0.5).replace("baro", "f") for one in range(seq, seq + 10))
            try:
                if client.post(WRITE, content=body).status_code == 204:
                    acknowledged.extend(range(seq, seq + 10))
                    seq += 10
            except httpx.TransportError:
                return


def test_after_a_kill_every_acknowledged_line_is_there_once_and_no_event_twice(collector_process, new_token):
    token = new_token("gw1")
    acknowledged: list[int] = []
    for _ in range(3):
        collector_process.start()
        first = max(acknowledged, default=0) + 1
        posting = threading.Thread(
            target=_post_until_killed, args=(collector_process.url, token, first, acknowledged)
        )
        posting.start()
        while len(acknowledged) < first + 150:
            posting.join(0.01)
            assert posting.is_alive()
        collector_process.kill()
        posting.join()
    collector_process.start()
    events = httpx.get(f"{collector_process.url}/api/v1/state", trust_env=False, timeout=60).json()["events"]
    collector_process.stop()
    assert len({one["id"] for one in events}) == len(events)
    journal = collector_process.data / "journal.sqlite"
    stored = [seq for _, seq in identities(journal, "a")]
    assert set(acknowledged) <= set(stored)
    opened = Journal(journal)
    rows = opened._connection.execute("SELECT time_ms, value FROM readings").fetchall()
    opened.close()
    assert sorted(rows) == sorted((T0_MS + seq * 1000, seq * 0.5) for seq in stored)


def test_on_a_full_disk_nothing_is_acknowledged_and_later_all_is_taken(collector_process, new_token):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))"
    headers = {"Authorization": f"Token {new_token('gw1')}"}
    collector_process.start(limit)
    with httpx.Client(base_url=collector_process.url, headers=headers, trust_env=False, timeout=60) as client:
        answers = {}
        for batch in range(100):
            body = "\n".join(line(seq) for seq in range(batch * 100, batch * 100 + 100))
            answer = client.post(WRITE, content=body)
            answers[batch] = answer.status_code
            if answer.status_code != 204:
                break
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["code"] == "unavailable"
    collector_process.kill()
    acknowledged = {batch for batch, status in answers.items() if status == 204}
    stored = {seq for _, seq in identities(collector_process.data / "journal.sqlite", "b")}
    assert stored == {seq for batch in acknowledged for seq in range(batch * 100, batch * 100 + 100)}
    collector_process.start()
    again = httpx.post(
        f"{collector_process.url}{WRITE}", content=body, headers=headers, trust_env=False, timeout=60
    )
    assert again.status_code == 204
