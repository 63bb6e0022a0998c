"""What a value in the unit of its kind is multiplied by on the wire, for instruments that say values in words."""

VOLTAGE = 1000  # mV

# A test holds it to seepline/channels.py.
SCALE = {
    "current": 100000,  # mA
    "voltage": VOLTAGE,
    "resistance": 1000,  # ohm
    "pulses": 1,
    "tilt": 100000,  # degrees
    "temperature": 1000,  # degrees Celsius
    "pressure": 10000,  # kPa
    "humidity": 1000,  # % relative humidity
}
