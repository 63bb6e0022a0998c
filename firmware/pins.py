"""Which pin of the ESP32-WROOM and which output of the board's two expanders goes where: the only such table.

Rules, held by a test: no flash pins (6-11), no strapping pins (0, 2, 5, 12, 15), not the console (1, 3), nothing
driven on 34-39, which are inputs only, and what must wake the chip on a pin of the RTC (14, 34, 35). No board has
been built to this table.
"""

BUS_TX, BUS_RX, BUS_DRIVE = 17, 16, 4  # RS-485 to the gateway
SECOND_TX, SECOND_RX, SECOND_DRIVE = 25, 26, 33  # digital strings on RS-485, or the SDI-12 line: a jumper decides
SPI_CLOCK, SPI_IN, SPI_OUT = 18, 19, 23
I2C_DATA, I2C_CLOCK = 21, 22
AUDIO_CLOCK, AUDIO_WORD, AUDIO_DATA = 27, 32, 36  # I2S of the converter behind the coils' amplifier
SWEEP = 13  # to the bridge that drives the coils
COUNTERS = (34, 35)
SUPPLY = 39  # ADC1
WAKE = 14  # the bus receiver, awake by itself

OUTPUTS = (17, 4, 25, 33, 18, 23, 21, 22, 27, 32, 13)
INPUTS = (16, 26, 19, 36, 34, 35, 39, 14)

# First expander: bits 0-7 are the relays of the coils.
SWITCHES = 0x20
FIRST_RELAY, RELAYS = 0, 0x00FF
FIRST_SUPPLY, SUPPLIES = 8, 0x0F00  # of sensors
TO_AMPLIFIER = 0x1000  # the coil at the amplifier, else at the bridge
FIRST_THERMISTOR, THERMISTORS = 13, 0xE000  # address of the thermistors' multiplexer

# Second expander: bits 0-3 select chips on SPI (low), bits 8 and 9 are the converters' DRDY.
SELECTS = 0x21
FIRST_SELECT, ALL_SELECTS = 0, 0x000F
FIRST_READY = 8
