"""The watchdog outside hears that the judgement lives, and nothing once it does not."""

import asyncio
import http.server
import threading
from contextlib import contextmanager, suppress

import pytest

from collector.notify.pulse import Heartbeat, Pulse, address_in
from seepline.notices.contacts import Watchdog
from tests.collector.notify.telling import until
from tests.ports import free_port


@contextmanager
def outside(status=200):
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append((self.command, self.path))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - http.server's name

        def log_message(self, *_about):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ping", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def beat(address, folder, pulse, is_written=lambda: True, every_s=0.03, method="GET"):
    watchdog = Watchdog(every_s=every_s, method=method, address=address)
    return Heartbeat(watchdog, folder, pulse, is_written)


@contextmanager
def living(pulse, one):
    """A judgement that beats, and the heartbeat, until the block ends."""

    async def judge():
        while True:
            pulse.beat()
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(one.run()), asyncio.create_task(judge())]
    try:
        yield tasks[1]
    finally:
        for task in tasks:
            task.cancel()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_it_hears_while_the_judgement_lives_and_nothing_after(method, tmp_path, caplog):
    pulse = Pulse()
    with outside() as (address, heard):
        one = beat(address, tmp_path, pulse, method=method)
        with living(pulse, one) as judgement:
            await until(lambda: one.sent >= 2)
            judgement.cancel()
            await until(lambda: "no judgement" in caplog.text)
            sent = one.sent
            await asyncio.sleep(0.1)
            assert one.sent == sent
    assert set(heard) == {(method, "/ping")}


@pytest.mark.parametrize("trouble", ["disk", "book"])
async def test_it_hears_nothing_while_nothing_can_be_written(trouble, tmp_path, caplog):
    pulse = Pulse()
    with outside() as (address, heard):
        one = beat(address, tmp_path, pulse, is_written=lambda: trouble != "book")
        if trouble == "disk":
            monitor = pulse.beat
            pulse.beat = lambda: (monitor(), pulse.missed("disk is full"))
        with living(pulse, one):
            await until(lambda: "is not told" in caplog.text)
            await asyncio.sleep(0.1)
    assert heard == []


async def test_a_collector_that_has_judged_nothing_yet_says_nothing(tmp_path, caplog):
    with outside() as (address, heard):
        task = asyncio.create_task(beat(address, tmp_path, Pulse()).run())
        await until(lambda: "no judgement" in caplog.text)
        task.cancel()
    assert heard == []


async def test_one_that_does_not_answer_ends_nothing_and_its_address_stands_in_no_log(tmp_path, caplog):
    pulse = Pulse()
    one = beat(f"http://127.0.0.1:{free_port()}/secret-ping", tmp_path, pulse)
    with living(pulse, one):
        await until(lambda: one.error)
    with outside(status=500) as (address, heard):
        other = beat(address, tmp_path, pulse)
        with living(pulse, other):
            await until(lambda: other.error == "HTTPError")
    assert heard
    assert "does not answer" in caplog.text
    assert "secret-ping" not in caplog.text


async def test_its_address_may_stand_in_a_file_that_nobody_else_reads(tmp_path):
    path = tmp_path / "watchdog.address"
    path.write_text("https://hc.example/secret\n")
    path.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        address_in(path)
    path.chmod(0o600)
    assert address_in(path) == "https://hc.example/secret"
    path.write_text("ftp://hc.example")
    with pytest.raises(ValueError, match="expected http"):
        address_in(path)
    with suppress(FileNotFoundError):
        address_in(tmp_path / "none")
        raise AssertionError
