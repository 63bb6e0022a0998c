"""Start of the logger: `micropython -m firmware.main [BOARD_MODULE ARGS...]`, on the ESP32 without arguments.

The board module is the only part that knows the hardware; the rest is the same program on a dam and on a desk.
"""

import gc
import sys

from firmware.pending import parse_pending

_COLLECT_EVERY_BYTES = 16384


def start(arguments: list[str]) -> None:
    """Run the logger on the board of the module named first, `firmware.board` when none is named."""
    if hasattr(
        gc, "threshold"
    ):  # MicroPython: a heap that is never compacted is torn by what imports leave behind
        gc.threshold(_COLLECT_EVERY_BYTES)
    module = arguments[0] if arguments else "firmware.board"
    __import__(module)
    board = sys.modules[module].open_board(arguments[1:])
    if parse_pending(board.store):
        _finish_update(board)
    else:
        _run(board)


def _run(board) -> None:
    """Run the program; an error in it is noted for the next boot, which comes at once."""
    try:
        from firmware import app

        app.run(board)
    except Exception as error:
        from firmware.crash import crashed

        crashed(board, error)
        board.restart()


def _finish_update(board) -> None:
    """Install what was committed, with nothing else in the heap, and start again."""
    from firmware import install
    from firmware.rom_slots import Halves

    install.finish(board.store, Halves(*board.slots()), board.staged)
    board.restart()


if __name__ == "__main__":
    start(sys.argv[1:])
