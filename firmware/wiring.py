"""From the configuration's instruments to drivers over the board's sockets: one row per kind of driver.

Instruments share what they have in common: a converter, the SDI-12 recorder, the Modbus master, the front end and
the memory for vibrating wires. A chip on I2C needs no row: it is made of (i2c, pause) and its options.

The sockets (`board.sockets(settings)`), which a simulated board has too, over simulated chips
----------------------------------------------------------------------------------------------
``await pause(ms)``                      for drivers: exactly so long
``await pause_sampling(ms)``             for the accelerometer, which is drained all the time
``spi(select) -> (bus, select pin)``     as `firmware/drivers/spi.py`: 0 and 1 are ADS1220, 2 the inclinometer,
                                         3 the accelerometer
``ready(select)``                        the DRDY pin of a converter, called
``i2c()``                                machine.I2C or one like it
``adc()``                                of the supply: ``read_uv()``
``counter(number)``                      of a switch: ``value()`` of the pulse counter, ``closed()``,
                                         ``listen(listener)`` (``edge(at_ms)`` at each edge), ``ticks_diff``
``second_uart(baud, parity)``            line of `firmware/drivers/modbus_master.py`, with its own ``pause(ms)``
``sdi12_line()``                         line of `firmware/drivers/sdi12.py`, with its own ``pause(ms)``
``vibrating_wire_bus(coil)``             ``excite``, ``pause_ms``, ``capture`` as the driver's bus, ``open()`` the
                                         relay, ``turn_thermistor()`` the multiplexer to this coil
``power(switch, on)``                    a sensor supply
"""

import asyncio

from firmware.drivers import FIRST_CONVERTER, ON_I2C, load
from firmware.drivers.spi import SpiDevice
from firmware.fitted import Fitted
from firmware.settings import ConfigError, Settings

INCLINOMETER_SELECT, ACCELEROMETER_SELECT = 2, 3
COILS_INPUT = 0  # of a converter: where the multiplexer of the coils' thermistors ends
_COILS_SUPPLY_MV = 3300


class Wires:
    """The board's sockets, and what several instruments share, made when the first one asks for it."""

    def __init__(self, sockets, uptime_ms, mains_hz: int) -> None:
        self.sockets = sockets
        self.uptime_ms = uptime_ms
        self.mains_hz = mains_hz
        self._shared: dict = {}

    def shared(self, name: str, make):
        """Return the one object of this name, made by `make()` the first time."""
        if name not in self._shared:
            self._shared[name] = make()
        return self._shared[name]

    def chip(self, number: int, baud: int, phase: int) -> SpiDevice:
        """Return a chip on SPI by its select line."""
        bus, select = self.sockets.spi(number)
        return SpiDevice(bus, select, baud, phase)

    def converter(self, number: int, supply_mv: int):
        """Return a converter by its number."""

        def make():
            if number >= ON_I2C:
                from firmware.drivers.ads1115 import Ads1115

                address = FIRST_CONVERTER + number - ON_I2C
                return Ads1115(self.sockets.i2c(), self.sockets.pause, address, 1000 * supply_mv)
            from firmware.drivers.ads1220 import SPI_BAUD, SPI_PHASE, Ads1220

            device = self.chip(number, SPI_BAUD, SPI_PHASE)
            return Ads1220(device, self.sockets.pause, self.sockets.ready(number), 1000 * supply_mv)

        return self.shared("converter %d" % number, make)


def _current_loop(wires: Wires, options: dict):
    return load("current_loop")(
        wires.converter(options["converter"], options["supply_mv"]),
        tuple(options["inputs"]),
        options["shunt_mohm"],
        options["fault_low_ua"],
        options["fault_high_ua"],
    )


def _thermistor_bridge(wires: Wires, options: dict):
    return load("thermistor_bridge")(
        wires.converter(options["converter"], options["supply_mv"]),
        tuple(options["inputs"]),
        options["fixed_mohm"],
        options["short_mohm"],
        options["open_mohm"],
    )


def _sdi12(wires: Wires, options: dict):
    from firmware.drivers.sdi12 import Recorder

    line = wires.shared("line", wires.sockets.sdi12_line)
    recorder = wires.shared("recorder", lambda: Recorder(line, line.pause))
    fields = tuple([kind or None for kind in options["fields"]])
    return load("sdi12")(recorder, line.pause, options["address"], fields, options["command"], **_cost(options))


def _modbus(wires: Wires, options: dict):
    from firmware.drivers.modbus_master import Master
    from firmware.drivers.modbus_probe import FORMS

    line = wires.shared("line", lambda: wires.sockets.second_uart(options["baud"], options["parity"]))
    master = wires.shared("master", lambda: Master(line, options["timeout_ms"]))
    fields = [
        (kind, register, FORMS.index(form), up, down) for kind, register, form, up, down in options["fields"]
    ]
    more = _cost(options)
    more.update({key: options[key] for key in ("trigger", "error_register")})
    return load("modbus")(master, line.pause, options["address"], tuple(fields), options["function"], **more)


def _cost(options: dict) -> dict:
    return {key: options[key] for key in ("warm_up_ms", "measure_ms", "supply_ua")}


def _inclinometer(wires: Wires, options: dict):
    from firmware.drivers import scl3300

    device = wires.chip(INCLINOMETER_SELECT, scl3300.SPI_BAUD, scl3300.SPI_PHASE)
    return scl3300.Scl3300(device, wires.sockets.pause)


def _accelerometer(wires: Wires, options: dict):
    from firmware.drivers import adxl355

    device = wires.chip(ACCELEROMETER_SELECT, adxl355.SPI_BAUD, adxl355.SPI_PHASE)
    return adxl355.Adxl355(device, wires.sockets.pause_sampling, options["range_g"], options)


def _tipping_bucket(wires: Wires, options: dict):
    from firmware.drivers.tipping_bucket import Debounced, HardwareCounter

    switch = wires.sockets.counter(options["counter"])
    if options["bounce_ms"]:
        counter = Debounced(options["bounce_ms"], switch.ticks_diff)
        switch.listen(counter)
    else:
        counter = HardwareCounter(switch.value)
    return load("tipping_bucket")(counter, switch.closed, wires.uptime_ms, options["closest_tips_ms"])


def _supply(wires: Wires, options: dict):
    more = {key: options[key] for key in ("upper_ohm", "lower_ohm", "noise_uv")}
    return load("supply")(wires.sockets.adc(), wires.sockets.pause, **more)


def _vibrating_wire(wires: Wires, options: dict):
    from firmware.coil import Coil, CoilWire
    from firmware.vibrating_wire.estimate import Room

    bridge = None
    if options["thermistor"]:
        converter = wires.converter(options["converter"], _COILS_SUPPLY_MV)
        limits = [options[key] for key in ("fixed_mohm", "short_mohm", "open_mohm")]
        bridge = load("thermistor_bridge")(converter, (COILS_INPUT,), *limits)
    coil = Coil(wires.sockets.vibrating_wire_bus(options["coil"]), bridge)
    band_hz = options["lowest_hz"], options["highest_hz"]
    lock, room = wires.shared("front end", asyncio.Lock), wires.shared("room", Room)
    return CoilWire(coil, lock, room, band_hz, options["nanovolt_per_count"], wires.mains_hz)


BUILDERS = {
    "current_loop": _current_loop,
    "thermistor_bridge": _thermistor_bridge,
    "sdi12": _sdi12,
    "modbus": _modbus,
    "inclinometer": _inclinometer,
    "accelerometer": _accelerometer,
    "tipping_bucket": _tipping_bucket,
    "supply": _supply,
    "vibrating_wire": _vibrating_wire,
}


def fit(board, settings: Settings) -> list:
    """Return every instrument of the configuration as `Fitted`, in its order.

    Raises
    ------
    ConfigError
        When a driver refuses what it is told: names the instrument and what the driver said.
    """
    found: list = []
    if not settings.instruments:
        return found
    wires = Wires(board.sockets(settings), board.clock.uptime_ms, settings.mains_hz)
    for number, one in enumerate(settings.instruments):
        try:
            driver = _driver(wires, one)
        except ValueError as error:
            raise ConfigError("instruments[%d] (%s) cannot be fitted: %s" % (number, one.driver, error)) from error
        found.append(Fitted(driver, one.places, one.scan_s, one.retries, one.power))
    return found


def _driver(wires: Wires, one):
    if one.driver in BUILDERS:
        return BUILDERS[one.driver](wires, one.options)
    return load(one.driver)(wires.sockets.i2c(), wires.sockets.pause, **one.options)
