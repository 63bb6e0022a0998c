"""What one device did when it was asked: counts by name, and how long it thought before it answered."""

from collections import Counter
from dataclasses import dataclass, field

_CLASSES = 16  # of turn-rounds: below 1 ms, 2 ms, 4 ms ... 32 s


@dataclass(slots=True)
class Tally:
    """Counts of one device: ok, late, crc, foreign, wrong_length, timeout, exception_<code>, retries ...

    A turn-round is the time from request to answer without what the bytes need on the wire. `classes[k]` counts
    those below 2^k ms that fit into no class before it.
    """

    counters: Counter[str] = field(default_factory=Counter)
    classes: list[int] = field(default_factory=lambda: [0] * _CLASSES)
    shortest_s: float = float("inf")
    longest_s: float = 0.0

    def answered(self, turn_round_s: float) -> None:
        """Take note of a right answer."""
        self.counters["ok"] += 1
        self.classes[min(int(1000 * max(0.0, turn_round_s)).bit_length(), _CLASSES - 1)] += 1
        self.shortest_s = min(self.shortest_s, max(0.0, turn_round_s))
        self.longest_s = max(self.longest_s, turn_round_s)

    @property
    def median_s(self) -> float:
        """The upper end of the class that holds the middle answer, at most the longest; 0.0 without answers.

        >>> tally = Tally()
        >>> for ms in (3, 5, 900): tally.answered(ms / 1000)
        >>> tally.median_s, tally.longest_s
        (0.008, 0.9)
        """
        before = 0
        for k, count in enumerate(self.classes):
            before += count
            if 2 * before > sum(self.classes):
                return float(min(2**k / 1000, self.longest_s))
        return 0.0

    def status(self) -> dict[str, object]:
        """Return counts and turn-rounds in milliseconds, for the status file; no turn-rounds without an answer."""
        told: dict[str, object] = dict(sorted(self.counters.items()))
        if any(self.classes):
            times_s = {"min": self.shortest_s, "median": self.median_s, "max": self.longest_s}
            told["turn_round_ms"] = {name: round(1000 * time_s, 1) for name, time_s in times_s.items()}
        return told
