"""What happens to a dam in a time: faults come and go, each drawn from the seed."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from tests.simulation.world import DAY_S, HOUR_S, World

_STEP_S = 900.0
_LAST_WORDS_S = 60 * DAY_S  # after the faults everything must have come long before


class Fault(NamedTuple):
    """One kind of fault: how often it begins (per day), how long it lasts at most, and what begins and ends it."""

    per_day: float
    longest_s: float
    begin: Callable[[World], None]
    end: Callable[[World], None]


def _set(name: str, what: str, value: object) -> Callable[[World], None]:
    return lambda world: setattr(getattr(world, name), what, value)


def _power(world: World, on: bool) -> None:
    now_s = asyncio.get_running_loop().time()
    for logger in world.loggers if on else [world.dice.choice(world.loggers)]:
        logger.live_to(now_s)
        if on and not logger.powered:
            logger.restart(now_s, clock_lost=world.dice.random() < 0.5)
        logger.powered = on


def _restart_one(world: World) -> None:
    clock_lost = world.dice.random() < 0.3
    world.dice.choice(world.loggers).restart(asyncio.get_running_loop().time(), clock_lost=clock_lost)


def _format_one(world: World) -> None:
    """Take a logger that has told everything, and give it an empty memory."""
    now_s = asyncio.get_running_loop().time()
    told = [logger for logger in world.loggers if world.has_told(logger, now_s)]
    if told:
        world.dice.choice(told).restart(now_s, formatted=True)


FAULTS = {
    "noise": Fault(2.0, 6 * HOUR_S, lambda w: _noise(w), _set("line", "trouble", 0.002)),
    "unplugged": Fault(0.3, 3 * HOUR_S, _set("line", "plugged", False), _set("line", "plugged", True)),
    "link down": Fault(0.5, 2 * DAY_S, _set("link", "up", False), _set("link", "up", True)),
    "bad link": Fault(1.0, 8 * HOUR_S, _set("link", "trouble", 0.3), _set("link", "trouble", 0.01)),
    "logger without power": Fault(0.4, DAY_S, lambda w: _power(w, False), lambda w: _power(w, True)),
    "memory formatted": Fault(0.2, 0.0, _format_one, lambda w: None),
    "logger restarts": Fault(2.0, 0.0, _restart_one, lambda w: None),
}
KILLS_PER_DAY = 1.0


def _noise(world: World) -> None:
    world.line.trouble = world.dice.uniform(0.02, 0.5)


async def live_through(world: World, days: float) -> None:
    """Let a time pass with faults; then none, until everything has come."""
    world.start_gateway()
    running: dict[str, float] = {}
    while (now_s := asyncio.get_running_loop().time()) < days * DAY_S:
        _faults(world, running, now_s)
        if world.dice.random() < KILLS_PER_DAY * _STEP_S / DAY_S:
            await world.kill_gateway()
            await asyncio.sleep(world.dice.uniform(1.0, HOUR_S))
            world.start_gateway()
        await asyncio.sleep(world.dice.uniform(0.5, 1.5) * _STEP_S)
    await _calm(world)


def _faults(world: World, running: dict[str, float], now_s: float) -> None:
    for name, fault in FAULTS.items():
        if name in running and running[name] <= now_s:
            fault.end(world)
            del running[name]
        elif name not in running and world.dice.random() < fault.per_day * _STEP_S / DAY_S:
            fault.begin(world)
            running[name] = now_s + world.dice.uniform(0.0, fault.longest_s)


async def _calm(world: World) -> None:
    for fault in FAULTS.values():
        fault.end(world)
    world.line.trouble = world.link.trouble = 0.0
    until_s = asyncio.get_running_loop().time() + _LAST_WORDS_S
    while not world.all_is_there() and asyncio.get_running_loop().time() < until_s:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(HOUR_S)
    await world.kill_gateway()
    world.link.journal.close()
