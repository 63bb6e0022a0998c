"""The only importer of uvicorn: one worker on one address, ended by SIGINT or SIGTERM."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

_LAST_ANSWERS_S = 5


Bound = socket.socket


class ListenError(Exception):
    """The address cannot be listened on: says which and what to do."""


def listen(address: str) -> socket.socket:
    """Return a socket bound to 'HOST:PORT'; port 0 lets the system choose.

    Raises
    ------
    ListenError
        When the text is no address or the port is in use.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ListenError(f"--listen is {address!r}: expected HOST:PORT, for example 127.0.0.1:8000")
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, int(port)))
        bound.listen()
    except OSError as error:
        bound.close()
        reason = error.strerror or str(error)
        raise ListenError(
            f"Cannot listen on {address} ({reason}): end what uses it or choose another port."
        ) from error
    return bound


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, which would end the process before the files are closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Starlette, bound: socket.socket) -> None:
    """Answer requests on a bound socket until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", server_header=False, ws="none",
        timeout_graceful_shutdown=_LAST_ANSWERS_S,
    )  # fmt: skip
    server = _Server(config)

    def end() -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    await server.serve(sockets=[bound])
