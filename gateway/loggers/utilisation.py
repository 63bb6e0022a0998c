"""How busy a bus is: the plan of a site's polls in seconds of wire time, before anything is mounted. Pure.

A request costs its bytes and those of its answer, a silence t3.5 before each, and the logger's turn-round. A plan
above 100 % cannot be kept; above 60 % a few repeats or a dead logger push back-fill out of the scan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.bus.exchange import Pace, Request, pace_of, read_history, read_registers
from gateway.loggers.plan import DEAD_SHARE, settle_s
from seepline.site import Site
from seepline.site_wiring import Bus, Logger
from seepline.wire import registers, rtu

TURN_ROUND_S = 0.1
WARN_ABOVE = 0.6
_RECORDS_PER_REQUEST = registers.MAX_RECORDS_PER_ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class BusLoad:
    """What the polls of one bus need.

    `busy_s` is the time of one round of all polls; `utilisation` the share of the time that live polls take
    (0 to 1 and beyond), dead loggers' share included; `worst_latency_s` the longest time from a scan to its record
    on the gateway with one repeat; `back_fill_per_s` how many stored records the rest of the time can fetch.
    """

    bus: str
    baud: int
    loggers: int
    instruments: int
    requests: int
    scan_s: int
    busy_s: float
    utilisation: float
    worst_latency_s: float
    back_fill_per_s: float


def exchange_s(pace: Pace, request: Request) -> float:
    """Return how long one request and its answer keep the line: their way, two silences, turn-round."""
    return pace.shortest_s(request) + 2 * pace.silence_s + pace.turn_round_s


def live_requests(site: Site, logger: Logger) -> list[Request]:
    """Return the requests of one live poll of one of our loggers: its identification, then each block."""
    blocks = sorted({channel.block for channel in site.channels if channel.logger == logger.id})
    spans = [(rtu.READ_HOLDING, 0, registers.IDENTIFICATION_REGISTERS)]
    spans += [(rtu.READ_INPUT, registers.live_address(block), registers.LIVE_REGISTERS) for block in blocks]
    return [read_registers(*span) for span in spans]


Poll = tuple[int, Sequence[Request]]  # how often in seconds, and what is asked each time


def load_of(site: Site, bus: Bus, turn_round_s: float = TURN_ROUND_S, others: Sequence[Poll] = ()) -> BusLoad:
    """Return the load of one bus with loggers that answer within `turn_round_s`, and third-party instruments."""
    pace = pace_of(bus, turn_round_s)
    loggers = [logger for logger in site.loggers if logger.bus == bus.id]
    polls: list[Poll] = [*((logger.scan_s, live_requests(site, logger)) for logger in loggers), *others]
    costs_s = [sum(exchange_s(pace, request) for request in requests) for _, requests in polls]
    live = sum(cost_s / scan_s for cost_s, (scan_s, _) in zip(costs_s, polls, strict=True))
    utilisation = live + (DEAD_SHARE if polls else 0.0)
    busy_s = sum(costs_s)
    history_s = exchange_s(pace, read_history([1, 2])) / _RECORDS_PER_REQUEST
    return BusLoad(
        bus=bus.id,
        baud=bus.baud,
        loggers=len(loggers),
        instruments=len(others),
        requests=sum(len(requests) for _, requests in polls),
        scan_s=min((scan_s for scan_s, _ in polls), default=0),
        busy_s=busy_s,
        utilisation=utilisation,
        worst_latency_s=_worst_latency_s(pace, loggers, busy_s),
        back_fill_per_s=max(0.0, 1 - utilisation) / history_s,
    )


def _worst_latency_s(pace: Pace, loggers: Sequence[Logger], busy_s: float) -> float:
    """Return settling, a slice of back-fill in progress, the whole round, and one request that is repeated."""
    if not loggers:
        return 0.0
    repeat_s = pace.timeout_s(read_registers(rtu.READ_INPUT, 0, registers.LIVE_REGISTERS)) + pace.late_s
    settling_s = max(settle_s(logger.scan_s) for logger in loggers)
    return settling_s + exchange_s(pace, read_history([1, 2])) + busy_s + repeat_s


def loads(
    site: Site, gateway: str | None = None, others: Mapping[str, Sequence[Poll]] | None = None
) -> list[BusLoad]:
    """Return the load of every bus of a gateway, or of all; `others` are its third-party polls, by bus."""
    buses = [bus for bus in site.buses if gateway in (None, bus.gateway)]
    return [load_of(site, bus, others=(others or {}).get(bus.id, ())) for bus in buses]
