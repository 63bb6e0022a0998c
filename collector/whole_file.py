"""A file written whole or not at all, for its owner's eyes only."""

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Put a whole file in the place of another, so that a power cut leaves one of the two."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
