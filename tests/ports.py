"""Free ports of this machine for servers that begin later.

A port that the kernel gives out is free again until the server has begun, seconds later: by then a connection or
a server of another test may have it. These lie below those that the kernel gives out (32768 and up on Linux), and
each process of a test run has its own.
"""

import itertools
import os
import socket

_FIRST, _EACH = 20_000, 1_000
_turn = itertools.count(os.getpid())  # two test runs on one machine begin at different ones


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has, and that no other test is given soon."""
    first = _FIRST + _EACH * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = first + next(_turn) % _EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
