"""How long the outbox's commits take, lately and usually: an SD card that dies gets slower first."""

from dataclasses import dataclass

from gateway.disk import Commits

_RECENT = 20
_USUAL = 5000


@dataclass(slots=True)
class CommitTimes:
    """Counts commits and the seconds that they took."""

    count: int = 0
    total_s: float = 0.0
    longest_s: float = 0.0
    recent_s: float = 0.0
    usual_s: float = 0.0

    def took(self, seconds: float) -> None:
        """Take note of one commit."""
        self.count += 1
        self.total_s += seconds
        self.longest_s = max(self.longest_s, seconds)
        self.recent_s += (seconds - self.recent_s) / min(self.count, _RECENT)
        self.usual_s += (seconds - self.usual_s) / min(self.count, _USUAL)

    @property
    def means(self) -> Commits:
        """The mean of the last few commits, and of the last few thousand."""
        return Commits(self.recent_s, self.usual_s)
