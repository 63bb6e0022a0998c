"""What a logger takes from its battery, from the plan of its scans: what, how long, how much, and from where.

    mean current at the battery = sum of  mA x seconds a day / 86400 x volt / (battery volt x converter's share)
    days on a battery           = 1 / (mean mA x 24 / (mAh x derating) + self-discharge a day)

Figures that nobody has measured on a board say so in their row; docs/bench-checklist.md P1 and P2 replace them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DAY_S = 86400
LOGIC_V = 3.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A battery at its place: `derating` is the share of its capacity that cold and age leave."""

    volt: float
    ah: float
    derating: float
    self_discharge_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the logger itself takes; `asleep_ua` at the battery, the others at 3.3 V behind a converter."""

    asleep_ua: float
    awake_ma: float
    busy_ma: float
    converter: float = 0.88
    boot_s: float = 0.5
    clock_s: float = 0.6
    driver_ma: float = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One instrument: times and current as its driver says them, at `volt`.

    `group` is its driver: those of one group are measured after each other. An instrument without a switch takes
    `between_ua` all the time, one with a switch its current from warm-up to the end of the measurement.
    """

    name: str
    group: str
    scan_s: int
    lead_ms: int
    measure_ms: int
    supply_ua: float
    between_ua: float
    volt: float
    switched: bool
    samples: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one logger does: `window_s` 0 is continuous; `bus_bytes` are answered after each scan."""

    logger: str
    scan_s: int
    window_s: int
    baud: int
    bus_bytes: int
    doors_per_day: int
    instruments: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the budget; `mean_ma` at the battery."""

    what: str
    seconds_per_day: float
    ma: float
    volt: float
    mean_ma: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A logger's rows and what they come to."""

    logger: str
    rows: tuple[Row, ...]
    mean_ma: float
    ah_per_year: float
    days: float


BENCH = "from memory, bench P2"
BUSY = "drivers' times; current of a bare ESP32 as published"
WINDOW_SHARE = 1.25  # of the window: the gateway's poll comes somewhere in it, and half of it follows
NAPS = 2  # woken too early by the chip's own clock, and asleep again (firmware/window.py)
STORE_S = 0.1
SAMPLING_SHARE = 0.05  # of a processor (firmware/shake.py)


def budget(plan: Plan, board: Board, battery: Battery) -> Budget:
    """Return the budget of one logger.

    >>> plan = Plan(logger="a", scan_s=900, window_s=5, baud=9600, bus_bytes=0, doors_per_day=0, instruments=())
    >>> bare = Board(asleep_ua=60, awake_ma=25, busy_ma=42)
    >>> lead = Battery(volt=12.0, ah=7.0, derating=0.7, self_discharge_per_year=0.0)
    >>> found = budget(plan, bare, lead)
    >>> round(found.mean_ma, 3), round(found.days / 365, 1)
    (0.144, 3.9)
    """
    rows = tuple(_rows(plan, board, battery))
    mean_ma = sum(row.mean_ma for row in rows)
    per_day = mean_ma * 24 / 1000 / (battery.ah * battery.derating) + battery.self_discharge_per_year / 365
    return Budget(
        logger=plan.logger,
        rows=rows,
        mean_ma=mean_ma,
        ah_per_year=mean_ma * 24 * 365 / 1000,
        days=1 / per_day,
    )


def lead_ms(instruments: Sequence[Instrument]) -> int:
    """Return how long before a scan its first supply comes on."""
    return max((one.lead_ms for one in instruments), default=0)


def measuring_ms(instruments: Sequence[Instrument]) -> int:
    """Return how long measuring takes: all at once, those of one driver in turn (firmware/scan_plan.py)."""
    sums: dict[str, int] = {}
    for one in instruments:
        sums[one.group] = sums.get(one.group, 0) + one.measure_ms
    return max(sums.values(), default=0)


def scans_of_a_day(plan: Plan) -> Iterator[tuple[Instrument, ...]]:
    """Yield the instruments that are due in each scan of a day."""
    for at_s in range(0, DAY_S, plan.scan_s):
        yield tuple(one for one in plan.instruments if at_s % one.scan_s == 0)


def _rows(plan: Plan, board: Board, battery: Battery) -> Iterator[Row]:
    def row(what: str, seconds: float, ma: float, volt: float, source: str) -> Row:
        share = 1.0 if volt == battery.volt else volt / battery.volt / board.converter
        return Row(
            what=what,
            seconds_per_day=seconds,
            ma=ma,
            volt=volt,
            mean_ma=ma * share * seconds / DAY_S,
            source=source,
        )

    scans = list(scans_of_a_day(plan))
    measuring_s = sum(measuring_ms(due) for due in scans) / 1000 + STORE_S * len(scans)
    awake = _window(plan, board, scans) if plan.window_s else _continuous(measuring_s)
    asleep_s = DAY_S - measuring_s - sum(seconds for _, seconds, _ in awake)
    if plan.window_s:
        yield row("asleep", asleep_s, board.asleep_ua / 1000, battery.volt, "bench P1 asks for this at most")
    yield row("measuring and storing", measuring_s, board.busy_ma, LOGIC_V, BUSY)
    for what, seconds, source in awake:
        yield row(what, seconds, board.awake_ma, LOGIC_V, source)
    answer_s = plan.bus_bytes * 10 / plan.baud * len(scans)
    yield row("answering on the bus", answer_s, board.driver_ma, LOGIC_V, "into 60 ohm; from memory")
    for one in plan.instruments:
        yield from (row(*fields) for fields in _instrument(one, board))


def _continuous(measuring_s: float) -> list[tuple[str, float, str]]:
    return [("listening, always", DAY_S - measuring_s, BENCH)]


def _window(plan: Plan, board: Board, scans: Sequence[tuple[Instrument, ...]]) -> list[tuple[str, float, str]]:
    start_s, doors = board.boot_s + board.clock_s, plan.doors_per_day
    return [
        ("waking, time from the DS3231", (1 + NAPS) * start_s * len(scans), f"{1 + NAPS} starts a scan; {BENCH}"),
        ("waiting for sensors to be ready", sum(lead_ms(due) for due in scans) / 1000, "drivers' times"),
        ("listening in the window", WINDOW_SHARE * plan.window_s * len(scans), f"{WINDOW_SHARE} windows; {BENCH}"),
        ("woken by the bus", doors * (start_s + plan.window_s), f"{doors} a day, assumed"),
    ]


def _instrument(one: Instrument, board: Board) -> Iterator[tuple[str, float, float, float, str]]:
    times, ma = DAY_S / one.scan_s, one.supply_ua / 1000
    if one.samples:
        yield one.name, DAY_S, ma, one.volt, one.source
        extra_ma = SAMPLING_SHARE * (board.busy_ma - board.awake_ma)
        yield f"{one.name}: processor", DAY_S, extra_ma, LOGIC_V, "5 % of it, counted; firmware/shake.py"
    elif one.switched:
        yield one.name, times * (one.lead_ms + one.measure_ms) / 1000, ma, one.volt, one.source
    else:
        yield one.name, times * one.measure_ms / 1000, ma, one.volt, one.source
        if one.between_ua:
            yield f"{one.name}: between", DAY_S, one.between_ua / 1000, one.volt, f"no switch; {one.source}"
