"""Start of the logger: `micropython -m firmware.main [BOARD_MODULE ARGS...]`, on the ESP32 without arguments.

The board module is the only part that knows the hardware; the rest is the same program on a dam and on a desk.
"""

import sys

from firmware import app
from firmware.config import ConfigError


def start(arguments: list[str]) -> None:
    """Run the logger on the board of the module named first, `firmware.board` when none is named."""
    module = arguments[0] if arguments else "firmware.board"
    __import__(module)
    try:
        app.run(sys.modules[module].open_board(arguments[1:]))
    except ConfigError as error:
        print("The logger's configuration cannot be used: %s" % error)
        sys.exit(1)


if __name__ == "__main__":
    start(sys.argv[1:])
