"""Direct mode into a real InfluxDB 1.6 behind a real nginx that speaks the write API of 2.x."""

import json
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Arrival, Outbox
from gateway.uplink.connection import open_connection
from gateway.uplink.destination import Destination
from gateway.uplink.lines import names_of
from gateway.uplink.sender import Unsent
from gateway.uplink.uplink import Uplink
from seepline.cli import app
from seepline.site_file import read_site
from tests.faults.conftest import SITE, a_record, bits_of
from tests.influxdb_v2 import InfluxDB, influxdb_v2

NOW_MS = 1_451_635_200_000
ROWS = 120


def values_in(found: InfluxDB, database: str) -> dict[tuple[str, int], bytes]:
    """Return each number as its 8 bytes, by ('logger/channel', sequence)."""
    numbers = {}
    for series in found.ask("SELECT value, seq FROM raw GROUP BY logger, channel", database):
        name = f"{series['tags']['logger']}/{series['tags']['channel']}"
        numbers |= {(name, seq): struct.pack(">d", value) for _, value, seq in series["values"]}
    return numbers


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Iterator[InfluxDB]:
    with influxdb_v2(tmp_path_factory.mktemp("influxdb")) as found:
        yield found


@pytest.fixture
def dam():
    return read_site(SITE)


def fill(folder: Path) -> OutboxFile:
    """Return an outbox with a day and a bit of two loggers."""
    file = OutboxFile(folder, NOW_MS)
    records = [a_record(serial, 77, number) for number in range(1, ROWS + 1) for serial in (1, 2)]
    Outbox(file).append([Arrival(raw, NOW_MS, live=False) for raw in records])
    return file


@pytest.fixture
def filled(tmp_path):
    with closing(fill(tmp_path / "filled")) as file:
        yield file


def direct(database: InfluxDB, bucket: str, token: str = "t0ken") -> Destination:
    where = {"url": database.url, "org": "dam", "bucket": bucket, "token": token}
    return Destination(name="direct", kind="influxdb", **where)


async def drain(destination: Destination, file: OutboxFile, dam) -> Uplink:
    async with open_connection(destination) as connection:
        uplink = Uplink(connection, "gw1", Backlog(file, destination.name), names_of(dam), Clock())
        while await uplink.step():
            pass
        return uplink


def held(dam, *loggers: int) -> dict[tuple[str, int], bytes]:
    expected: dict[tuple[str, int], bytes] = {}
    for serial in loggers:
        for sequence in range(1, ROWS + 1):
            expected |= bits_of(dam, a_record(serial, 77, sequence))
    return expected


async def test_what_the_outbox_held_stands_in_the_database_bit_for_bit(database, filled, dam):
    database.ask("CREATE DATABASE one")
    uplink = await drain(direct(database, "one"), filled, dam)
    assert values_in(database, "one") == held(dam, 1, 2)
    assert (uplink.link.rows, uplink.link.refused, Backlog(filled, "direct").unsent()) == (2 * ROWS, 0, 0)
    assert Backlog(filled, "direct").committed() is None


async def test_points_that_the_database_refuses_block_no_others(database, filled, dam):
    """A field of another type makes InfluxDB refuse that field for the whole week, and it lists no lines."""
    monday_ms = 1_450_051_200_000
    database.ask("CREATE DATABASE two")
    database.write("two", f'raw,site=dam value="text" {monday_ms - 1}')
    await drain(direct(database, "two"), filled, dam)
    assert Backlog(filled, "direct").unsent() == 0
    last_refused = (monday_ms // 1000 - 1_450_000_800 - 77 - 1) // 900
    dead = filled.dead_letters("direct")
    assert [row for row, *_ in dead] == list(range(1, 2 * last_refused + 1))
    assert all("field type conflict" in reason and line.startswith("raw,") for _, line, reason, _ in dead)
    expected = {key: bits for key, bits in held(dam, 1, 2).items() if key[1] > last_refused}
    assert values_in(database, "two") == expected


@pytest.mark.parametrize(("bucket", "token", "status"), [("nowhere", "t0ken", 404), ("one", "wrong", 401)])
async def test_a_wrong_bucket_or_token_waits_for_a_person(bucket, token, status, database, filled, dam):
    database.ask("CREATE DATABASE one")
    with pytest.raises(Unsent, match=f"direct answers {status}: check token, organisation and bucket"):
        await drain(direct(database, bucket, token), filled, dam)
    assert Backlog(filled, "direct").unsent() == 2 * ROWS
    assert filled.event_counts() == {}


async def test_what_the_database_lost_is_found_and_sent_again(database, tmp_path, dam):
    import asyncio

    database.ask("CREATE DATABASE three")
    destination = direct(database, "three")
    with closing(fill(tmp_path / "data")) as file:
        await drain(destination, file, dam)
    database.ask("DELETE FROM raw WHERE logger = 'a' AND time < 1450100000000ms", "three")
    assert values_in(database, "three") != held(dam, 1, 2)
    lines = await asyncio.to_thread(reconcile, tmp_path, destination)
    found = json.loads(lines)
    assert {(row["logger"], row["day"]) for row in found["differed"]} == {("a", "2015-12-13"), ("a", "2015-12-14")}
    assert found["sent_again"] > 0
    assert found["differ"] == []
    assert values_in(database, "three") == held(dam, 1, 2)
    again = json.loads(await asyncio.to_thread(reconcile, tmp_path, destination))
    assert again == {"differed": [], "sent_again": 0, "differ": []}


def wired(folder: Path, destination: Destination) -> Path:
    """Write a gateway.toml that says what the destination is."""
    (folder / "token").write_text(destination.token)
    path = folder / "gateway.toml"
    path.write_text(
        f"[gateway]\nid = 'gw1'\nsite = '{SITE}'\ndata = 'data'\n[[port]]\nbus = 'bus1'\npath = '/dev/null'\n"
        f"[[destination]]\nname = 'direct'\nkind = 'influxdb'\nurl = '{destination.url}'\ntoken_file = 'token'\n"
        f"org = '{destination.org}'\nbucket = '{destination.bucket}'\n"
    )
    return path


def reconcile(folder: Path, destination: Destination) -> str:
    command = ["gateway", "reconcile", str(wired(folder, destination)), "--destination", "direct", "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("'token'", "'nowhere'", 2, "destination[direct].token_file"),
        ("kind = 'influxdb'", "kind = 'seepline'", 2, "no such key for a destination of kind"),
        ("'direct'", "'other'", 2, '--destination direct: expected one of kind "influxdb": other'),
        ("url = '", "url = 'http://127.0.0.1:1' #", 1, "nothing listens there"),
        ("data = 'data'", "data = 'gateway.toml'", 1, "cannot hold the outbox"),
        ("bucket = 'one'", "bucket = 'nowhere'", 1, "database not found"),
        ("org = ", "ca_file = 'token'\norg = ", 2, "destination[direct].ca_file"),
    ],
)
def test_what_cannot_be_reconciled_is_said(old, new, code, says, database, tmp_path):
    fill(tmp_path / "data").close()
    path = wired(tmp_path, direct(database, "one"))
    path.write_text(path.read_text().replace(old, new))
    done = CliRunner().invoke(app, ["gateway", "reconcile", str(path), "--destination", "direct"])
    assert (done.exit_code, says in " ".join(done.output.split())) == (code, True), done.output
