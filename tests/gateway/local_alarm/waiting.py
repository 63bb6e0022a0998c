"""Waiting for a condition outside an event loop."""

import time
from collections.abc import Callable


def waited(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline_s, "this never happened"
        time.sleep(0.02)
