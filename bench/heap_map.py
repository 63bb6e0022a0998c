"""The logger program on a desk, which tells once where its heap is: the part of logger_heap.py on its side."""

import asyncio
import gc
import sys
import time

import micropython
from firmware import app
from simulator.device.board import open_board

_TURNS = 20


def told(names):
    """Print the map of the heap and the addresses of types and modules, then stand still."""
    gc.collect()
    micropython.mem_info(1)
    print("TYPES", {name: id(kind) for name, kind in names.items()})
    print("MODULES", {name: id(module) for name, module in sys.modules.items()})
    print("READY")
    while True:
        time.sleep(1)


def start(arguments):
    """Run the logger as `firmware.main` does."""
    names = {"type": type, "bound": type([].append), "coroutine": type(app.main(None)), "task": asyncio.Task, "int": int}
    names["closure"] = type(lambda: names)
    turns = [0]

    def feed():
        turns[0] += 1
        if turns[0] == _TURNS:
            told(names)

    board = open_board(arguments[1:])
    board.feed = feed
    app.run(board)
