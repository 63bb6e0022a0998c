"""Clients that are slow, silent or gone, before a real collector: others are answered, its log has no fault."""

import asyncio
import socket

import httpx
import pytest

from collector import body
from collector.body import BodyError, read_body

MANY = 60


def dripping(port: int, head: bytes) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=60)
    opened.sendall(head)
    return opened


def test_others_are_answered_while_many_drip(collector_process, new_token):
    token = new_token("gw1")
    collector_process.start()
    port = collector_process.port
    write = (
        f"POST /api/v2/write HTTP/1.1\r\nHost: x\r\nAuthorization: Token {token}\r\nContent-Length: 9999\r\n\r\nra"
    )
    acts = "POST /api/v1/acts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
    heads = [b"", b"GET / HT", write.encode(), acts.encode()]
    held = [dripping(port, heads[number % len(heads)]) for number in range(MANY)]
    try:
        with httpx.Client(base_url=collector_process.url, trust_env=False, timeout=60) as client:
            for _ in range(5):
                for opened, head in zip(held, heads * MANY, strict=False):
                    opened.sendall(b"" if head in (b"", acts.encode()) else b"x")
                assert client.get("/ping").status_code == 204
                assert client.get("/api/v1/state").status_code == 200
    finally:
        for opened in held:
            opened.close()  # in the middle of a body: nobody is there any more
    with httpx.Client(base_url=collector_process.url, trust_env=False, timeout=60) as client:
        assert client.get("/api/v1/state").status_code == 200
    assert collector_process.stop() == 0
    log = (collector_process.data / "collector.log").read_text()
    assert "Traceback" not in log, log


def test_a_head_without_end_is_cut_off(collector_process):
    collector_process.start()
    with socket.create_connection(("127.0.0.1", collector_process.port), timeout=60) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nA: ")
        answer = b""
        try:
            for _ in range(100):
                opened.sendall(b"a" * 4096)
            while piece := opened.recv(4096):
                answer += piece
        except ConnectionError:
            pass
        assert answer.startswith(b"HTTP/1.1 4") or not answer
    assert collector_process.stop() == 0


@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_a_body_that_stops_is_given_up(monkeypatch, encoding):
    async def stops():
        yield b"\x1f\x8b\x08\x00" if encoding else b"{"
        await asyncio.Event().wait()

    monkeypatch.setattr(body, "LONGEST_PAUSE_S", 0.01)
    with pytest.raises(BodyError) as refused:
        await read_body(stops(), encoding)
    assert refused.value.status == 408
