"""Figures for Prometheus, read back by its own parser: of a made-up status and of a gateway that runs."""

import asyncio
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.metrics import FIGURES, exposition
from gateway.metrics_listener import MetricsListener
from tests.ports import free_port

STATUS = {
    "gateway": "gw1",
    "at_ms": 1_000_000,
    "clock": {"known": False, "by": ""},
    "loggers": {
        'we"ird\\\n': {
            "bus": "bus1", "address": 7, "clock_offset_ms": -1500, "heard_s_ago": None, "failures": 2,
            "held_newest": 20, "wanted": 11,
        }
    },
    "outbox": {
        "rows": 10, "bytes": 4096, "unsent": 3, "oldest_unsent_ms": 940_000, "dropped": 0, "events": {"gap": 1},
        "commits": {"count": 5, "total_s": 0.05, "recent_s": 0.01, "usual_s": 0.01},
    },
    "links": {
        "collector": {"batches": 4, "rows": 7, "refused": 1, "rtt_s": 0.02, "offline_s": 12.5, "failures": 1}
    },
    "buses": {
        "bus1": {
            "open": True, "use": 0.25, "busy_s": 8.0, "quarantine_s": 0.5,
            "devices": {"7": {"ok": 9, "crc": 2, "turn_round_ms": {"min": 1.0, "median": 2.0, "max": 30.5}}},
        }
    },
    "disk": None,
}  # fmt: skip


def families(text: str) -> dict:
    return {one.name: one for one in text_string_to_metric_families(text)}


def value(found: dict, name: str, **labels: str) -> float:
    (sample,) = [
        one
        for one in found[f"seepline_{name.removesuffix('_total')}"].samples
        if one.name == f"seepline_{name}" and labels.items() <= one.labels.items()
    ]
    return sample.value


def test_the_text_is_what_prometheus_reads():
    found = families(exposition(STATUS))
    odd = 'we"ird\\\n'
    assert value(found, "device_exchanges_total", outcome="crc", logger=odd, address="7") == 2
    assert value(found, "device_turn_round_seconds", of="max") == 0.0305
    assert value(found, "logger_clock_offset_seconds", logger=odd) == -1.5
    assert value(found, "logger_behind_records", logger=odd) == 10
    assert value(found, "outbox_oldest_unsent_age_seconds") == 60
    assert value(found, "outbox_dropped_total") == 0
    assert value(found, "link_offline", destination="collector") == 1
    assert value(found, "clock_known") == 0
    assert found["seepline_link_offline_seconds"].type == "counter"


def test_what_is_not_known_has_no_sample():
    found = families(exposition(STATUS))
    assert "seepline_disk_free_bytes" not in found
    assert "seepline_logger_heard_age_seconds" not in found


def test_every_figure_has_a_name_of_its_own_and_counters_end_in_total():
    names = [figure.name for figure in FIGURES]
    assert len(set(names)) == len(names)
    assert all(figure.name.endswith("_total") == (figure.kind == "counter") for figure in FIGURES)


def test_a_running_gateway_serves_them(demo_slave, collector, start, demo_wiring, wait_for):
    port = free_port()
    start(demo_wiring(demo_slave.path, collector.url) + f"[metrics]\nlisten = '127.0.0.1:{port}'\n")

    def served() -> dict:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return families(answer.read().decode())
        except OSError:
            return {}

    wait_for(lambda: value(served(), "link_rows_total") == 240 if "seepline_link_rows" in served() else False)
    wait_for(lambda: "seepline_disk_free_bytes" in served())
    found = served()
    assert value(found, "device_exchanges_total", logger="pond", outcome="ok") > 0
    assert value(found, "bus_busy_seconds_total", bus="bus1") > 0
    assert value(found, "outbox_commits_total") > 0
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10)


@pytest.mark.parametrize(
    ("raised", "status"),
    [(None, "200 OK"), (OSError("the outbox's disk fails"), "503 Service Unavailable")],
)
async def test_whoever_asks_is_answered_and_let_go_whatever_the_disk_says(raised, status):
    def text() -> str:
        if raised:
            raise raised
        return "seepline_up 1\n"

    server = await asyncio.start_server(MetricsListener("", text)._answer, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET /metrics HTTP/1.1\r\n\r\n")
        answer = (await reader.read()).decode()  # to the end: the connection is closed
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(f"HTTP/1.1 {status}\r\n")
    assert answer.endswith(f"\r\n\r\n{raised or 'seepline_up 1'}\n")
