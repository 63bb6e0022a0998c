"""Wishes of people and of the alarm engine: a measurement repeated at once, or fast scans for some minutes.

A wish is granted once, at the next free moment, and never twice for one id: the id is on disk before the request
is on the line, and that request is not repeated. Whether it was done is an event. No key is needed: the logger
itself limits both to an hour a day.
"""

import json
import logging
import os
import struct
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from gateway.bus.exchange import Request
from gateway.bus.master import BusError, Master
from gateway.clock import Clock
from gateway.loggers import window
from gateway.loggers.watch import Watch
from gateway.outbox.intake import Outbox
from seepline.wire import registers, rtu
from seepline.wish import FAST, REPEAT, Wish, WishRefused, wish_of

log = logging.getLogger(__name__)

_REGISTERS = {REPEAT: registers.REPEAT_REGISTER, FAST: registers.FAST_SCAN_REGISTER}
_ANSWER_BYTES = 8
_MOST_OPEN = 100


class Wishes:
    """The open wishes of one gateway. `path` holds the ids that were taken up, until they have expired anyway.

    `loggers` are those that the gateway serves; wishes for others are refused.
    """

    def __init__(self, path: Path | None = None, loggers: Collection[str] = ()) -> None:
        self._path = path
        self.loggers = frozenset(loggers)
        self._open: dict[str, Wish] = {}
        self._taken: dict[str, int] = _read(path)
        self.heard: Callable[[], None] = _nothing

    def accept(self, wish: Wish, now_ms: int) -> bool:
        """Take a wish; False when this id is known already.

        Raises
        ------
        WishRefused
            When it has expired, is of another gateway's logger, or too many are open.
        """
        if wish.id in self._open or wish.id in self._taken:
            return False
        if wish.logger not in self.loggers:
            raise WishRefused(
                f"this gateway has no logger {wish.logger}, expected {', '.join(sorted(self.loggers))}"
            )
        if wish.expires_at_ms <= now_ms:
            raise WishRefused(f"wish {wish.id} has expired")
        if len(self._open) >= _MOST_OPEN:
            raise WishRefused(f"{_MOST_OPEN} wishes are open already: try again later")
        self._open[wish.id] = wish
        self.heard()
        return True

    async def fetch(self, client: "Getter", gateway: str, now_ms: int) -> None:
        """Take the wishes that the collector holds; one that cannot be granted is logged and stops no other."""
        try:
            for wish in await fetch(client, gateway):
                self._accept_or_tell(wish, now_ms)
        except WishRefused as error:
            log.warning("%s", error)

    def _accept_or_tell(self, wish: Wish, now_ms: int) -> None:
        try:
            self.accept(wish, now_ms)
        except WishRefused as error:
            log.warning("%s", error)

    def take(self, loggers: Collection[str], now_ms: int) -> Wish | None:
        """Return the oldest wish for one of these loggers; its id is on disk then, and never taken again."""
        for name in [name for name, wish in self._open.items() if wish.expires_at_ms <= now_ms]:
            del self._open[name]
        wish = next((wish for wish in self._open.values() if wish.logger in loggers), None)
        return wish if wish is not None and self._keep(wish, now_ms) else None

    def _keep(self, wish: Wish, now_ms: int) -> bool:
        """Remember that a wish was taken; False when that cannot be put on disk: then it is not done at all."""
        del self._open[wish.id]
        kept = {name: until_ms for name, until_ms in self._taken.items() if until_ms > now_ms}
        self._taken = {**kept, wish.id: wish.expires_at_ms}
        try:
            _write(self._path, self._taken)
        except OSError as error:
            log.warning("%s is not done, for it could not be remembered: %s", _words(wish), error)
            return False
        return True


class Granter:
    """Grants the wishes that concern the loggers of one bus; sleepers are woken through the late door."""

    def __init__(
        self,
        wishes: Wishes,
        wake: Callable[[Watch], Awaitable[None]],
        master: Master,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._wishes = wishes
        self._wake = wake
        self._master = master
        self._outbox = outbox
        self._clock = clock

    async def grant_one(self, watches: Sequence[Watch]) -> bool:
        """Grant the oldest wish; tell whether there was one."""
        by_name = {watch.name: watch for watch in watches}
        wish = self._wishes.take(by_name, self._clock.now_ms())
        if wish is None:
            return False
        watch = by_name[wish.logger]
        try:
            await self._wake(watch)
            await self._master.transact(watch.client.logger.address, request_for(wish), retries=0)
        except BusError as error:
            text = f"{_words(wish)} may not have been done, and is not asked again: {error}"
        else:
            text = f"{_words(wish)} was asked of it"
            _expect(watch, wish, self._clock)
        self._outbox.note("wish", wish.logger, text, self._clock.now_ms())
        return True


def request_for(wish: Wish) -> Request:
    """Return the request that tells a logger a wish: function 6, echoed."""
    pdu = struct.pack(">BHH", rtu.WRITE_SINGLE, _REGISTERS[wish.kind], wish.amount)
    return Request(pdu, pdu, _ANSWER_BYTES)


def _expect(watch: Watch, wish: Wish, clock: Clock) -> None:
    """Poll the logger when it has measured, and as often as it scans."""
    now_ms, wires = clock.now_ms(), watch.identity.wires if watch.identity else 0
    if wish.kind == FAST:
        watch.fast_until_ms = now_ms + 60_000 * wish.amount
    watch.expect_ms = now_ms + (window.OPENS_AFTER_MS + window.WIRE_MS * wires) * _scans(wish)


def _scans(wish: Wish) -> int:
    return wish.amount if wish.kind == REPEAT else 1


def _words(wish: Wish) -> str:
    asked = f"{wish.amount} scans at once" if wish.kind == REPEAT else f"fast scans for {wish.amount} minutes"
    return f"wish {wish.id}: {asked} of {wish.logger}"


class Answer(Protocol):
    """What an HTTP client gives."""

    @property
    def status_code(self) -> int:
        """The status."""

    def json(self) -> Any:
        """Return the body."""


class Getter(Protocol):
    """An HTTP client with the collector's address and this gateway's token."""

    async def get(self, url: str) -> Answer:
        """Return the answer."""


async def fetch(client: Getter, gateway: str) -> list[Wish]:
    """Return the wishes that the collector holds for a gateway; none from a collector that knows no wishes.

    Raises
    ------
    WishRefused
        When the answer is none of ours. Errors of the link are the client's.
    """
    answer = await client.get(f"/api/v1/gateways/{gateway}/wishes")
    if answer.status_code == 404:
        return []
    if answer.status_code != 200:
        raise WishRefused(f"the collector answers {answer.status_code} when asked for wishes")
    try:
        said = answer.json()["wishes"]
        return [wish_of(one) for one in said]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WishRefused(f"the collector's wishes cannot be read ({error!r})") from error


def _read(path: Path | None) -> dict[str, int]:
    if path is None or not path.exists():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(until_ms) for name, until_ms in known.items()}
    except (ValueError, TypeError, AttributeError) as error:
        aside = path.with_suffix(".damaged")
        path.rename(aside)
        log.warning("%s is damaged (%s): kept as %s; an open wish may be granted again", path, error, aside.name)
        return {}


def _write(path: Path | None, taken: Mapping[str, int]) -> None:
    if path is None:
        return
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(taken, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _nothing() -> None:
    """Nobody listens for wishes."""
