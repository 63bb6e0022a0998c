"""The flash partition `romfs` of a simulated logger: the file <flash>.romfs, its bytes as the ESP32 maps them."""

from simulator.device.nor import BLOCK_BYTES, Nor

BLOCKS = 96  # two slots of 192 KiB


class SlotFlash(Nor):
    """A NOR flash whose content is also in `memory`; `path` is that of the logger's flash."""

    def __init__(self, path: str) -> None:
        super().__init__(path + ".romfs", BLOCKS)
        self.memory = bytearray(BLOCKS * BLOCK_BYTES)
        self.readblocks(0, self.memory)

    def writeblocks(self, block: int, data: bytes, offset: int = 0) -> None:
        super().writeblocks(block, data, offset)
        self._show(block)

    def ioctl(self, operation: int, block: int) -> int:
        result = super().ioctl(operation, block)
        self._show(block)
        return result

    def _show(self, block: int) -> None:
        self.readblocks(block, memoryview(self.memory)[BLOCK_BYTES * block : BLOCK_BYTES * (block + 1)])
