"""The way out: stored records as line protocol over HTTP, until the collector says that they are on its disk.

The only module that knows httpx. Two lanes: rows that just came from live blocks go first, then the backlog in
order. A row is sent when the batch that held it got its 204; it goes again when the collector's watermark moved
back.
"""

import asyncio
import gzip
import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog, DeadLetter, Row
from gateway.outbox.file import OutboxError
from gateway.uplink.answers import (
    HOLD_S,
    Action,
    Refusal,
    action_for,
    resume_point,
    retry_s,
    row_ranges,
    watermark_of,
)
from gateway.uplink.lines import SiteNames, UnknownLogger, record_line

log = logging.getLogger(__name__)

LIVE_ROWS = 200
BACKLOG_ROWS = 1000
_DEAD_ROWS = 100
_TIMEOUT_S = 30.0
_LOOK_AGAIN_S = 5.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Unsent(Exception):  # noqa: N818 - says what it is
    """A batch did not arrive: why, and how long to wait before the next try."""

    def __init__(self, reason: str, pause_s: float) -> None:
        super().__init__(reason)
        self.pause_s = pause_s


@dataclass(slots=True)
class Link:
    """How the uplink fares, for the status page. `last_error` is '' while all is well.

    `refused` counts dead letters, `rtt_s` is how long the last answer took, `offline_s` the time without success;
    `rounds` grows while the uplink moves, and by its own word it is quiet until `quiet_until_s`.
    """

    batches: int = 0
    rows: int = 0
    refused: int = 0
    failures: int = 0
    last_error: str = ""
    rtt_s: float | None = None
    offline_s: float = 0.0
    rounds: int = 0
    quiet_until_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows and their lines, line n belonging to row n."""

    rows: tuple[int, ...]
    lines: tuple[str, ...]

    def half(self, part: int) -> "Batch":
        """Return the first (0) or second (1) half."""
        middle = len(self.rows) // 2
        cut = slice(0, middle) if part == 0 else slice(middle, None)
        return Batch(self.rows[cut], self.lines[cut])


def open_client(url: str, token: str) -> httpx.AsyncClient:
    """Return a client that keeps its connection and its secret; a proxy is not asked for this very machine."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Token {token}", "User-Agent": "seepline-gateway"},
        timeout=_TIMEOUT_S,
        trust_env=urlsplit(url).hostname not in _LOOPBACK,
    )


def compose(rows: Sequence[Row], names: SiteNames) -> tuple[Batch, list[DeadLetter]]:
    """Return (batch, dead letters): rows of a logger that the site does not name cannot be written as a line."""
    numbers, lines, dead = [], [], []
    for row in rows:
        try:
            lines.append(row.line or record_line(row.raw, row.estimated_ms, names))
            numbers.append(row.outbox_sequence)
        except UnknownLogger as error:
            dead.append(DeadLetter(row.outbox_sequence, "", str(error)))
    return Batch(tuple(numbers), tuple(lines)), dead


class Uplink:
    """Sends one backlog to one collector. `wake` is called when something new was stored."""

    def __init__(
        self, client: httpx.AsyncClient, gateway: str, backlog: Backlog, names: SiteNames, clock: Clock
    ) -> None:
        self._client = client
        self._gateway = gateway
        self._backlog = backlog
        self._names = names
        self._clock = clock
        self._news = asyncio.Event()
        self._live_done = 0  # rows up to here have had their turn in the live lane
        self._resume = True
        self.link = Link()

    def wake(self) -> None:
        """Say that something new is stored."""
        self._news.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._news.clear()
            self.link.rounds += 1
            begun_s = asyncio.get_running_loop().time()
            try:
                busy = await self.step()
                self.link.failures, self.link.last_error = 0, ""
            except Unsent as error:
                await self._pause(str(error), error.pause_s)
                self.link.offline_s += asyncio.get_running_loop().time() - begun_s
            except OutboxError as error:
                await self._pause(str(error), _LOOK_AGAIN_S)
            else:
                if not busy:
                    await self._wait_for_news()

    async def _wait_for_news(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN_S):
                await self._news.wait()

    async def step(self) -> bool:
        """Send one batch of each lane; tell whether there was any."""
        if self._resume:
            await self._ask_watermark()
        live = self._backlog.pending_live(self._live_done, LIVE_ROWS)
        if live:
            await self._send_rows(live)
            self._live_done = live[-1].outbox_sequence
        waiting = self._backlog.pending(BACKLOG_ROWS)
        if waiting:
            await self._send_rows(waiting)
        return bool(live or waiting) or self._backlog.send_missing_again(self._clock.now_ms())

    async def _send_rows(self, rows: Sequence[Row]) -> None:
        batch, dead = await asyncio.to_thread(compose, rows, self._names)
        if dead:
            self._backlog.settle((), dead, self._clock.now_ms())
        if batch.rows:
            await self._send(batch)

    async def _send(self, batch: Batch) -> None:
        response = await self._post(batch)
        action, refusal = action_for(response.status_code, response.content, len(batch.lines))
        if action is Action.HALVE and len(batch.rows) > 1:
            await self._send(batch.half(0))
            await self._send(batch.half(1))
        elif action in (Action.SENT, Action.REJECTED, Action.HALVE):
            self._settle(batch, action, refusal, response.headers.get("Seepline-Committed"))
        else:
            raise self._unsent(action, response, refusal)

    def _settle(self, batch: Batch, action: Action, refusal: Refusal, watermark: str | None) -> None:
        reasons = {1: refusal.message} if action is Action.HALVE else refusal.reasons
        dead = [
            DeadLetter(batch.rows[line - 1], batch.lines[line - 1], reason) for line, reason in reasons.items()
        ]
        lost = {letter.outbox_sequence for letter in dead}
        self._backlog.settle([row for row in batch.rows if row not in lost], dead, self._clock.now_ms())
        self.link.batches += 1
        self.link.rows += len(batch.rows) - len(dead)
        self.link.refused += len(dead)
        self._backlog.heard(watermark_of(watermark, self._backlog.id), self._clock.now_ms())

    def _unsent(self, action: Action, response: httpx.Response, refusal: Refusal) -> Unsent:
        status = response.status_code
        if action is Action.HOLD:
            return Unsent(
                f"the collector answers {status}: check token, address and site file of the collector", HOLD_S
            )
        after = response.headers.get("Retry-After")
        return Unsent(f"the collector cannot store ({refusal.message})", self._retry_s(after))

    def _retry_s(self, retry_after: str | None = None) -> float:
        return retry_s(self.link.failures + 1, retry_after, random.random())  # noqa: S311 - spreads, hides nothing

    async def _post(self, batch: Batch) -> httpx.Response:
        body = await asyncio.to_thread(gzip.compress, "\n".join(batch.lines).encode(), 6)
        rows = sorted({*batch.rows, *self._backlog.dead_rows(_DEAD_ROWS)})
        headers = {
            "Content-Encoding": "gzip",
            "Content-Type": "text/plain; charset=utf-8",
            "Seepline-Outbox": f"{self._backlog.id}:{row_ranges(rows)}",
        }
        parameters = {"bucket": "raw", "precision": "ms"}
        return await self._request(
            self._client.build_request("POST", "/api/v2/write", params=parameters, content=body, headers=headers)
        )

    async def _request(self, request: httpx.Request) -> httpx.Response:
        begun_s = asyncio.get_running_loop().time()
        try:
            response = await self._client.send(request)
        except httpx.HTTPError as error:
            self._resume = True
            reason = str(error) or type(error).__name__
            raise Unsent(f"the collector cannot be reached ({reason})", self._retry_s()) from error
        self.link.rtt_s = asyncio.get_running_loop().time() - begun_s
        return response

    async def _ask_watermark(self) -> None:
        """Ask where to resume; a server that knows no watermark is no Seepline collector, and that is fine."""
        question = self._client.build_request("GET", f"/api/v1/gateways/{self._gateway}/watermark")
        response = await self._request(question)
        if response.status_code >= 500:
            raise self._unsent(Action.RETRY, response, Refusal({}, f"status {response.status_code}"))
        self._resume = False
        if response.status_code == 200:
            self._backlog.heard(resume_point(response.content, self._backlog.id), self._clock.now_ms())

    async def _pause(self, reason: str, pause_s: float) -> None:
        self.link.failures += 1
        if reason != self.link.last_error:
            log.warning("%s", reason)
            self.link.last_error = reason
        self.link.quiet_until_s = asyncio.get_running_loop().time() + pause_s
        await asyncio.sleep(pause_s)
