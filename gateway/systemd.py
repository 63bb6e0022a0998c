"""What the gateway tells systemd: that it is ready, that it moves, that it ends. Without systemd it says nothing.

sd_notify(3): a datagram of NAME=value lines to the Unix socket that $NOTIFY_SOCKET names.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping

from gateway.pulse import PATIENCE_S, Beat, Moved, hung, look

log = logging.getLogger(__name__)

_LOOK_S = 5.0
_PATIENCE_S = 1.0


def notify(**state: str) -> None:
    """Tell systemd, as `notify(READY="1")` does; a systemd that does not listen is logged and does no harm."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    message = "\n".join(f"{name}={value}" for name, value in state.items())
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(_PATIENCE_S)  # until systemd has emptied a full queue
            channel.sendto(message.encode(), "\0" + address[1:] if address[0] == "@" else address)
    except OSError as error:
        log.warning("systemd cannot be told %s: %s", message.replace("\n", ", "), error)


def watchdog_s() -> float | None:
    """Return how often systemd wants to hear WATCHDOG=1, None when it does not watch this process."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdecimal() and int(text) > 0 else None


async def feed_watchdog(beats: Callable[[], Mapping[str, Beat]], patience_s: float = PATIENCE_S) -> None:
    """Say WATCHDOG=1 while every loop moves, until cancelled. What hangs is named; systemd then restarts."""
    loop, wanted_s = asyncio.get_running_loop(), watchdog_s()
    moved: dict[str, Moved] = {}
    told: list[str] = []
    while True:
        moved = look(moved, beats(), loop.time())
        stuck = hung(moved, loop.time(), patience_s)
        if not stuck:
            notify(WATCHDOG="1")
        elif stuck != told:
            log.error("%s does not move: the watchdog is not fed", ", ".join(stuck))
        told = stuck
        await asyncio.sleep(min(_LOOK_S, wanted_s / 3) if wanted_s else _LOOK_S)
