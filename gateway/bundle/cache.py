"""The bundle in force, on this gateway's disk: replaced by one that passes every check, never by a lower number.

    DIR/bundle            the last good one, as it came
    DIR/bundle.accepted   {"number", "sha256"} of the newest ever accepted, on disk before the bundle itself is

Losing `bundle` (a damaged disk) therefore never opens the way to an older one: the same bundle may come again, an
older one may not.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from seepline.bundle.errors import BundleError, NotKept
from seepline.bundle.policy import Policy
from seepline.bundle.verification import Verified, verify

FILE_NAME = "bundle"
MARK_NAME = "bundle.accepted"


class Mark(NamedTuple):
    """Number and SHA-256 of the newest bundle ever accepted here."""

    number: int = 0
    sha256: str = ""


class Cache:
    """One directory's bundle, under one policy; `in_force` is None until a good one is there.

    `refusal` is '' or the sentence why what lies on the disk is not in force.
    """

    def __init__(self, directory: Path, policy: Policy) -> None:
        self._directory = directory
        self._policy = policy
        self.in_force: Verified | None = None
        self.sha256 = ""
        self.mark, self.refusal = self._read_mark()
        self._load()

    def _read_mark(self) -> tuple[Mark, str]:
        path = self._directory / MARK_NAME
        try:
            said = json.loads(path.read_text(encoding="ascii"))
            return Mark(int(said["number"]), str(said["sha256"])), ""
        except FileNotFoundError:
            return Mark(), ""
        except (OSError, ValueError, KeyError, TypeError) as error:
            return Mark(), f"{path} cannot be read ({error}): the bundle beside it says which numbers are too low"

    def _load(self) -> None:
        try:
            data = (self._directory / FILE_NAME).read_bytes()
            found = verify(data, self._policy, 0)
        except FileNotFoundError:
            return
        except (OSError, BundleError) as error:
            self.refusal = f"the bundle kept in {self._directory} is not in force: {error}"
            return
        self.in_force, self.sha256 = found, hashlib.sha256(data).hexdigest()
        if found.bundle.number > self.mark.number:
            self.mark = Mark(found.bundle.number, self.sha256)

    def accept(self, data: bytes) -> Verified:
        """Put a bundle into force, durably.

        Raises
        ------
        seepline.bundle.errors.BundleError
            When it is refused, or cannot be kept: what was in force stays.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        again = sha256 == self.mark.sha256
        found = verify(data, self._policy, self.mark.number - again)
        mark = Mark(found.bundle.number, sha256)
        try:
            _replace(self._directory / MARK_NAME, json.dumps(mark._asdict()).encode())
            self.mark = mark
            _replace(self._directory / FILE_NAME, data)
        except OSError as error:
            raise NotKept(
                f"bundle {found.bundle.number} cannot be kept in {self._directory} ({error.strerror}): free space;"
                " what was in force stays"
            ) from error
        self.in_force, self.sha256, self.refusal = found, sha256, ""
        return found


def _replace(path: Path, data: bytes) -> None:
    """Put a whole file in the place of another, so that a power cut leaves one of the two."""
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
