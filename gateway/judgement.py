"""The gateway's own judgement: which limits are in force here, what the plant reads of it, and the alarm on site.

SITE.toml, else the newest good bundle -> Following -> Scada -> registers
                                                    -> LocalAlarm -> contact, coil, text messages
after a contact with the collector -> Fetcher -> Cache -> Following.use()
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.bundle.cache import Cache
from gateway.bundle.fetch import Client, Fetcher, Note
from gateway.clock import Clock, now_s
from gateway.local_alarm import plan as local_alarm
from gateway.local_alarm.person import Person
from gateway.local_alarm.service import LocalAlarm, Refused
from gateway.modbus_tcp.server import Door
from gateway.scada.evaluate import nobody
from gateway.scada.follow import Following, Stand, StoredAfter
from gateway.scada.register_map import site_of
from gateway.scada.service import Scada
from seepline.alarm import Event
from seepline.bundle.policy import Policy
from seepline.bundle.verification import Verified
from seepline.site import Site

_EVERY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is judged and shown.

    Without a `door` the plant reads nothing, without a `policy` no bundle comes, without `alarm` nothing sounds.
    """

    site: Site
    gateway: str
    door: Door | None = None
    policy: Policy | None = None
    alarm: local_alarm.Plan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What of the running gateway is asked and told.

    `is_polling` tells whether every bus moves, `committed` which row of the outbox a collector has on disk.
    """

    data: Path
    clock: Clock
    note: Note
    stored_after: StoredAfter
    newest_row: Callable[[], int]
    is_polling: Callable[[], bool]
    committed: Callable[[], int] = lambda: 0


class Judgement:
    """Runs until cancelled, and is begun anew when its plan is another one: the bundle is on the disk."""

    def __init__(self, plan: Plan, around: Surroundings) -> None:
        self._plan = plan
        self._around = around
        self._alarm = LocalAlarm(plan.alarm, _around_alarm(around)) if plan.alarm else None
        self._following = self._begin_following()
        self._scada = _scada(plan, plan.door, around, self._following) if plan.door else None
        self._fetcher = self._fetching(plan, plan.policy, around) if plan.policy else None
        self._person = Person(plan.policy, plan.gateway, around.clock) if plan.policy else None

    def _begin_following(self) -> Following:
        alarm, around = self._alarm, self._around
        return Following(
            site_of(self._plan.site, self._plan.gateway),
            around.clock,
            stored_after=around.stored_after,
            newest_row=around.newest_row(),
            stand=Stand(alarm.begun.row, alarm.begun.states) if alarm and alarm.begun else None,
            happened=self._heard if alarm else nobody,
        )

    def _heard(self, events: tuple[Event, ...]) -> None:
        if self._alarm is not None:
            self._alarm.heard(events, self._following.row)

    def _fetching(self, plan: Plan, policy: Policy, around: Surroundings) -> Fetcher:
        cache = Cache(around.data, policy)
        fetcher = Fetcher(plan.gateway, cache, around.clock, around.note, self._accepted, self._refused)
        fetcher.begin()
        return fetcher

    def _accepted(self, found: Verified) -> None:
        self._following.use(found.site, site_of(found.site, self._plan.gateway))
        if self._alarm is not None:
            if not self._alarm.is_armed and self._alarm.begun is None:
                self._following.evaluator.forget_levels()  # what unsigned limits said is no alarm's past
            made = frozenset((one.point, one.quantity) for one in self._following.evaluator.site.derived)
            self._alarm.arm(found.site, found.bundle.number, made)
        if self._scada is not None:
            self._scada.use(found.bundle.number)

    def _refused(self) -> None:
        if self._scada is not None:
            self._scada.refused()

    async def run(self) -> None:
        """Judge, serve the plant and hold the local alarm's contact until cancelled."""
        async with asyncio.TaskGroup() as group:
            if self._scada is not None:
                group.create_task(self._scada.run())
            if self._alarm is not None:
                group.create_task(self._alarm.run())
            if self._scada is not None or self._alarm is not None:
                group.create_task(self._follow())
            await asyncio.Event().wait()

    async def _follow(self) -> None:
        while True:
            next_s = now_s() + _EVERY_S
            await self._following.catch_up(next_s)
            if self._alarm is not None:
                self._settle(self._alarm)
            await asyncio.sleep(max(0.0, next_s - now_s()))

    def _settle(self, alarm: LocalAlarm) -> None:
        if (stand := self._following.stand) is not None:
            alarm.settle(stand.row, stand.states)
            alarm.look(self._following.evaluator.latest, self._following.troubles)

    async def on_contact(self, client: Client) -> None:
        """Ask the collector for a newer bundle, once a minute at most."""
        if self._fetcher is not None:
            await self._fetcher.fetch(client)

    def act(self, text: str) -> str:
        """Do what a person signed for the local alarm; return what was done. Raises Refused."""
        if self._alarm is None or self._person is None:
            raise Refused("this gateway has no local alarm: gateway.toml has no [local_alarm]")
        return self._person.do(text, self._alarm)

    @property
    def port(self) -> int | None:
        """Where the plant reads, None where it does not."""
        return self._scada.port if self._scada else None

    def status(self) -> dict[str, object]:
        """Return this part of the status file."""
        return {
            "bundle": self._fetcher.status() if self._fetcher else None,
            "scada": self._scada.status() if self._scada else None,
            "local_alarm": self._alarm.status() if self._alarm else None,
        }


def _scada(plan: Plan, door: Door, around: Surroundings, following: Following) -> Scada:
    return Scada(plan.site, plan.gateway, door, around.clock, following=following, is_polling=around.is_polling)


def _around_alarm(around: Surroundings) -> local_alarm.Around:
    return local_alarm.Around(data=around.data, clock=around.clock, note=around.note, committed=around.committed)
