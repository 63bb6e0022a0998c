"""A simulated tipping bucket: a reed switch that bounces, and a 16-bit pulse counter behind it."""

from simulator.chips.desk_time import DeskTime

_PCNT_MAX = 32767


class EdgeListener:
    """Who is told of every edge."""

    def edge(self, at_ms: int) -> None:
        """Take an edge."""


class RainSwitch:
    """`tip()` closes the switch once; `bounces` more edges follow, 1 ms apart. The listener is told of each.

    Faults: `closed_for_good`; `bounces`; `broken_wire` (tips are not seen).
    """

    def __init__(self, time: DeskTime, listener: EdgeListener | None = None) -> None:
        self._time = time
        self._listener = listener
        self.count = 0
        self.bounces = 0
        self.closed_for_good = False
        self.broken_wire = False

    def closed(self) -> bool:
        """Return whether the switch is closed now; a tip is over before anybody looks."""
        return self.closed_for_good

    def value(self) -> int:
        """Return what the pulse counter shows: at its maximum it shows 0 again."""
        return self.count

    def tip(self, times: int = 1) -> None:
        """Let the bucket tip; water in a switch that stays closed moves nothing."""
        if self.closed_for_good or self.broken_wire:
            return
        for _ in range(times):
            for number in range(1 + self.bounces):
                self.count = (self.count + 1) % _PCNT_MAX
                if self._listener:
                    self._listener.edge(self._time.ms() + number)
