"""What is being sent to the logger piece by piece, kept in a file until it is committed.

A piece follows the one before; one that came already is taken again when it is the same. A piece 0 that differs
begins anew. Pieces are synced every few kilobytes: after a loss of power `size` says where to go on.
"""

import os

_SYNC_BYTES = 4096


class Stage:
    """The staged bytes: `size` of them, in the file `path`."""

    def __init__(self, path: str, most_bytes: int) -> None:
        self.path = path
        self._most = most_bytes
        self._file = None
        self._synced = self.size = _size(path)

    def put(self, offset: int, data: bytes) -> bool:
        """Take a piece; False when it does not follow, is too much, or the disk is full."""
        if offset == 0 and self.size and not self._holds(0, data):
            self.drop()
        if offset < self.size:
            return self._holds(offset, data)
        if offset != self.size or offset + len(data) > self._most:
            return False
        try:
            return self._append(data)
        except OSError:
            self.close()
            return False

    def close(self) -> None:
        """Put all on disk and let the file go; the size is what the disk then has."""
        file, self._file = self._file, None
        if file:
            try:
                file.close()
            except OSError:  # the disk is full: what is there counts
                pass
        self._synced = self.size = _size(self.path)

    def drop(self) -> None:
        """Forget what was staged."""
        self.close()
        try:
            os.remove(self.path)
        except OSError:  # there was none
            pass
        self._synced = self.size = 0

    def _append(self, data: bytes) -> bool:
        file = self._opened()
        file.seek(self.size)
        file.write(data)
        self.size += len(data)
        if self.size - self._synced >= _SYNC_BYTES:
            file.flush()
            self._synced = self.size
        return True

    def _holds(self, offset: int, data: bytes) -> bool:
        if offset + len(data) > self.size:
            return False
        file = self._opened()
        file.seek(offset)
        return file.read(len(data)) == data

    def _opened(self):
        if not self._file:
            self._file = open(self.path, "r+b" if self.size else "w+b")
        return self._file


def _size(path: str) -> int:
    try:
        return os.stat(path)[6]
    except OSError:
        return 0
