"""An outbox with everything around it, and ways to do to its files what the field does."""

import shutil
from pathlib import Path

from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from gateway.outbox.packing import identity_of
from gateway.outbox.room import Limits
from gateway.outbox.segment import segments_in

NOW_MS = 1_451_635_200_000
SMALL = Limits(segment_bytes=6 << 10, ballast_bytes=64 << 10)


class Opened:
    """An outbox and its backlog, opened from a directory."""

    def __init__(self, directory: Path, limits: Limits = SMALL, now_ms: int = NOW_MS) -> None:
        self.directory = directory
        self.file = OutboxFile(directory, now_ms, limits)
        self.outbox, self.backlog = Outbox(self.file), Backlog(self.file)

    def kinds(self) -> list[str]:
        return [kind for _, _, kind, _, _ in self.file.events()]

    def held(self) -> dict[int, int]:
        """Return sequence by row of everything that is there."""
        rows = self.file.rows(1, self.backlog.last_row())
        return {row.outbox_sequence: identity_of(row.raw)[2] for row in rows}

    def paths(self) -> list[Path]:
        return list(segments_in(self.directory / "outbox").values())

    def restarted(self, limits: Limits = SMALL) -> "Opened":
        self.file.close()
        return Opened(self.directory, limits)

    def crashed(self, into: Path, limits: Limits = SMALL) -> "Opened":
        """Return the outbox as it would be found after kill -9 now: files not closed."""
        shutil.copytree(self.directory, into)
        self.file.close()
        return Opened(into, limits)


def rot(path: Path, share: float, size: int = 600) -> None:
    """Overwrite a stretch of a file."""
    data = path.read_bytes()
    at = int(len(data) * share)
    path.write_bytes(data[:at] + b"\xa5" * min(size, len(data) - at) + data[at + size :])
