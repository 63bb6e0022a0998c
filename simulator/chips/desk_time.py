"""Time that passes only when somebody waits for it: chips and drivers of one desk share it."""


class DeskTime:
    """Milliseconds and microseconds since the desk was switched on."""

    def __init__(self) -> None:
        self.now_us = 0

    def ms(self) -> int:
        """Return whole milliseconds."""
        return self.now_us // 1000

    async def pause(self, ms: int) -> None:
        """Let `ms` pass at once."""
        self.now_us += 1000 * ms
