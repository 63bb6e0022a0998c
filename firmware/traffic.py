"""What passed on the line, counted since boot; function 8 shows the counts since they were last cleared."""

MESSAGES, BAD, EXCEPTIONS, SERVED, UNANSWERED, FOREIGN = range(6)


class Traffic:
    """Counts of whole frames, noise, exceptions sent, requests answered and left unanswered, foreign frames."""

    def __init__(self) -> None:
        self._total = [0] * 6
        self._cleared = [0] * 6

    def count(self, kind: int) -> None:
        self._total[kind] = (self._total[kind] + 1) & 0x3FFFFFFF

    def since_boot(self, kind: int) -> int:
        """Return a count modulo 65536."""
        return self._total[kind] & 0xFFFF

    def since_cleared(self, kind: int) -> int:
        """Return a count modulo 65536."""
        return (self._total[kind] - self._cleared[kind]) & 0xFFFF

    def clear(self) -> None:
        self._cleared = list(self._total)
