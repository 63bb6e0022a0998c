"""I2C and SPI as machine.I2C and machine.SPI show them, with chips attached and the faults of a real bus."""

import errno

_READS_BACK = 0xFF  # a line that nobody drives, with its pull-up


class I2cBus:
    """`attach(address, chip)`; a chip has `write(data)` and `read(count)`. `held` is a data line held low."""

    def __init__(self) -> None:
        self._chips: dict[int, I2cChip] = {}
        self.held = False

    def attach(self, address: int, chip: "I2cChip") -> None:
        """Put a chip at an address."""
        self._chips[address] = chip

    def writeto(self, address: int, data: bytes) -> int:
        """Write; return the acknowledged bytes."""
        self._chip(address).write(bytes(data))
        return len(data)

    def readfrom(self, address: int, count: int) -> bytes:
        """Read from where the chip stands."""
        return self._chip(address).read(count)

    def readfrom_mem(self, address: int, register: int, count: int) -> bytes:
        """Set the pointer (or send the command) and read."""
        self.writeto(address, bytes([register]))
        return self.readfrom(address, count)

    def writeto_mem(self, address: int, register: int, data: bytes) -> None:
        """Write from a register on."""
        self.writeto(address, bytes([register]) + bytes(data))

    def _chip(self, address: int) -> "I2cChip":
        if self.held:
            raise OSError(errno.ETIMEDOUT)
        chip = self._chips.get(address)
        if chip is None or chip.dead:
            raise OSError(errno.ENODEV)
        return chip


class I2cChip:
    """A chip on I2C; `dead` acknowledges nothing."""

    dead = False

    def write(self, data: bytes) -> None:
        """Take what follows the address."""
        raise NotImplementedError

    def read(self, count: int) -> bytes:
        """Give `count` bytes."""
        raise NotImplementedError


class SpiBus:
    """One bus; `attach(chip)` returns the chip's select pin. `held` is a MISO line shorted to ground."""

    def __init__(self) -> None:
        self._chips: list[SpiChip] = []
        self._phase = 0
        self._polarity = 0
        self.held = False

    def attach(self, chip: "SpiChip") -> "SelectPin":
        """Put a chip on the bus."""
        self._chips.append(chip)
        return SelectPin(chip)

    def init(self, baudrate: int, polarity: int, phase: int) -> None:
        """Set up the bus, as every driver does before it speaks."""
        self._polarity, self._phase = polarity, phase

    def write_readinto(self, out: bytes, answer: bytearray) -> None:
        """Exchange bytes with the selected chip; in the wrong phase every byte comes one bit late, both ways."""
        for number, byte in enumerate(out):
            answer[number] = self._one(byte)

    def _one(self, byte: int) -> int:
        if self.held:
            return 0
        for chip in self._chips:
            if chip.selected and not chip.dead:
                late = chip.phase != self._phase or self._polarity
                heard = chip.shift(byte >> 1 if late else byte)
                return heard >> 1 if late else heard
        return _READS_BACK


class SpiChip:
    """A chip on SPI: `shift` takes a byte while it gives one; `dead` leaves MISO to its pull-up."""

    phase = 0
    dead = False
    selected = False

    def select(self) -> None:
        """Begin a frame."""

    def shift(self, byte: int) -> int:
        """Exchange one byte."""
        raise NotImplementedError

    def deselect(self) -> None:
        """End a frame."""


class SelectPin:
    """A chip's select pin, low when selected."""

    def __init__(self, chip: SpiChip) -> None:
        self._chip = chip

    def __call__(self, level: int) -> None:
        """Select with 0, deselect with 1."""
        if level == 0 and not self._chip.selected:
            self._chip.selected = True
            self._chip.select()
        elif level and self._chip.selected:
            self._chip.selected = False
            self._chip.deselect()
