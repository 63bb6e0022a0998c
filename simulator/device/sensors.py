"""What can be wired to a simulated board: SENSORS[driver] = (module, class), imported when it is wired."""

SENSORS = {
    "current_loop": ("simulator.device.converter_sensors", "Loops"),
    "thermistor_bridge": ("simulator.device.converter_sensors", "Bridges"),
    "sdi12": ("simulator.device.digital_sensors", "Talker"),
    "modbus": ("simulator.device.digital_sensors", "Probe"),
    "accelerometer": ("simulator.device.chip_sensors", "Mass"),
    "inclinometer": ("simulator.device.chip_sensors", "Tilt"),
    "barometer": ("simulator.device.chip_sensors", "Weather"),
    "humidity": ("simulator.device.chip_sensors", "Air"),
    "tipping_bucket": ("simulator.device.rain_sensor", "Rain"),
    "supply": ("simulator.device.supply_sensor", "Battery"),
    "vibrating_wire": ("simulator.device.wire_sensor", "Wire"),
}


def wired(driver: str, bench, options: dict):
    """Return the sensor of an instrument, plugged into the bench."""
    module, name = SENSORS[driver]
    return getattr(__import__(module, None, None, (name,)), name)(bench, options)
