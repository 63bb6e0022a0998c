"""What a logger can measure with: one row per kind of driver, one file per chip.

DRIVERS[kind] = (module, class). A row costs no heap until `load` is called for it, so a logger imports only the
drivers that its configuration names. What a driver is stands in `firmware/drivers/driver.py`; how one is added, in
docs/adding-an-instrument.md. The DS3231 clock (`ds3231.py`) measures no channel and therefore has no row.
"""

DRIVERS = {
    "current_loop": ("firmware.drivers.inputs", "CurrentLoops"),
    "thermistor_bridge": ("firmware.drivers.inputs", "ThermistorBridges"),
    "sdi12": ("firmware.drivers.sdi12", "Sdi12Sensor"),
    "modbus": ("firmware.drivers.modbus_probe", "ModbusProbe"),
    "accelerometer": ("firmware.drivers.adxl355", "Adxl355"),
    "inclinometer": ("firmware.drivers.scl3300", "Scl3300"),
    "barometer": ("firmware.drivers.ms5611", "Ms5611"),
    "humidity": ("firmware.drivers.sht4x", "Sht4x"),
    "tipping_bucket": ("firmware.drivers.tipping_bucket", "TippingBucket"),
    "supply": ("firmware.drivers.supply", "Supply"),
    "vibrating_wire": ("firmware.vibrating_wire.driver", "VibratingWire"),
}

# Converters by number: 0 and 1 are the board's ADS1220; from ON_I2C on an ADS1115 at FIRST_CONVERTER on
# (seepline/wire/drivers.py has the same number).
ON_I2C = 2
FIRST_CONVERTER = 0x48


def load(kind: str):
    """Import the module of one kind of driver and return its class.

    Raises
    ------
    ValueError
        When there is no such kind: names the ones there are.
    """
    if kind not in DRIVERS:
        raise ValueError("there is no driver '%s': expected one of %s" % (kind, ", ".join(sorted(DRIVERS))))
    module, name = DRIVERS[kind]
    return getattr(__import__(module, None, None, (name,)), name)
