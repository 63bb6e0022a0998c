"""The simulated logger's small store: one file per name in a folder, what NVS is on an ESP32.

Atomic as NVS is: the new content is written beside the old, synced and renamed over it, so that a killed program
leaves one or the other. (A loss of power of the desk itself may undo the last `put`: the folder is not synced.)
"""

import os

NAME_CHARACTERS = 15  # what a key of NVS may have


def _sync(file) -> None:
    file.flush()  # MicroPython syncs here
    if hasattr(os, "fsync"):
        os.fsync(file.fileno())


class Store:
    """Bytes by name, in a folder that is made with the first of them."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def get(self, name: str) -> bytes | None:
        """Return what was put under a name, None when nothing is."""
        try:
            with open(self._path(name), "rb") as file:
                return file.read()
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep data under a name before this returns; b"" forgets the name."""
        path = self._path(name)
        if not data:
            _removed(path)
            return
        try:
            os.mkdir(self._folder)
        except OSError:  # it is there
            pass
        with open(path + ".new", "wb") as file:
            file.write(data)
            _sync(file)
        os.rename(path + ".new", path)

    def _path(self, name: str) -> str:
        if not 1 <= len(name) <= NAME_CHARACTERS:
            raise ValueError(
                "'%s' is no name for the store: expected 1 to %d characters" % (name, NAME_CHARACTERS)
            )
        return "%s/%s" % (self._folder, name)


def _removed(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass
