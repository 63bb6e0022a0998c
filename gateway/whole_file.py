"""A file written whole or not at all, and on disk when that is said."""

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Put a whole file in the place of another, so that a power cut leaves one of the two; raises OSError."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
