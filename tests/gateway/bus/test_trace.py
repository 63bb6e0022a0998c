"""The wire trace: whole frames in words, pieces joined, nothing written unless asked for."""

import time

import pytest

from gateway.bus import trace
from gateway.bus.trace import HEARD, SENT, Tracing, ask, decoded
from seepline.wire import rtu

REQUEST = rtu.frame(1, rtu.read_request(4, 1000, 62))
REFUSAL = rtu.frame(1, rtu.exception(4, 2))


def test_the_pieces_of_an_answer_are_one_line_with_its_meaning(tmp_path, tracing):
    tap = tracing.tap("bus1")
    tap(SENT, REQUEST)
    assert not (tmp_path / "trace.log").exists()
    ask(tmp_path, 60)
    tracing.turn()
    tap(SENT, REQUEST)
    tap(HEARD, REFUSAL[:2])
    tap(HEARD, REFUSAL[2:])
    tap(SENT, rtu.frame(0, rtu.write_request(200, [1, 2, 3, 0])))
    shown = list(decoded((tmp_path / "trace.log").read_text().splitlines()))
    assert [line.partition("   ")[2] for line in shown] == [
        "device 1: read input 1000+62",
        "device 1: refuses function 4 with exception 2",
        "all devices: write 200+4",
    ]
    assert all(" bus1 " in line for line in shown)


@pytest.fixture
def tracing(tmp_path):
    made = Tracing(tmp_path)
    yield made
    made.close()


def test_a_trace_ends_at_its_time_and_at_its_size(tmp_path, tracing, monkeypatch):
    monkeypatch.setattr(trace, "MOST_BYTES", 100)
    tap = tracing.tap("bus1")
    ask(tmp_path, 60)
    tracing.turn()
    for _ in range(10):
        tap(SENT, REQUEST)
        tracing.turn()
    assert 100 <= (tmp_path / "trace.log").stat().st_size < 150
    ask(tmp_path, -1)
    tracing.turn()
    size = (tmp_path / "trace.log").stat().st_size
    tap(SENT, REQUEST)
    assert (tmp_path / "trace.log").stat().st_size == size


@pytest.mark.parametrize("text", ["", "1.0", "x bus1 > 01", "1.0 bus1 > 0"])
def test_a_line_that_was_cut_is_left_out(text):
    assert list(decoded([text])) == []


def test_a_full_disk_ends_the_trace_and_not_the_gateway(tmp_path, tracing):
    ask(tmp_path, 60)
    (tmp_path / "trace.log").symlink_to("/dev/full")
    tracing.turn()
    tracing.tap("bus1")(SENT, REQUEST)
    assert float((tmp_path / "trace.until").read_text()) > time.time()
