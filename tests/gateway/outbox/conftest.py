"""An outbox, small enough that a few records fill a segment."""

from collections.abc import Callable, Iterator

import pytest

from gateway.outbox.intake import Arrival
from tests.gateway.outbox.opened import NOW_MS, Opened


@pytest.fixture
def opened(tmp_path) -> Iterator[Opened]:
    opened = Opened(tmp_path)
    yield opened
    opened.file.close()


@pytest.fixture
def arrivals(record) -> Callable[..., list[Arrival]]:
    def arrivals(*sequences: int, live: bool = False, serial: int = 501, at_ms: int = NOW_MS) -> list[Arrival]:
        return [Arrival(record(serial, 77, sequence), at_ms, live) for sequence in sequences]

    return arrivals
