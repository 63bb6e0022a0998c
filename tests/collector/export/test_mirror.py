"""Keeping the copy: cursors move after success only, and a running collector copies every newest version."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from collector.export.client import ExportError, Refusal
from collector.export.lanes import Lane, Parcel
from collector.export.mirror import Ledger, Mirror

T0_MS = 1_451_635_200_000


class Book:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = {}
        self.refused: list[Refusal] = []
        self.told: list[str] = []

    async def mark(self, lane: str) -> int:
        return self.marks.get(lane, 0)

    async def sent(self, lane: str, number: int, refused: list[Refusal]) -> None:
        self.marks[lane] = number
        self.refused += refused

    async def held(self, reason: str) -> None:
        self.told.append(reason)


def seven(number: int, limit: int) -> Parcel | None:
    """Lines 1 to 7, three in a parcel."""
    new = list(range(number + 1, 8))[:3]
    return Parcel(new[-1], [b"m v=%d %d" % (n, n) for n in new]) if new else None


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def mirror(writer, book) -> Mirror:
    return Mirror(writer.write, Ledger(book.mark, book.sent, book.held))


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - another thread counts
        await asyncio.sleep(0.01)


async def test_the_cursor_moves_only_after_success(recorder, mirror, book):
    recorder.status = 503
    with pytest.raises(ExportError):
        await mirror.send(Lane("readings", seven))
    assert book.marks == {}
    running = asyncio.create_task(mirror.run((Lane("readings", seven),)))
    await until(lambda: len(recorder.requests) >= 3)
    recorder.status = 204
    await until(lambda: book.marks.get("readings") == 7)
    running.cancel()
    assert sorted(fields["v"] for fields in recorder.lines.values()) == [1, 2, 3, 4, 5, 6, 7]
    assert book.told == []


async def test_a_person_is_told_once_that_one_is_needed_and_once_that_none_is(recorder, mirror, book):
    recorder.status = 403
    running = asyncio.create_task(mirror.run((Lane("readings", seven),)))
    await until(lambda: len(recorder.requests) >= 3)
    assert book.told == ["InfluxDB answers 403 what is wrong"]
    recorder.status = 503
    await until(lambda: len(recorder.requests) >= 5)
    recorder.status = 204
    await until(lambda: len(book.told) == 2)
    running.cancel()
    assert book.told[1] == ""


async def test_a_person_is_told_when_the_database_is_away_for_long(recorder, mirror, book):
    recorder.status = 503
    running = asyncio.create_task(replace(mirror, long_away_s=0.0).run((Lane("readings", seven),)))
    await until(lambda: len(recorder.requests) >= 3)
    recorder.status = 204
    await until(lambda: book.marks.get("readings") == 7 and len(book.told) == 2)
    running.cancel()
    assert book.told == ["InfluxDB answers 503 what is wrong, for 0 h now", ""]


def full_disk() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (full_disk(), []),
        (ValueError("a mistake"), ["The copy for InfluxDB cannot be made (ValueError: a mistake)", ""]),
    ],
)
async def test_the_copy_goes_on_after_a_full_disk_of_the_collector_or_a_mistake(
    recorder, book, writer, error, told
):
    """Else the whole collector would end: it runs the copy beside the judgement."""
    wrong = [error, error, error]

    async def sent(*about) -> None:
        if wrong:
            raise wrong.pop()
        await book.sent(*about)

    async def held(reason: str) -> None:
        if len(wrong) == 2:  # the first time the disk does not take that either
            raise full_disk()
        await book.held(reason)

    mirror = Mirror(writer.write, Ledger(book.mark, sent, held))
    running = asyncio.create_task(mirror.run((Lane("readings", seven),)))
    await until(lambda: book.marks.get("readings") == 7 and book.told == told)
    running.cancel()
    assert sorted(fields["v"] for fields in recorder.lines.values()) == [1, 2, 3, 4, 5, 6, 7]


async def test_a_refused_line_is_kept_and_the_cursor_passes_it(recorder, mirror, book):
    recorder.refuses = b"v=2"
    assert await mirror.send(Lane("readings", seven))
    assert (book.marks, [one.line for one in book.refused]) == ({"readings": 3}, [b"m v=2 2"])


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
        before, deadline_s = len(recorder.lines), time.monotonic() + 120
        assert (
            httpx.post(url, content="\n".join(batch), headers=headers, trust_env=False, timeout=60).status_code
            == 204
        )
        while len(recorder.lines) == before or not _pressure(recorder):
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        values.append(_pressure(recorder)["value"])
    series = f"{collector_process.url}/api/v1/points/P1/series?quantity=pore_pressure"
    (shown,) = httpx.get(series, trust_env=False, timeout=60).json()
    while _pressure(recorder)["value"] != shown["value"]:
        time.sleep(0.02)
    assert values[0] != shown["value"]
    assert any(key[0] == "event" for key in recorder.lines)
    assert collector_process.stop() == 0


def _pressure(recorder):
    found = [fields for key, fields in recorder.lines.items() if key[0] == "reading" and ("point", "P1") in key]
    return next((fields for fields in found if "limit_red" in fields), None)
