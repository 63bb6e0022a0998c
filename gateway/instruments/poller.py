"""Third-party instruments of one port: each asked when its scan is due, its answers to the outbox as one line.

The port is the bus's own master (its one task polls loggers and instruments) or one Modbus TCP device. An
instrument that answers some requests gets a line in which the others are missing; one that answers none gets no
line: it is silent, as a logger is.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.bus.master import BusError
from gateway.clock import Clock, now_s
from gateway.instruments.asking import Heard, Port, ask
from gateway.instruments.decode import Decoded, readings
from gateway.instruments.lines import LineStore, line_of, scan_time_ms
from gateway.instruments.station import Instrument
from gateway.loggers import plan
from gateway.outbox.intake import LineArrival

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Watched:
    """One instrument under watch. `scan_ms` is the scan that was last read, -1 before the first."""

    instrument: Instrument
    scan_ms: int = -1
    polled_ms: int = -1
    failures: int = 0
    retry_at_s: float = 0.0
    last_error: str = ""
    heard: Heard = field(default_factory=Heard)

    def is_due(self, now_ms: int, at_s: float) -> bool:
        """Tell whether a scan has begun that was not read, also an earlier one: the clock may be set back."""
        return at_s >= self.retry_at_s and now_ms - now_ms % self._scan_ms != self.scan_ms

    def idle_s(self, now_ms: int, at_s: float, rate: float) -> float:
        """Return how long it cannot become due, in real seconds."""
        next_s = (self._scan_ms - now_ms % self._scan_ms) / 1000 / rate + 0.001
        return max(self.retry_at_s - at_s, 0.001) if self.retry_at_s > at_s else next_s

    @property
    def name(self) -> str:
        """The station's id."""
        return self.instrument.station.id

    @property
    def _scan_ms(self) -> int:
        return self.instrument.station.scan_s * 1000

    def read(self, now_ms: int, errors: Sequence[str]) -> None:
        """Take note that it answered in the scan of `now_ms`."""
        self.scan_ms, self.polled_ms = now_ms - now_ms % self._scan_ms, now_ms
        self.failures, self.retry_at_s, self.last_error = 0, 0.0, "; ".join(errors)


class Instruments:
    """Polls the instruments of one port into the outbox; `stored` is called after each commit.

    `time_is_known` tells whether the gateway's clock can be believed: readings are stamped by it, so none is taken
    before. `least_turn_round_s` is the port's own patience, `longest_retry_s` the longest pause after failures.
    """

    def __init__(  # noqa: PLR0913 - what it joins
        self,
        site: str,
        port: Port,
        instruments: Sequence[Instrument],
        outbox: LineStore,
        clock: Clock,
        stored: Callable[[], None],
        time_is_known: Callable[[], bool] = lambda: True,
        *,
        least_turn_round_s: float = 0.0,
        longest_retry_s: float = plan.LONGEST_RETRY_S,
    ) -> None:
        self._site = site
        self._port = port
        self.watched = [Watched(one) for one in instruments if one.channels]  # nothing else is to be told of it
        self._outbox = outbox
        self._clock = clock
        self._stored = stored
        self._time_is_known = time_is_known
        self._least_turn_round_s = least_turn_round_s
        self._longest_retry_s = longest_retry_s
        self._held: list[LineArrival] = []  # never more than one round: nobody is asked while it is not stored

    def is_due(self) -> bool:
        """Tell whether one of them is to be asked now."""
        return bool(self._due())

    def idle_s(self) -> float:
        """Return how long none can become due, in real seconds."""
        now_ms, at_s = self._clock.now_ms(), now_s()
        waits = (one.idle_s(now_ms, at_s, self._clock.rate) for one in self.watched)
        return min(waits, default=plan.LONGEST_IDLE_S) if self._time_is_known() else plan.LONGEST_IDLE_S

    async def poll_due(self) -> None:
        """Ask those that are due, and store what they said in one commit.

        What was said before the port or the disk failed is held and stored first the next time: nobody can ask an
        instrument for a scan that is over.
        """
        self._store()
        for one in self._due():
            arrival = await self._poll(one)
            if arrival is not None:
                self._held.append(arrival)
        self._store()

    def _store(self) -> None:
        if self._held:
            self._outbox.append_lines(self._held)
            self._held.clear()
            self._stored()

    def places(self) -> list[tuple[str, int]]:
        """Return the name and address of every instrument."""
        return [(one.name, one.instrument.station.address) for one in self.watched]

    def status(self) -> dict[str, object]:
        """Return what is known of each instrument, for the status file."""
        return {
            one.name: {
                "profile": one.instrument.station.profile,
                "polled_ms": one.polled_ms if one.polled_ms >= 0 else None,
                "failures": one.failures,
                "last_error": one.last_error,
            }
            for one in self.watched
        }

    def _due(self) -> list[Watched]:
        if not self._time_is_known():
            return []
        now_ms, at_s = self._clock.now_ms(), now_s()
        due = [one for one in self.watched if one.is_due(now_ms, at_s)]
        return sorted(due, key=lambda one: one.failures)  # who may not answer does not hold the others

    async def _poll(self, one: Watched) -> LineArrival | None:
        now_ms, begun_s = self._clock.now_ms(), now_s()
        try:
            asked = await ask(self._port, one.instrument, one.heard, self._least_turn_round_s)
        except BusError as error:
            self._failed(one, error, now_s() - begun_s)
            return None
        self._back(one)
        one.read(now_ms, asked.errors)
        found = readings(one.instrument.fields, one.instrument.profile.device, asked.words)
        return self._arrival(one.instrument, found, now_ms)

    def _arrival(self, one: Instrument, found: dict[str, Decoded], now_ms: int) -> LineArrival:
        time_ms = scan_time_ms(now_ms, one.station.scan_s, self._clock.rate)
        line = line_of(self._site, one.station.id, one.channels, found, time_ms)
        return LineArrival(one.station.id, line, now_ms, live=True)

    def _failed(self, one: Watched, error: BusError, cost_s: float) -> None:
        one.failures += 1
        one.last_error = str(error)
        pause_s = plan.retry_after_s(one.failures, one.instrument.station.scan_s, self._clock.rate, cost_s)
        one.retry_at_s = now_s() + min(pause_s, self._longest_retry_s)
        if one.failures == plan.DEAD_AFTER:
            text = f"{one.name} does not answer: {error}"
            self._outbox.note("dead_station", one.name, text, self._clock.now_ms())

    def _back(self, one: Watched) -> None:
        if one.failures >= plan.DEAD_AFTER:
            text = f"{one.name} answers again after {one.failures} failed polls"
            self._outbox.note("station_back", one.name, text, self._clock.now_ms())
