"""Which instrument fills which slot, and what stands in the slots that a scan did not measure."""

from firmware.drivers.driver import Driver, status_of
from firmware.fitted import Fitted
from seepline.wire.status import MISSING, NOT_DUE, NOT_FITTED


class Table(Driver):
    """Blocks that no instrument fills, as the board shows them: the input table of a desk, NOT_FITTED on an ESP32.

    `scan_ms()` returns the time of the scan, which is what the table is asked for.
    """

    def __init__(self, board, blocks: list, scan_ms) -> None:
        self._board = board
        self._blocks = blocks
        self._scan_ms = scan_ms

    async def measure(self) -> list:
        found = []
        for block in self._blocks:
            for slot in range(len(block.slots)):
                found.append(await self._channel(block, slot))
        return found

    async def _channel(self, block, slot: int):
        """Return one channel; one that does not answer is missing, the others go on."""
        try:
            return await self._board.read(block.block, slot, self._scan_ms())
        except OSError:
            return block.payload.missing(MISSING)


class Layout:
    """The configured blocks over the instruments; `instruments` is what is to be scanned, the table included."""

    def __init__(self, blocks: list, fitted: list, board, scan_s: int, scan_ms) -> None:
        self._blocks = {block.block: block for block in blocks}
        self._order = blocks
        self._filled = {place for one in fitted for place in one.places if place is not None}
        numbers = {number for number, _ in self._filled}
        free = [block for block in blocks if block.block not in numbers]
        self.instruments = list(fitted)
        if free:
            table = Table(board, free, scan_ms)
            self.instruments.append(Fitted(table, tuple(_places(free)), scan_s, 0, None))
            self._filled.update(_places(free))

    def vacant(self) -> list:
        """Return the places that nothing fills in blocks that instruments fill in part."""
        return [place for place in _places(self._order) if place not in self._filled]

    def intervals_s(self) -> dict:
        """Return the shortest interval per block: how often it gets a record."""
        shortest: dict = {}
        for one in self.instruments:
            for number, _ in [place for place in one.places if place is not None]:
                shortest[number] = min(one.scan_s, shortest.get(number, one.scan_s))
        return shortest

    def check(self, index: int, channels: list) -> None:
        """Raise TypeError, ValueError or OverflowError when the wire cannot carry what a driver returned."""
        places = self.instruments[index].places
        if len(channels) != len(places):
            raise ValueError("%d channels for %d places" % (len(channels), len(places)))
        for place, channel in zip(places, channels):
            if place is not None:
                kind = self._blocks[place[0]].payload
                if len(channel) != len(kind.missing(0)):
                    raise ValueError("a channel of another payload")
                kind.encode([channel])

    def channels(self, found: dict) -> dict:
        """Return block -> channels of every block that something was measured of (index -> Outcome)."""
        shown: dict = {}
        for index, outcome in found.items():
            for number, place in enumerate(self.instruments[index].places):
                if place is None:
                    continue
                block, slot = self._blocks[place[0]], place[1]
                if block.block not in shown:
                    shown[block.block] = self._blank(block)
                given = outcome.channels[number] if outcome.channels else None
                shown[block.block][slot] = given or block.payload.missing(status_of(outcome.fault))
        return shown

    def payloads(self, shown: dict) -> list:
        """Return (block, payload) of those blocks, in the order of the configuration."""
        return [(block, block.payload.encode(shown[block.block])) for block in self._order if block.block in shown]

    def _blank(self, block) -> list:
        places = [(block.block, slot) for slot in range(len(block.slots))]
        return [block.payload.missing(NOT_DUE if place in self._filled else NOT_FITTED) for place in places]


def _places(blocks: list) -> list:
    return [(block.block, slot) for block in blocks for slot in range(len(block.slots))]
