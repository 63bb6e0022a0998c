"""TCA9535: sixteen more pins on I2C, for relays, supplies and select lines.

Source: Texas Instruments SCPS201E, table 7-3: input ports 00h and 01h, output ports 02h and 03h, configuration 06h
and 07h (1 = input, as after power-on, when every output needs its pull-down). Bit 0 is P00, bit 15 is P17.

The outputs stay as they are while the ESP32 sleeps or starts again. Levels and directions are written together at
every change, so a chip that lost its supply for a moment is right again at the next one.
"""

_INPUT, _OUTPUT, _CONFIGURATION = 0x00, 0x02, 0x06


class Expander:
    """One chip; `outputs` is the mask of the bits that are driven, `levels` what they show from now on."""

    def __init__(self, i2c, address: int, outputs: int, levels: int) -> None:
        self._i2c = i2c
        self._address = address
        self._directions = (~outputs & 0xFFFF).to_bytes(2, "little")
        self._levels = levels

    def put(self, mask: int, levels: int) -> None:
        """Set the outputs of `mask` to those bits of `levels`."""
        self._levels = (self._levels & ~mask) | (levels & mask)
        self._i2c.writeto_mem(self._address, _OUTPUT, self._levels.to_bytes(2, "little"))
        self._i2c.writeto_mem(self._address, _CONFIGURATION, self._directions)

    def level(self, bit: int) -> int:
        """Return the level at a pin."""
        return int.from_bytes(self._i2c.readfrom_mem(self._address, _INPUT, 2), "little") >> bit & 1
