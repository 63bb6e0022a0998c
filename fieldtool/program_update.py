"""A program bundle on its way into a logger: read, staged piece by piece, committed, and seen to run."""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldtool.clock import Clock
from fieldtool.connection import FieldError
from fieldtool.identification import Identification, identify
from fieldtool.sealed import Commander, CommandRefused
from seepline.wire import seal

_INSTALL_LIMIT_S = 180  # a restart, checking and unpacking on an ESP32, and another restart
_SETTLED_S = 30  # who still runs the old version then has refused the new one
_LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle file: its bytes and the version in its head."""

    content: bytes
    version: int


def read(path: Path) -> Bundle:
    """Return a bundle file.

    Raises
    ------
    FieldError
        When it cannot be read or is no whole bundle; its signature is for the logger to judge.
    """
    from fieldtool.bundle import head_of

    try:
        content = path.read_bytes()
    except OSError as error:
        raise FieldError(f"{path} cannot be read ({error.strerror}).") from error
    return Bundle(content, head_of(content).version)


async def send(
    commander: Commander, clock: Clock, before: Identification, bundle: Bundle, tell: Callable[[int], None]
) -> Identification:
    """Stage a bundle, commit it, and return the identification once it runs; `tell(bytes so far)`.

    What the logger holds of it already is not sent again; where that turns out to be of another bundle, all is.

    Raises
    ------
    FieldError
        When the logger refuses the bundle (the sentence says why), does not come back, or comes back with another.
    """
    content = bundle.content
    commit = struct.pack(">I", len(content)) + hashlib.sha256(content).digest()
    await commander.stage(seal.STAGE_BUNDLE, content, tell)
    try:
        await commander.give(seal.COMMIT_UPDATE, commit)
    except CommandRefused as refused:
        if (refused.result.result, refused.result.detail) != (seal.REFUSED, seal.NOT_STAGED):
            raise
        await commander.stage(seal.STAGE_BUNDLE, content, tell, from_the_start=True)
        await commander.give(seal.COMMIT_UPDATE, commit)
    return await _running(commander, clock, before, bundle.version)


async def _running(commander: Commander, clock: Clock, before: Identification, version: int) -> Identification:
    """Return the identification of the logger that runs this version.

    It installs between two starts, and turns back by itself when the new program does not come up.
    """
    waited_s, newest = 0.0, before
    while waited_s < _INSTALL_LIMIT_S:
        await clock.pause(_LOOK_S * clock.rate)
        waited_s += _LOOK_S
        try:
            newest = await identify(commander.device, clock)
        except FieldError:
            continue
        if newest.values["bundle_version"] == version:
            return newest
        if newest.values["boot"] != before.values["boot"] and waited_s > _SETTLED_S:
            break
    runs = newest.values["bundle_version"]
    raise FieldError(f"The logger runs version {runs}, not {version}: its event log says why (`read-log`).")
