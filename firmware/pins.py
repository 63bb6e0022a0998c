"""Which pin of the ESP32-WROOM and which output of the board's two expanders goes where.

Written by `python -m hardware.pages` from hardware/pinmap.toml, which is the only such table: change it there. Its
rules stand in hardware/pin_rules.py. No board has been built to this table.
"""

BUS_TX, BUS_RX, BUS_DRIVE = 17, 16, 4  # RS-485 to the gateway
SECOND_TX, SECOND_RX, SECOND_DRIVE = 25, 26, 33  # digital strings on RS-485, or the SDI-12 line: a jumper decides
SPI_CLOCK, SPI_IN, SPI_OUT = 18, 19, 23  # SPI of the converters
I2C_DATA, I2C_CLOCK = 21, 22  # I2C of expanders, clock and barometer
AUDIO_CLOCK, AUDIO_WORD, AUDIO_DATA = 27, 32, 36  # I2S of the converter behind the coils' amplifier
SWEEP = 13  # to the bridge that drives the coils
COUNTERS = (34, 35)  # counters
SUPPLY = 39  # a share of the 12 V supply
WAKE = 14  # the bus receiver, awake by itself

OUTPUTS = (17, 4, 25, 33, 18, 23, 21, 22, 27, 32, 13)
INPUTS = (16, 26, 19, 36, 34, 35, 39, 14)

SWITCHES = 0x20  # address of the expander on I2C
FIRST_RELAY = 0  # relays of the coils
RELAYS = 0x00FF
FIRST_SUPPLY = 8  # switched supplies of sensors
SUPPLIES = 0x0F00
TO_AMPLIFIER = 0x1000  # the coil at the amplifier, else at the bridge
FIRST_THERMISTOR = 13  # address of the thermistors' multiplexer
THERMISTORS = 0xE000

SELECTS = 0x21  # address of the expander on I2C
FIRST_SELECT = 0  # chips on SPI, low when chosen
ALL_SELECTS = 0x000F
FIRST_READY = 8  # DRDY of the converters
