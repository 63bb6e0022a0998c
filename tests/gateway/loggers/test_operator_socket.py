"""The door for people: its owner's alone, there again after a kill, and whatever is said there has an answer."""

import asyncio
import contextlib
import json
import os
import socket
import stat

import pytest

from gateway.clock import Clock
from gateway.loggers.operator_socket import OperatorSocket
from gateway.loggers.wishes import Wishes
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from seepline.gateway_socket import MOST_BYTES, NAME


@pytest.fixture
def door(tmp_path):
    """A running door, as an async context; its path is that of the socket."""
    file = OutboxFile(tmp_path, 0)

    @contextlib.asynccontextmanager
    async def opened():
        people = OperatorSocket({}, Wishes(), Outbox(file), Clock())
        running = asyncio.ensure_future(people.run(tmp_path))
        await asyncio.sleep(0)
        try:
            yield tmp_path / NAME
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    yield opened
    file.close()


async def said(path, line: bytes) -> dict:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line)
    answer = json.loads(await reader.readline())
    writer.close()
    await writer.wait_closed()
    return answer


async def test_only_its_owner_may_connect_whatever_the_umask_and_what_a_kill_left_makes_way(door, tmp_path):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / NAME))
    before = os.umask(0)
    try:
        async with door() as path:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert os.umask(0) == 0
            assert "expected one JSON object" in (await said(path, b"hello\n"))["error"]
        assert not path.exists()
    finally:
        os.umask(before)


async def test_where_it_cannot_be_made_the_gateway_goes_on_without(door, tmp_path, caplog):
    (tmp_path / NAME).mkdir()
    async with door():
        await asyncio.sleep(0)
    assert "people cannot reach loggers through this gateway" in caplog.text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"[]\n", "expected one JSON object"),
        (b"{}\n", "this gateway has "),
        (b'{"wish": 7}\n', "wish is no object"),
        (b'{"wish": {}}\n', "id is missing"),
    ],
)
async def test_what_is_nothing_is_refused_in_words(door, line, says):
    assert len(line) < MOST_BYTES
    async with door() as path:
        assert says in (await said(path, line))["error"]
