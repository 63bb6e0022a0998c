"""Whether the judgement lives, and the heartbeat to a watchdog outside that raises an alarm when it hears none.

A dead collector can tell nobody that it is dead: somebody else has to miss it.
"""

import asyncio
import logging
import stat
import urllib.request
from collections.abc import Callable
from pathlib import Path

from seepline.notices.contacts import Watchdog

_PATIENCE_S = 20.0
_log = logging.getLogger("collector.notify")


class Pulse:
    """Beats with each round of the judging task; `trouble` says why nothing can be judged or written."""

    def __init__(self) -> None:
        self.beats = 0
        self.trouble = ""

    def beat(self) -> None:
        """Say that everything in the journal is judged."""
        self.beats += 1
        self.trouble = ""

    def missed(self, trouble: str) -> None:
        """Say why nothing can be judged."""
        self.trouble = trouble


class Heartbeat:
    """Tells the watchdog every so often, only while the judgement lives and the disk takes what is written.

    Parameters
    ----------
    watchdog, folder
        Whom, how often and how; the folder of its `address_file`.
    pulse
        The judgement's. Without a beat since the last time nothing is sent.
    is_written
        Tells whether the book of messages could be written last time.
    """

    def __init__(self, watchdog: Watchdog, folder: Path, pulse: Pulse, is_written: Callable[[], bool]) -> None:
        self._watchdog, self._folder, self._pulse, self._is_written = watchdog, folder, pulse, is_written
        self.sent = 0
        self.error = ""

    async def run(self) -> None:
        """Send until cancelled; a collector that dies before it has judged anything says nothing."""
        beats, is_begun = 0, False
        while True:
            lives = self._pulse.beats != beats and not self._pulse.trouble and self._is_written()
            beats = self._pulse.beats
            if lives:
                await self._send()
            elif is_begun:
                _log.error("The watchdog is not told that all is well: %s", self._pulse.trouble or "no judgement")
            is_begun = True
            await asyncio.sleep(self._watchdog.every_s)

    async def _send(self) -> None:
        try:
            await asyncio.to_thread(self._ask)
        except (OSError, ValueError) as error:  # urllib's errors are OSErrors; what it says may hold the address
            if not self.error:
                _log.warning("The watchdog does not answer (%s).", type(error).__name__)
            self.error = type(error).__name__
        else:
            self.sent += 1
            self.error = ""

    def _ask(self) -> None:
        address = self._watchdog.address or address_in(self._folder / self._watchdog.address_file)
        data = b"" if self._watchdog.method == "POST" else None
        request = urllib.request.Request(address, data, method=self._watchdog.method)  # noqa: S310 - checked to be http
        with urllib.request.urlopen(request, timeout=_PATIENCE_S):  # noqa: S310
            pass


def address_in(path: Path) -> str:
    """Return the address in a file of its own: it may be a secret, as whoever knows it can play the collector.

    Raises
    ------
    ValueError
        When it is no http address, or others may read the file.
    """
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"{path} can be read by others: chmod 600 {path}")
    found = path.read_text(encoding="utf-8").strip()
    if not found.startswith(("http://", "https://")):
        raise ValueError(f"{path} holds no address: expected http:// or https://")
    return found
