"""How a link fares: what status.json, the metrics and the page say of one destination."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSnapshot:
    """One destination at one moment; counts are since the gateway started.

    `duplicates` are rows that were sent although they had gone before, for their answer was lost.
    `refused` are dead letters; what a full disk dropped unsent is counted by the outbox, for all destinations.
    `offline_s` is the time in which the destination was not reached or did not store, the present outage
    included; `quiet_s` is how long the next try is still off.
    """

    destination: str
    kind: str
    batches: int
    rows: int
    duplicates: int
    refused: int
    unsent: int
    oldest_unsent_age_s: float | None
    up_bytes: int
    down_bytes: int
    rtt_s: float | None
    batch_rows: int
    quiet_s: float
    failures: int
    last_error: str
    offline_s: float
    contact_ms: int | None
    opens_in_s: int


@dataclass(slots=True)
class Link:
    """Counters of one destination. `last_error` is '' while all is well; times are the event loop's seconds.

    `rounds` grows while the uplink moves; by its own word it is quiet until `quiet_until_s`.
    """

    batches: int = 0
    rows: int = 0
    duplicates: int = 0
    refused: int = 0
    failures: int = 0
    last_error: str = ""
    rtt_s: float | None = None
    rounds: int = 0
    quiet_until_s: float = 0.0
    contact_ms: int | None = None
    _offline_before_s: float = 0.0
    _offline_since_s: float | None = None

    def failed(self, reason: str, pause_s: float, now_s: float) -> bool:
        """Count a failure; tell whether its reason is new."""
        fresh = reason != self.last_error
        self.failures, self.last_error, self.quiet_until_s = self.failures + 1, reason, now_s + pause_s
        if self._offline_since_s is None:
            self._offline_since_s = now_s
        return fresh

    def well(self, now_s: float) -> None:
        """Say that nothing is wrong now."""
        self._offline_before_s, self._offline_since_s = self.offline_s(now_s), None
        self.failures, self.last_error, self.quiet_until_s = 0, "", 0.0

    def offline_s(self, now_s: float) -> float:
        """Return how long the destination was not reached, in all."""
        since_s = self._offline_since_s
        return self._offline_before_s + (0.0 if since_s is None else now_s - since_s)
