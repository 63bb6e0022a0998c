"""How a link fares: what status.json, the metrics and the page say of one destination."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSnapshot:
    """One destination at one moment; counts are since the gateway started.

    `rows_again` were sent although they had gone before: their answer was lost, or the destination lost them.
    `refused` are dead letters. `dropped` is what was thrown away unsent: always 0, watched so that it stays 0.
    `offline_s` is the time in which the destination was not reached or did not store, the present outage included.
    """

    destination: str
    kind: str
    batches: int
    rows: int
    rows_again: int
    refused: int
    dropped: int
    unsent: int
    oldest_unsent_age_s: float | None
    up_bytes: int
    down_bytes: int
    round_trip_ms: int | None
    batch_rows: int
    back_off_s: float
    failures: int
    last_error: str
    offline_s: float
    contact_ms: int | None
    opens_in_s: int


@dataclass(slots=True)
class Link:
    """Counters of one destination. `last_error` is '' while all is well; times are the event loop's seconds."""

    batches: int = 0
    rows: int = 0
    rows_again: int = 0
    refused: int = 0
    failures: int = 0
    last_error: str = ""
    back_off_s: float = 0.0
    round_trip_s: float | None = None
    contact_ms: int | None = None
    _offline_before_s: float = 0.0
    _offline_since_s: float | None = None

    def failed(self, reason: str, pause_s: float, now_s: float) -> bool:
        """Count a failure; tell whether its reason is new."""
        fresh = reason != self.last_error
        self.failures, self.last_error, self.back_off_s = self.failures + 1, reason, pause_s
        if self._offline_since_s is None:
            self._offline_since_s = now_s
        return fresh

    def well(self, now_s: float) -> None:
        """Say that nothing is wrong now."""
        self._offline_before_s, self._offline_since_s = self.offline_s(now_s), None
        self.failures, self.last_error, self.back_off_s = 0, "", 0.0

    def offline_s(self, now_s: float) -> float:
        """Return how long the destination was not reached, in all."""
        since_s = self._offline_since_s
        return self._offline_before_s + (0.0 if since_s is None else now_s - since_s)
