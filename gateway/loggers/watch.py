"""What the gateway knows about one logger at the moment: forgotten at a restart, found again by asking."""

from collections import Counter, deque
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from gateway.loggers import plan, window
from gateway.loggers.client import Identity, LoggerClient

_REFUSED_FOR_GOOD = 3  # first in a pair, then alone, with the identification read again between


@dataclass(slots=True)
class Sleep:
    """A sleeping logger's next window, whether it was had, how often called in it, and how many were missed."""

    expected: window.Window | None = None
    served: bool = False
    calls: int = 0
    missed: int = 0
    awake_until_s: float = 0.0


@dataclass(slots=True)
class Watch:
    """One logger under watch. `wanted` holds the next sequences to read, `refused` counts refusals by sequence.

    `read_to` is the newest sequence up to which nothing is wanted any more. `doubt` grows with each failed poll
    and goes back slower, so that a logger that answers now and then is known for it.
    """

    client: LoggerClient
    identity: Identity | None = None
    identified_at_s: float = 0.0
    boot_started_ms: int | None = None
    clock_offset_ms: int = 0
    ring: int = -1
    newest: int = 0
    read_to: int = 0
    polled_ms: int = -1
    new_ms: int = -1
    heard_at_s: float = 0.0
    fast_until_ms: int = -1
    expect_ms: int = -1
    reached_ms: int = 0
    failures: int = 0
    doubt: int = 0
    silent: bool = False
    retry_at_s: float = 0.0
    last_error: str = ""
    wanted: deque[int] = field(default_factory=deque)
    refused: Counter[int] = field(default_factory=Counter)
    sleep: Sleep = field(default_factory=Sleep)

    @property
    def serial(self) -> int:
        """The logger's id on the wire."""
        return self.client.logger.serial

    @property
    def name(self) -> str:
        """The logger's id in the site."""
        return self.client.logger.id

    @property
    def sleeps(self) -> bool:
        """Whether it sleeps between its scans: by its own word, before that by the site's."""
        return self.identity.sleeps if self.identity else self.client.logger.mode == "window"

    @property
    def scan_s(self) -> int:
        """The shorter of the scan interval that the site names and the one that the logger reports."""
        site_s = self.client.logger.scan_s
        told_s = self.identity.scan_s if self.identity else 0
        return min(site_s, told_s) if told_s else site_s

    @property
    def habit(self) -> window.Habit:
        """What is known of its sleep."""
        told, window_s = self.identity, self.client.logger.window_s
        if told is None:
            return window.Habit(self.scan_s, window_s, offset_ms=self.clock_offset_ms)
        return window.Habit(self.scan_s, window_s, told.next_scan_ms, self.clock_offset_ms, told.wires)

    def interval_s(self, now_ms: int) -> int:
        """Return how often it is polled: at each scan, and while it scans fast, as fast as that."""
        return min(self.scan_s, plan.FAST_SCAN_S) if now_ms < self.fast_until_ms else self.scan_s

    def live_due(self, now_ms: int, now_s: float, rate: float) -> bool:
        """Tell whether the logger is to be asked for its live blocks now."""
        if self.sleeps or now_s < self.retry_at_s:
            return False
        if self.polled_ms < self.expect_ms <= now_ms:
            return True
        moments = plan.poll_moments(now_ms, self.interval_s(now_ms), rate)
        return self.identity is None or plan.live_due(now_ms, moments, self.polled_ms, self.new_ms)

    def late_s(self, now_ms: int, rate: float) -> float:
        """Return how late its live poll comes, in site seconds; one that has never been polled is not late."""
        if self.polled_ms < 0 or self.failures:
            return 0.0
        return plan.late_s(now_ms, plan.poll_moments(now_ms, self.interval_s(now_ms), rate))

    def is_asleep(self, now_s: float) -> bool:
        """Tell whether it may sleep now, though it was awake at its last answer."""
        return self.sleeps and now_s >= self.sleep.awake_until_s

    def can_fill(self, now_s: float) -> bool:
        """Tell whether history may be read from it now."""
        return self.identity is not None and bool(self.wanted) and now_s >= self.retry_at_s

    def identity_is_old(self, now_s: float, rate: float) -> bool:
        """Tell whether the identification must be read again: never read, or forgotten, or an hour old."""
        return self.identity is None or now_s - self.identified_at_s > plan.identity_lasts_s(rate)

    def next_sequences(self) -> list[int]:
        """Return the one or two sequences to ask for next; one that was refused is asked for alone."""
        pair = [self.wanted[place] for place in range(min(2, len(self.wanted)))]
        return pair[:1] if any(self.refused[sequence] for sequence in pair) else pair

    def read(self, sequences: Container[int], reached_ms: int) -> None:
        """Take note that these sequences have come."""
        while self.wanted and self.wanted[0] in sequences:
            self.refused.pop(self.wanted.popleft(), None)
        self.reached_ms = reached_ms
        self.failures = 0

    def look_ahead(self, sequences: Iterable[int]) -> None:
        """Take what the outbox still lacks."""
        self.wanted = deque(sequences)
        if not self.wanted:
            self.read_to = self.newest

    def refuse(self, sequences: Iterable[int]) -> None:
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
        self.read_to = 0

    def failed(self, error: Exception, now_s: float, rate: float, cost: plan.Cost) -> None:
        """Leave the logger alone for a while, longer each time."""
        self.failures += 1
        self.doubt = min(plan.MOST_DOUBT, self.doubt + plan.DOUBT_OF_FAILURE)
        self.last_error = str(error)
        failures = max(self.failures, 2) if self.doubt > plan.DOUBT_OF_FAILURE else self.failures
        self.retry_at_s = now_s + plan.retry_after_s(failures, self.scan_s, rate, cost.share_s)
        self.forget()

    def answered(self) -> None:
        """Take note that it is well."""
        self.doubt = max(0, self.doubt - 1)
        self.failures, self.retry_at_s, self.last_error = 0, 0.0, ""
