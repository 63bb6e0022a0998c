"""How busy a bus is: the plan of a site's polls in seconds of wire time, before anything is mounted. Pure.

A request costs its bytes and those of its answer, a silence t3.5 before each, and the device's turn-round; a radio
segment adds its own. A plan above 100 % cannot be kept; above 60 % a few repeats or a dead logger push back-fill
out of the scan. Loggers that sleep must also be served within their window, all of one scan interval together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.bus.exchange import Pace, Request, pace_of, read_history, read_registers
from gateway.loggers import window
from gateway.loggers.client import IDENTIFICATION
from gateway.loggers.plan import DEAD_SHARE, identity_lasts_s, settle_s
from seepline.site import Site
from seepline.site_wiring import Bus, Logger
from seepline.wire import registers, rtu

TURN_ROUND_S = 0.1
WARN_ABOVE = 0.6
_RECORDS_PER_REQUEST = registers.MAX_RECORDS_PER_ANSWER
_WIRE = "vw_frequency"


class Demand(NamedTuple):
    """What a third-party instrument wants of a bus: these requests every so often, with a pause in all of them."""

    name: str
    requests: Sequence[Request]
    every_s: float
    pause_s: float = 0.0


Demands = Callable[[Site, Bus], Sequence[Demand]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusLoad:
    """What the polls of one bus need.

    `busy_s` is the time of one round of all polls; `utilisation` the share of the time that live polls take
    (0 to 1 and beyond), dead loggers' share included; `worst_latency_s` the longest time from a scan to its record
    on the gateway with one repeat; `back_fill_per_s` how many stored records the rest of the time can fetch;
    `window_use` the share of their window that all sleeping loggers need for their newest blocks.
    """

    bus: str
    baud: int
    loggers: int
    sleepers: int
    instruments: int
    requests: int
    scan_s: float
    busy_s: float
    utilisation: float
    worst_latency_s: float
    back_fill_per_s: float
    window_use: float


def exchange_s(pace: Pace, request: Request) -> float:
    """Return how long one request and its answer keep the line: the way of both, two silences, turn-round."""
    return pace.shortest_s(request) + 2 * pace.silence_s + pace.turn_round_s


def live_requests(site: Site, logger: Logger) -> list[Request]:
    """Return the requests of one live poll of one of our loggers: each block; who sleeps is identified too."""
    blocks = sorted({channel.block for channel in site.channels if channel.logger == logger.id})
    spans = [(rtu.READ_INPUT, registers.live_address(block), registers.LIVE_REGISTERS) for block in blocks]
    return [IDENTIFICATION] * (logger.mode == "window") + [read_registers(*span) for span in spans]


def no_demands(site: Site, bus: Bus) -> Sequence[Demand]:
    """Nothing else is on the bus."""
    return ()


def load_of(site: Site, bus: Bus, turn_round_s: float = TURN_ROUND_S, demands: Demands = no_demands) -> BusLoad:
    """Return the load of one bus with devices that answer within `turn_round_s`."""
    pace = pace_of(bus, turn_round_s)
    loggers = [logger for logger in site.loggers if logger.bus == bus.id]
    polls = [Demand(logger.id, live_requests(site, logger), logger.scan_s) for logger in loggers]
    others = demands(site, bus)
    every = [*polls, *others]
    busy_s = sum(_cost_s(pace, one) for one in every)
    awake = [logger for logger in loggers if logger.mode != "window"]
    now_and_then = len(awake) * exchange_s(pace, IDENTIFICATION) / identity_lasts_s(1.0)
    utilisation = sum(_cost_s(pace, one) / one.every_s for one in every) + now_and_then + DEAD_SHARE * bool(every)
    history_s = exchange_s(pace, read_history([1, 2])) / _RECORDS_PER_REQUEST
    return BusLoad(
        bus=bus.id,
        baud=bus.baud,
        loggers=len(loggers),
        sleepers=len(loggers) - len(awake),
        instruments=len(others),
        requests=sum(len(one.requests) for one in every),
        scan_s=min((one.every_s for one in every), default=0),
        busy_s=busy_s,
        utilisation=utilisation,
        worst_latency_s=_worst_latency_s(pace, site, loggers, busy_s),
        back_fill_per_s=max(0.0, 1 - utilisation) / history_s,
        window_use=_window_use(pace, site, loggers),
    )


def _cost_s(pace: Pace, demand: Demand) -> float:
    return sum(exchange_s(pace, request) for request in demand.requests) + demand.pause_s


def _worst_latency_s(pace: Pace, site: Site, loggers: Sequence[Logger], busy_s: float) -> float:
    """Return settling, a slice of back-fill in progress, the whole round, and one request that is repeated."""
    if not loggers:
        return 0.0
    repeat_s = pace.timeout_s(read_registers(rtu.READ_INPUT, 0, registers.LIVE_REGISTERS)) + pace.late_s
    return (
        max(_settling_s(site, one) for one in loggers) + exchange_s(pace, read_history([1, 2])) + busy_s + repeat_s
    )


def _settling_s(site: Site, logger: Logger) -> float:
    """Return how long after a scan's time its records are asked for: who sleeps, when its window opens."""
    if logger.mode != "window":
        return settle_s(logger.scan_s)
    wires = sum(one.logger == logger.id and one.kind == _WIRE for one in site.channels)
    return (window.OPENS_AFTER_MS + window.WIRE_MS * wires) / 1000


def _window_use(pace: Pace, site: Site, loggers: Sequence[Logger]) -> float:
    """Return the largest share of a window that the sleepers of one scan interval need together."""
    sleepers = [logger for logger in loggers if logger.mode == "window"]
    together = [[one for one in sleepers if one.scan_s == scan_s] for scan_s in {one.scan_s for one in sleepers}]
    needs_s = [
        (sum(_cost_s(pace, Demand(one.id, live_requests(site, one), 1)) for one in group), group)
        for group in together
    ]
    return max((cost_s / min(one.window_s for one in group) for cost_s, group in needs_s), default=0.0)


def loads(
    site: Site, gateway: str | None = None, turn_round_s: float = TURN_ROUND_S, demands: Demands = no_demands
) -> list[BusLoad]:
    """Return the load of every bus of a gateway, or of all."""
    return [load_of(site, bus, turn_round_s, demands) for bus in site.buses if gateway in (None, bus.gateway)]
