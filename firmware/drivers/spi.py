"""One chip on a shared SPI bus: its clock, its phase and its select pin.

`spi` is machine.SPI or one like it (`init`, `write_readinto`), `select` a pin that is called with 0 (selected)
or 1. The bus is set up for the chip before every exchange, since chips of different phases share it.
"""


class SpiDevice:
    """Exchanges bytes with one chip."""

    def __init__(self, spi, select, baud: int, phase: int) -> None:
        self._spi = spi
        self._select = select
        self._baud = baud
        self._phase = phase
        select(1)

    def exchange(self, out, answer=None):
        """Send `out` in one selection and return as many bytes that came back, in `answer` where it is given."""
        if answer is None:
            answer = bytearray(len(out))
        self._spi.init(baudrate=self._baud, polarity=0, phase=self._phase)
        self._select(0)
        try:
            self._spi.write_readinto(out, answer)
        finally:
            self._select(1)
        return answer
