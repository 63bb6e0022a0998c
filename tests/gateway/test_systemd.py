"""What systemd hears, on a real Unix datagram socket: ready, alive while everything moves, and the end."""

import asyncio
import contextlib
import os
import signal
import socket

import pytest

from gateway import systemd
from gateway.pulse import Beat
from gateway.systemd import feed_watchdog, notify, watchdog_s


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """A socket as systemd's, to which this process and what it starts may speak."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield heard


def said(manager) -> list[str]:
    lines = []
    with contextlib.suppress(BlockingIOError):
        while True:
            lines += manager.recv(4096).decode().split("\n")
    return lines


def test_a_message_is_lines_of_names_and_values(manager):
    notify(READY="1", STATUS="all is well")
    assert said(manager) == ["READY=1", "STATUS=all is well"]


def test_an_abstract_socket_is_a_name_with_a_leading_zero(monkeypatch):
    name = f"seepline-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"\0{name}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        notify(READY="1")
        assert heard.recv(100) == b"READY=1"


def test_without_systemd_nothing_happens_and_a_deaf_one_is_logged(monkeypatch, tmp_path, caplog):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify(READY="1")
    assert caplog.messages == []
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    notify(READY="1")
    assert "systemd cannot be told READY=1" in caplog.messages[0]


def test_the_watchdog_is_asked_for_by_its_variables(monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    assert watchdog_s() == 60
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_s() is None


async def test_a_hung_task_starves_the_watchdog_and_is_named(manager, monkeypatch, caplog):
    monkeypatch.setattr(systemd, "_LOOK_S", 0.01)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    rounds, looks, hangs = [0, 0], 0, asyncio.Event()

    async def move(which):
        while True:
            rounds[which] += 1
            if which and rounds[which] > 3:
                await hangs.wait()
            await asyncio.sleep(0.005)

    def beats():
        nonlocal looks
        looks += 1
        return {"bus1": Beat(rounds[0]), "uplink": Beat(rounds[1])}

    async def until(condition):
        heard = []
        async with asyncio.timeout(60):
            while not condition(heard):
                await asyncio.sleep(0.01)
                heard += said(manager)
        return heard

    tasks = [asyncio.create_task(one) for one in (move(0), move(1), feed_watchdog(beats, patience_s=0.5))]
    try:
        await until(lambda heard: "WATCHDOG=1" in heard and rounds[1] > 3)
        await until(lambda heard: caplog.messages)
        assert caplog.messages == ["uplink does not move: the watchdog is not fed"]
        said(manager)
        seen = looks
        assert await until(lambda heard: looks > seen + 5) == []
        hangs.set()
        await until(lambda heard: "WATCHDOG=1" in heard)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_a_gateway_says_when_it_is_ready_and_when_it_ends(
    manager, tmp_path, demo_slave, collector, start, demo_wiring, wait_for
):
    program = start(demo_wiring(demo_slave.path, collector.url), WATCHDOG_USEC="3000000")
    heard = []

    def hears(line):
        heard.extend(said(manager))
        return any(one.startswith(line) for one in heard)

    wait_for(lambda: hears("READY=1"))
    assert (tmp_path / "data" / "outbox").exists()
    wait_for(lambda: hears("WATCHDOG=1"))
    wait_for(lambda: hears("STATUS=3 of 3 loggers answer"))
    program.send_signal(signal.SIGTERM)
    assert program.wait() == 0
    assert hears("STOPPING=1")


def test_a_gateway_whose_ports_and_collector_are_gone_still_moves(manager, tmp_path, start, demo_wiring, wait_for):
    start(demo_wiring("/dev/pts/no-such-bus", "http://127.0.0.1:1"), WATCHDOG_USEC="300000")
    fed = []
    wait_for(lambda: fed.extend(one for one in said(manager) if one == "WATCHDOG=1") or len(fed) > 20)


def test_a_gateway_without_an_outbox_is_never_ready(manager, tmp_path, start, demo_wiring):
    (tmp_path / "data").write_text("no folder")
    program = start(demo_wiring("/dev/pts/no-such-bus", "http://127.0.0.1:1"))
    assert program.wait(60) == 1
    assert "READY=1" not in said(manager)
    assert "cannot hold the outbox" in (tmp_path / "log").read_text()
