"""The silence that must stand on the line before a request: t3.5, a device's own pause, or a quarantine."""

import asyncio

from gateway.bus.exchange import Pace
from gateway.bus.line import Line

_SILENCES_BEFORE_GIVING_UP = 10


class NeverSilentError(Exception):
    """Somebody talks all the time."""


class Silence:
    """Watches one line between exchanges; what comes then is late or foreign and is thrown away.

    `quarantined_s` is the time that all quarantines took together.
    """

    def __init__(self, line: Line, pace: Pace) -> None:
        self._line = line
        self._pace = pace
        self._heard_at_s = 0.0
        self._quarantine_s = pace.late_s  # whoever spoke before us may still be answered
        self.quarantined_s = 0.0

    def begin(self) -> None:
        """Count the silence from now on."""
        self._heard_at_s = now_s()

    def quarantine(self, late_s: float) -> None:
        """Let nobody speak before the line was silent for `late_s` from now on."""
        self._heard_at_s = now_s()
        self._quarantine_s = late_s

    async def kept(self, pause_s: float = 0.0) -> bool:
        """Wait until the line was silent for long enough, `pause_s` at least; tell whether bytes came meanwhile.

        Raises
        ------
        NeverSilentError
            When it never is.
        """
        begun_s = now_s()
        silence_s = max(self._pace.silence_s, self._quarantine_s, pause_s)
        patience_s = now_s() + silence_s + _SILENCES_BEFORE_GIVING_UP * self._pace.late_s
        late = False
        while True:
            left_s = self._heard_at_s + silence_s - now_s()
            if left_s > 0:
                await asyncio.sleep(left_s)
            if not self._line.read():
                self.quarantined_s += (now_s() - begun_s) if self._quarantine_s else 0.0
                self._quarantine_s = 0.0
                return late
            late, self._heard_at_s = True, now_s()
            if self._heard_at_s > patience_s:
                raise NeverSilentError


def now_s() -> float:
    """Return the event loop's time."""
    return asyncio.get_running_loop().time()
