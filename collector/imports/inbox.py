"""Files that a person hands to the collector: checked whole, put into its inbox whole, kept once they are taken.

    DIR/imports/inbox/SOURCE/     waiting      DIR/imports/done/SOURCE/     on the journal's disk, kept as evidence
                                               DIR/imports/refused/SOURCE/  changed after it was checked

A file is copied under a name that begins with its SHA-256, so the same file is in the inbox once, and with the
mapping that it was checked by: a collector that runs with another one does not take it.
"""

import hashlib
import os
from pathlib import Path

from collector.imports.check import Held, check
from collector.imports.growing import text_lines
from collector.imports.settings import Source

INBOX, DONE, REFUSED = "inbox", "done", "refused"


def inbox_files(data: Path, source: str) -> list[Path]:
    """Return the files that wait for a source, in the order of their names."""
    folder = data / "imports" / INBOX / source
    return sorted(path for path in folder.glob("[!.]*") if path.is_file())


def checked(source: Source, path: Path) -> Held:
    """Return what a file holds.

    Raises
    ------
    collector.imports.check.FileError
        With every fault of the file.
    OSError
        When it cannot be read.
    """
    return check(source.form, source.wanted, text_lines(source.form, path))


def is_of(source: Source, path: Path) -> bool:
    """Tell whether a file in the inbox was checked by the mapping that a source has."""
    return path.name.split("-")[1:2] == [source.mapping]


def hand_in(data: Path, source: Source, path: Path) -> Path:
    """Put a copy of a file into the inbox, whole or not at all; return where it stands. Raises OSError."""
    content = path.read_bytes()
    name = f"{hashlib.sha256(content).hexdigest()[:16]}-{source.mapping}-{path.name}"
    target = _folder(data, INBOX, source.intake.id) / name
    part = target.with_name(f".{target.name}")  # not seen as waiting before it is whole
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    return target


def move_to(data: Path, folder: str, source: str, path: Path) -> None:
    """Move a file out of the inbox into another folder. Raises OSError."""
    path.replace(_folder(data, folder, source) / path.name)


def _folder(data: Path, name: str, source: str) -> Path:
    folder = data / "imports" / name / source
    folder.mkdir(parents=True, exist_ok=True)
    return folder
