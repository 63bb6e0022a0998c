"""The logger program on a desk, watched: what it keeps in memory, written beside its configuration once a second.

    micropython -X heapsize=56k -m rom IMAGE meter simulator.device.board CONFIG.json

CONFIG.heap then holds the bytes in use after a collection and the bytes of the whole heap.
"""

import gc

from firmware import app
from simulator.device.board import open_board


def measured(path: str):
    """Return a `feed` that writes the heap's figures; the supervisor calls it while every task moves."""

    def feed() -> None:
        gc.collect()
        used, free = gc.mem_alloc(), gc.mem_free()
        with open(path, "w") as file:
            file.write("%d %d\n" % (used, used + free))

    return feed


def start(arguments: list[str]) -> None:
    """Run the logger as `firmware.main` does."""
    board = open_board(arguments[1:])
    board.feed = measured(arguments[1][: -len(".json")] + ".heap")
    app.run(board)
