"""Bytes on the wire per reading: our uplink, influxdb-client's points, MQTT 5; one counting line, one run.

    PYTHONPATH=. python bench/transport.py            prints the table of bench/transport.md, in about a minute

A dam's scan is 60 channels in five records; n readings are n / 60 scans of 15 minutes. Values drift and have
noise. Everything is sent over a connection that is already open; TCP payload both ways, without TLS and without IP
headers. The HTTP server is one sink, which answers as the collector does; the broker is Debian's Mosquitto.
"""

import asyncio
import json
import math
import random
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write.point import Point
from paho.mqtt.properties import Properties

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Arrival, Outbox
from gateway.uplink.connection import open_connection
from gateway.uplink.destination import Destination
from gateway.uplink.lines import SiteNames, record_line
from gateway.uplink.pacing import MOST_ROWS
from gateway.uplink.uplink import Uplink
from seepline.site_wiring import Channel
from seepline.wire import record as wire
from tests.debian_servers import fetched, listens, program, running
from tests.faults.tcp_proxy import Fault, faulty_line
from tests.ports import free_port

SIZES = (1, 60, 1000, 10_000)
CHANNELS, PER_RECORD, SCAN_S = 60, 12, 900
BEGIN_S = 1_790_000_000
TOKEN = "t" * 43  # as long as a real one

Reading = tuple[str, int, float]  # channel, ms, value


def readings(count: int, dice: random.Random) -> Iterator[tuple[int, list[int]]]:
    """Yield (time in s, thousandths of a unit by channel) of each scan."""
    levels = [dice.uniform(50, 900) for _ in range(CHANNELS)]
    for scan in range(math.ceil(count / CHANNELS)):
        here = min(CHANNELS, count - scan * CHANNELS)
        drift = [level + 0.01 * scan + dice.gauss(0, 0.02) for level in levels[:here]]
        yield BEGIN_S + SCAN_S * scan, [round(1000 * value) for value in drift]


def records(count: int, ring: int) -> list[bytes]:
    """Return the loggers' records of so many readings."""
    made: list[bytes] = []
    for at_s, values in readings(count, random.Random(count)):
        for block in range(math.ceil(len(values) / PER_RECORD)):
            some = [wire.ScalarChannel(0, value) for value in values[block * PER_RECORD :][:PER_RECORD]]
            head = (7, block, wire.MAP_VERSION, 2, ring, 3, len(made) + 1, at_s, 0, at_s - BEGIN_S)
            made.append(wire.encode(wire.Record(*head, wire.PAYLOAD_SCALAR, len(some), wire.encode_scalar(some))))
    return made


def the_names(count: int) -> SiteNames:
    """Return a site whose logger has as many channels as a scan of `count` readings."""
    channels = [
        Channel(
            id=f"P{n:02}_mv",
            logger="logger-7",
            block=n // PER_RECORD,
            slot=n % PER_RECORD,
            kind="voltage",
            unit="mV",
        )
        for n in range(min(count, CHANNELS))
        for block, slot in [divmod(n, PER_RECORD)]
    ]
    blocks: dict[tuple[str, int], list[Channel]] = {}
    for channel in channels:
        blocks.setdefault((channel.logger, channel.block), []).append(channel)
    return SiteNames("dam-1", {7: "logger-7"}, blocks)


def rows_of(count: int) -> list[Reading]:
    """Return the same readings as the records hold, one by one."""
    found = []
    for line in (record_line(raw, None, the_names(count)) for raw in records(count, 1)):
        _, fields, stamp = line.split(" ")
        values = (part.split("=") for part in fields.split(",") if "_mv=" in part)
        found += [(name, int(stamp), float(value)) for name, value in values]
    assert len(found) == count
    return found


async def sink(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take every request and answer as the collector does; one writer, so the watermark is what came last."""
    while head := await reader.read(1):
        head += await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
        lower = {name.lower(): value for name, value in fields.items()}
        await reader.readexactly(int(lower.get("content-length", 0)))
        answer = "HTTP/1.1 204 No Content\r\ndate: Thu, 26 Nov 2026 11:00:00 GMT\r\n"
        if outbox := lower.get("seepline-outbox"):
            name, ranges = outbox.split(":")
            answer += f"seepline-committed: {name}:{ranges.split('-')[-1]}\r\n"
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
    writer.close()


async def ours(fault: Fault, folder: Path, count: int) -> tuple[int, int]:
    """Send through the outbox and the uplink, as the gateway does, with the batch size of a fast line."""
    file = OutboxFile(folder / f"outbox-{count}", 0)
    try:
        destination = Destination(name="collector", url=f"http://127.0.0.1:{fault.port}", token=TOKEN)
        async with open_connection(destination) as connection:
            uplink = Uplink(connection, "gw-1", Backlog(file), the_names(count), Clock())
            Outbox(file).append([Arrival(raw, BEGIN_S * 1000, live=False) for raw in records(1, 9)])
            while await uplink.step():
                pass
            Outbox(file).append([Arrival(raw, BEGIN_S * 1000, live=False) for raw in records(count, 10)])
            uplink._sender.batch_rows = MOST_ROWS
            before = fault.up_bytes, fault.down_bytes
            while await uplink.step():
                pass
            return fault.up_bytes - before[0], fault.down_bytes - before[1]
    finally:
        file.close()


async def influx_points(fault: Fault, count: int, gzip: bool) -> tuple[int, int]:
    """Write Points by the library's own default: batching, one line per reading; `gzip` is an option of it."""

    def write() -> tuple[int, int]:
        address = f"http://127.0.0.1:{fault.port}"
        with InfluxDBClient(address, token=TOKEN, org="dam-1", enable_gzip=gzip) as client:
            with client.write_api() as writer:
                writer.write("raw", record=_point("first", BEGIN_S * 1000, 1.0), write_precision="ms")
            before = fault.up_bytes, fault.down_bytes
            with client.write_api() as writer:
                for row in rows_of(count):
                    writer.write("raw", record=_point(*row), write_precision="ms")
            return fault.up_bytes - before[0], fault.down_bytes - before[1]

    return await asyncio.to_thread(write)


def _point(channel: str, at_ms: int, value: float) -> Point:
    point = Point("raw").tag("site", "dam-1").tag("logger", "logger-7").tag("channel", channel)
    return point.field("value", value).time(at_ms, "ms")


async def mqtt5(fault: Fault, messages: list[tuple[str, bytes]]) -> tuple[int, int]:
    """Publish with QoS 1 over MQTT 5, each message awaited by its acknowledgement in the end."""

    def publish() -> tuple[int, int]:
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5, client_id="gw-1")
        client.max_queued_messages_set(0)
        connected = threading.Event()
        client.on_connect = lambda *_: connected.set()
        client.connect("127.0.0.1", fault.port, keepalive=120, properties=Properties(mqtt.PacketTypes.CONNECT))
        client.loop_start()
        assert connected.wait(30)
        before = fault.up_bytes, fault.down_bytes
        for sent in [client.publish(topic, payload, qos=1) for topic, payload in messages]:
            sent.wait_for_publish(60)
        after = fault.up_bytes - before[0], fault.down_bytes - before[1]
        client.disconnect()
        client.loop_stop()
        return after

    return await asyncio.to_thread(publish)


def json_messages(count: int) -> list[tuple[str, bytes]]:
    """Return one message per reading, as most examples show it."""
    return [
        (f"dam-1/logger-7/{channel}", json.dumps({"time": at_ms, "value": value}).encode())
        for channel, at_ms, value in rows_of(count)
    ]


def packed_messages(count: int) -> list[tuple[str, bytes]]:
    """Return our own gzip batches as messages: what MQTT alone would save."""
    import gzip

    lines = [record_line(raw, None, the_names(count)) for raw in records(count, 10)]
    batches = [lines[at : at + MOST_ROWS] for at in range(0, len(lines), MOST_ROWS)]
    return [("dam-1/raw", gzip.compress("\n".join(batch).encode(), 6)) for batch in batches]


async def measure(folder: Path, broker: int) -> dict[str, list[tuple[int, int]]]:
    """Return (bytes up, bytes down) by way and size."""
    server = await asyncio.start_server(sink, "127.0.0.1", 0, limit=2**24)
    port = server.sockets[0].getsockname()[1]
    async with faulty_line(port) as http, faulty_line(broker) as mqtt_line:
        ways: dict[str, Callable[[int], Awaitable[tuple[int, int]]]] = {
            "seepline uplink": lambda n: ours(http, folder, n),
            "influxdb-client, Points (its default)": lambda n: influx_points(http, n, gzip=False),
            "the same with enable_gzip": lambda n: influx_points(http, n, gzip=True),
            "MQTT 5 QoS 1, JSON per reading": lambda n: mqtt5(mqtt_line, json_messages(n)),
            "MQTT 5 QoS 1, our batches": lambda n: mqtt5(mqtt_line, packed_messages(n)),
        }
        found = {name: [await way(size) for size in SIZES] for name, way in ways.items()}
    server.close()
    await server.wait_closed()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, packages, port = Path(name), fetched("mosquitto"), free_port()
        (folder / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
        command = [program(packages, "mosquitto"), "-c", str(folder / "mosquitto.conf")]
        with running(command, folder, packages, lambda: listens(port)):
            found = asyncio.run(measure(folder, port))
    first = next(iter(found.values()))
    print("| way | " + " | ".join(f"n = {size}" for size in SIZES) + " |")
    print("|---|" + "---|" * len(SIZES))
    for way, sizes in found.items():
        cells = [
            f"{(up + down) / size:.1f} ({up}/{down}, x{(up + down) / sum(base):.2f})"
            for size, (up, down), base in zip(SIZES, sizes, first, strict=True)
        ]
        print(f"| {way} | " + " | ".join(cells) + " |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
