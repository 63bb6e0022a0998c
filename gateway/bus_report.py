"""Tells the collector how the devices on the buses answer: after a contact, at most every ten minutes.

A report that does not arrive is no loss: counts only grow, and the next one says it.
"""

import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from gateway.bus_task import BusTask
from gateway.clock import Clock, now_s
from seepline.bus_report import BusReport, DeviceCounts, report_json

EVERY_S = 600.0
log = logging.getLogger(__name__)


class Answer(Protocol):
    """Of an HTTP answer, its status."""

    @property
    def status_code(self) -> int:
        """The status."""


class Poster(Protocol):
    """Posts to the collector."""

    async def post(self, path: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer."""


class BusReporter:
    """Reports of one run of the program."""

    def __init__(self, gateway: str, clock: Clock) -> None:
        self._gateway, self._clock = gateway, clock
        self._run = secrets.token_hex(8)
        self._sent_s = -EVERY_S

    async def post(self, client: Any, buses: Mapping[str, BusTask]) -> None:
        """Post what the buses counted when it is time; errors of the link are the client's."""
        if not self._clock.known or now_s() < self._sent_s + EVERY_S:
            return
        self._sent_s = now_s()
        report = BusReport(self._run, self._clock.now_ms(), tuple(_devices(buses)))
        poster: Poster = client
        body = json.dumps(report_json(report)).encode()
        path, kind = f"/api/v1/gateways/{self._gateway}/bus", {"Content-Type": "application/json"}
        answer = await poster.post(path, content=body, headers=kind)
        if answer.status_code not in (204, 404):  # an older collector knows no reports
            log.warning("the collector answers %d to a report of the buses", answer.status_code)


def _devices(buses: Mapping[str, BusTask]) -> Iterator[DeviceCounts]:
    for name, bus in buses.items():
        for device, address in bus.devices():
            tally = bus.master.devices.get(address)
            if tally is not None:
                counts = {key: count for key, count in tally.counters.items() if key != "ok"}
                yield DeviceCounts(device, name, tally.counters["ok"], counts)
