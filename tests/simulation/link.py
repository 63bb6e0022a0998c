"""The way from gateway to collector in one process: httpx on one side, the collector's ingest on the other.

It loses requests, loses answers after the commit, refuses, is slow, or is down; the journal behind it is real.
"""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import httpx
from starlette.applications import Starlette

from collector import ingest
from collector.journal import Batch, Journal
from seepline.site import Site


def collector_app(site: Site, journal: Journal, gateway: str, now_ms: Callable[[], int]) -> Starlette:
    """Return the collector's door for gateways over a journal; every token is that of `gateway`."""

    async def append(batch: Batch) -> int:
        return journal.append(batch)

    async def watermark(name: str) -> tuple[str, int] | None:
        return journal.watermark(name)

    door = ingest.Door(
        site=site.info.id,
        loggers_of=ingest.loggers_by_gateway(site),
        gateway_of=lambda _: gateway,
        append=append,
        watermark=watermark,
        now_ms=now_ms,
    )
    return Starlette(routes=ingest.routes(door))


class VirtualLink(httpx.AsyncBaseTransport):
    """A transport with faults. `trouble` is the share of requests that meet with one; down, nothing passes."""

    def __init__(
        self, site: Site, gateway: str, path: Path, now_ms: Callable[[], int], dice: random.Random
    ) -> None:
        self.trouble = 0.0
        self.up = True
        self._dice = dice
        self.journal = Journal(path)
        self._inner = httpx.ASGITransport(collector_app(site, self.journal, gateway, now_ms))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self._dice.uniform(0.01, 0.7))
        if not self.up:
            raise httpx.ConnectError("no route", request=request)
        trouble = self._dice.choice(_TROUBLES) if self._dice.random() < self.trouble else ""
        if trouble == "lost before":
            raise httpx.ConnectError("reset", request=request)
        if trouble in _REFUSALS:
            return httpx.Response(_REFUSALS[trouble], headers={"Retry-After": "20"}, request=request)
        response = await self._inner.handle_async_request(request)
        if trouble == "lost after":
            raise httpx.ReadError("the answer was lost", request=request)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


_REFUSALS = {"busy": 429, "down": 503}
_TROUBLES = ("lost before", "lost after", *_REFUSALS)
