"""What the gateway knows about one logger at the moment: forgotten at a restart, found again by asking."""

from collections import Counter, deque
from dataclasses import dataclass, field

from gateway.loggers import plan
from gateway.loggers.client import Identity, LoggerClient

_IDENTITY_LASTS_S = 10.0
_REFUSED_FOR_GOOD = 3  # first in a pair, then alone, with the identification read again between


@dataclass(slots=True)
class Watch:
    """One logger under watch. `wanted` holds the next sequences to read, `refused` counts refusals by sequence."""

    client: LoggerClient
    identity: Identity | None = None
    identified_at_s: float = 0.0
    boot_started_ms: int | None = None
    clock_offset_ms: int = 0
    ring: int = -1
    newest: int = 0
    polled_ms: int = -1
    new_ms: int = -1
    reached_ms: int = 0
    failures: int = 0
    retry_at_s: float = 0.0
    last_error: str = ""
    wanted: deque[int] = field(default_factory=deque)
    refused: Counter[int] = field(default_factory=Counter)

    @property
    def serial(self) -> int:
        """The logger's id on the wire."""
        return self.client.logger.serial

    @property
    def name(self) -> str:
        """The logger's id in the site."""
        return self.client.logger.id

    @property
    def scan_s(self) -> int:
        """The shorter of the scan interval that the site names and the one that the logger reports."""
        site_s = self.client.logger.scan_s
        told_s = self.identity.scan_s if self.identity else 0
        return min(site_s, told_s) if told_s else site_s

    def live_due(self, now_ms: int, now_s: float, rate: float) -> bool:
        """Tell whether the logger is to be asked for its live blocks now."""
        if now_s < self.retry_at_s:
            return False
        moments = plan.poll_moments(now_ms, self.scan_s, rate)
        return self.identity is None or plan.live_due(now_ms, moments, self.polled_ms, self.new_ms)

    def can_fill(self, now_s: float) -> bool:
        """Tell whether history may be read from it now."""
        return self.identity is not None and bool(self.wanted) and now_s >= self.retry_at_s

    def identity_is_old(self, now_s: float) -> bool:
        """Tell whether the identification must be read again before it is relied on."""
        return self.identity is None or now_s - self.identified_at_s > _IDENTITY_LASTS_S

    def next_sequences(self) -> list[int]:
        """Return the one or two sequences to ask for next; one that was refused is asked for alone."""
        pair = [self.wanted[place] for place in range(min(2, len(self.wanted)))]
        return pair[:1] if any(self.refused[sequence] for sequence in pair) else pair

    def read(self, sequences: list[int], reached_ms: int) -> None:
        """Take note that these sequences have come."""
        for sequence in sequences:
            self.wanted.popleft()
            self.refused.pop(sequence, None)
        self.reached_ms = reached_ms
        self.failures = 0

    def look_ahead(self, sequences: list[int]) -> None:
        """Take what the outbox still lacks."""
        self.wanted = deque(sequences)

    def refuse(self, sequences: list[int]) -> None:
        """Take note that the logger does not hold one of these; ask again what it holds."""
        self.refused.update(sequences)
        self.forget()

    def is_refused(self, sequence: int) -> bool:
        """Tell whether a record was refused so often that it will not come."""
        return self.refused[sequence] >= _REFUSED_FOR_GOOD

    def forget(self) -> None:
        """Ask for the identification again before anything else."""
        self.identity = None
        self.wanted.clear()

    def failed(self, error: Exception, now_s: float, rate: float, cost_s: float) -> None:
        """Leave the logger alone for a while, longer each time; the try took `cost_s` of the bus."""
        self.failures += 1
        self.last_error = str(error)
        self.retry_at_s = now_s + plan.retry_after_s(self.failures, self.scan_s, rate, cost_s)
        self.forget()
