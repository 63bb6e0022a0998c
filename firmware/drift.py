"""How fast a clock runs, from pairs of its own milliseconds and true ones: what it gained in sum, over time."""

ENOUGH_S = 86400
_OLD_S = 30 * 86400  # then what was gained counts half, so that the estimate follows the seasons
_STEADY_PPM = 500  # no crystal is worse: a larger gain is somebody's step


class Drift:
    """A sum over stretches of time; each stretch begins with `restart` and grows with `measure`."""

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None
        self.gained_ms = 0
        self.over_ms = 0

    def restart(self, counter_ms: int, true_ms: int) -> None:
        """Begin a stretch: the counter was set, or the true time was."""
        self._last = (counter_ms, true_ms)

    def measure(self, counter_ms: int, true_ms: int) -> None:
        """Add what was gained since the last pair; a gain beyond every crystal begins a stretch instead."""
        if self._last is not None:
            counted_ms, passed_ms = counter_ms - self._last[0], true_ms - self._last[1]
            gain_ms = counted_ms - passed_ms
            if passed_ms >= 0 and abs(gain_ms) <= 1000 + passed_ms * _STEADY_PPM // 1000000:
                self.gained_ms += gain_ms
                self.over_ms += passed_ms
        self._last = (counter_ms, true_ms)
        if self.over_ms > 1000 * _OLD_S:
            self.gained_ms //= 2
            self.over_ms //= 2

    @property
    def days(self) -> int:
        return self.over_ms // (1000 * ENOUGH_S)

    def ppb(self) -> int | None:
        """Return parts per billion, positive when the counter is fast; None before a whole day was seen.

        >>> drift = Drift()
        >>> drift.restart(0, 5000)
        >>> drift.measure(86400173, 86405000)
        >>> drift.ppb()
        2002
        """
        return self.gained_ms * 1000000000 // self.over_ms if self.days else None
