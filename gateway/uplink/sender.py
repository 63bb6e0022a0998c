"""Rows of one backlog into one server: post, read the answer, settle; a batch is as large as the line is fast.

Unsent                      a batch did not arrive: why, and how long to wait before the next try
"""

import asyncio
import gzip
import random
from collections.abc import Awaitable, Sequence

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog, Row
from gateway.outbox.ranges import Ranges
from gateway.uplink import pacing
from gateway.uplink.answers import (
    HOLD_S,
    Action,
    action_for,
    read_refusal,
    resume_point,
    retry_s,
    told_s,
    watermark_of,
)
from gateway.uplink.batch import Batch, compose, long, refused, wide
from gateway.uplink.connection import Answer, Connection, Unreachable
from gateway.uplink.lines import SiteNames
from gateway.uplink.link import Link

_UNSENDABLE_RANGES = 100  # of rows that never go: the collector's watermark may pass them


class Unsent(Exception):  # noqa: N818 - says what it is
    """A batch did not arrive: why, and how long to wait before the next try."""

    def __init__(self, reason: str, pause_s: float) -> None:
        super().__init__(reason)
        self.pause_s = pause_s


class Sender:
    """Sends rows of a backlog over one connection. `batch_rows` is how many to give it next."""

    def __init__(
        self, connection: Connection, backlog: Backlog, names: SiteNames, clock: Clock, dice: random.Random
    ) -> None:
        self._connection = connection
        self._destination = connection.destination
        self._backlog = backlog
        self._names = names
        self._clock = clock
        self._dice = dice
        self._unanswered: set[int] = set()
        self._shape = long if self._destination.kind == "influxdb" else wide
        self.batch_rows = pacing.FIRST_ROWS
        self.lost_touch = True  # nothing is known of what the server holds: ask it first
        self.link = Link()

    async def send_rows(self, rows: Sequence[Row]) -> None:
        """Return when the server has the rows, or refused some for good.

        Raises
        ------
        Unsent
            When it has not: the rest goes again later.
        """
        batch, dead = await asyncio.to_thread(compose, rows, self._names, self._shape)
        if dead or batch.empty:
            self._backlog.settle(batch.empty, dead, self._clock.now_ms())
            self.link.refused += len(dead)
        if batch.rows:
            await self._send(batch)

    async def ask_watermark(self, gateway: str) -> None:
        """Ask where to resume; a server that knows no watermark is no Seepline collector, and that is fine."""
        answer = await self._heard(self._connection.get(f"/api/v1/gateways/{gateway}/watermark"))
        if answer.status >= 500 or answer.status == 429:
            raise self._unsent(Action.RETRY, answer)
        self.lost_touch = False
        if answer.status == 200:
            self._backlog.heard(resume_point(answer.body, self._backlog.id), self._clock.now_ms())

    async def _send(self, batch: Batch) -> None:
        answer = await self._post(batch)
        action, refusal = action_for(answer.status, answer.body, len(batch.lines))
        if action is Action.SENT and self._is_a_stranger(answer):
            raise self._unsent(Action.HOLD, answer)
        if action is Action.HALVE and batch.rows[0] != batch.rows[-1]:
            await self._send(batch.half(0))
            await self._send(batch.half(1))
        elif action is Action.HALVE:
            self._settle(batch, await self._line_by_line(batch), answer)
        elif action in (Action.SENT, Action.REJECTED):
            self._settle(batch, refusal.reasons, answer)
        else:
            raise self._unsent(action, answer)

    def _is_a_stranger(self, answer: Answer) -> bool:
        """Tell whether a server that should be a collector accepts rows without saying which it holds."""
        return self._destination.kind == "seepline" and "Seepline-Committed" not in answer.headers

    async def _line_by_line(self, batch: Batch) -> dict[int, str]:
        """Return the reasons by line of one row, each line sent alone: the others are stored."""
        reasons = {}
        for number, line in enumerate(batch.lines, 1):
            answer = await self._post(Batch(batch.rows[:1], (line,)))
            action, refusal = action_for(answer.status, answer.body, 1)
            if action in (Action.HALVE, Action.REJECTED):
                reasons[number] = refusal.message
            elif action is not Action.SENT:
                raise self._unsent(action, answer)
        return reasons

    def _settle(self, batch: Batch, reasons: dict[int, str], answer: Answer) -> None:
        dead, now_ms = refused(batch, reasons), self._clock.now_ms()
        lost = {letter.outbox_sequence for letter in dead}
        sent = set(batch.rows) - lost
        self._backlog.settle(sorted(sent), dead, now_ms)
        self._unanswered -= sent | lost
        self.link.batches += 1
        self.link.rows += len(sent)
        self.link.refused += len(dead)
        self._backlog.heard(watermark_of(answer.headers.get("Seepline-Committed"), self._backlog.id), now_ms)

    def _unsent(self, action: Action, answer: Answer) -> Unsent:
        name, refusal = self._destination.name, read_refusal(answer.body, 0)
        if action is Action.HOLD:
            what = "organisation and bucket" if self._destination.kind == "influxdb" else "address and site file"
            return Unsent(f"{name} answers {answer.status}: check token, {what} there", HOLD_S)
        said = f"status {answer.status}" + (f", {refusal.message}" if refusal else "")
        asked_s = told_s(answer.headers.get("Retry-After"), answer.headers.get("Date"))
        return Unsent(f"{name} cannot store ({said})", self._retry_s(asked_s))

    def _retry_s(self, asked_s: float = 0.0) -> float:
        return retry_s(self.link.failures + 1, asked_s, self._dice.random())

    async def _post(self, batch: Batch) -> Answer:
        body = await asyncio.to_thread(gzip.compress, "\n".join(batch.lines).encode(), 6)
        headers = {"Content-Encoding": "gzip"}
        parameters = {"bucket": self._destination.bucket, "precision": "ms"}
        if self._destination.kind == "seepline":
            told = Ranges([*((row, row) for row in batch.rows), *self._backlog.unsendable(_UNSENDABLE_RANGES)])
            headers["Seepline-Outbox"] = f"{self._backlog.id}:{told}"
        else:
            parameters["org"] = self._destination.org
        self.link.duplicates += len(self._unanswered.intersection(batch.rows))
        self._unanswered.update(batch.rows)
        answer = await self._heard(self._connection.post("/api/v2/write", parameters, body, headers))
        count, took_s = len(set(batch.rows)), self.link.rtt_s or 0.0
        self.batch_rows = pacing.next_rows(self.batch_rows, count, took_s)
        return answer

    async def _heard(self, asking: Awaitable[Answer]) -> Answer:
        """Return the answer; a line that was too slow gets half as much at once."""
        begun_s = _now_s()
        self.link.rounds += 1
        try:
            answer = await asking
        except Unreachable as error:
            self.lost_touch = True
            if error.timed_out:
                self.batch_rows = max(pacing.LEAST_ROWS, self.batch_rows // 2)
            raise Unsent(str(error), self._retry_s()) from error
        self.link.rtt_s, self.link.contact_ms = _now_s() - begun_s, self._clock.now_ms()
        return answer


def _now_s() -> float:
    return asyncio.get_running_loop().time()
