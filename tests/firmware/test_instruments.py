"""A logger program whose instruments are real drivers on simulated chips; the test is the master on its line."""

import json

import pytest

from seepline.wire import drivers, record, status
from simulator.device.sensors import SENSORS

START_S = 1450425600
SCANS = 30
END_S = START_S + 900 * SCANS
BLOCKS = [
    {"block": 0, "payload": "vw", "slots": ["vw", "vw"]},
    {"block": 1, "payload": "scalar", "slots": ["current", "tilt", "tilt", "pulses", "pressure", "voltage"]},
]
LOOP = {"driver": "current_loop", "at": ["1:0"], "inputs": [0], "shunt_mohm": 90900, "fault_low_ua": 3600}
LOOP["fault_high_ua"] = 21000
TILT = ["tilt", 256, "f32_low_first", 1, 1]
WIRE = {"driver": "vibrating_wire", "lowest_hz": 400, "highest_hz": 6000, "nanovolt_per_count": 100}
INSTRUMENTS = [
    LOOP,
    {"driver": "modbus", "at": ["1:1"], "address": 1, "fields": [TILT]},
    {"driver": "modbus", "at": ["1:2"], "address": 2, "fields": [TILT], "retries": 1},
    {"driver": "tipping_bucket", "at": ["1:3"], "closest_tips_ms": 300},
    {"driver": "barometer", "at": ["1:4", None]},
    {"driver": "supply", "at": ["1:5"], "upper_ohm": 900000, "lower_ohm": 100000, "noise_uv": 20000},
    {**WIRE, "at": ["0:0"], "coil": 0},
    {**WIRE, "at": ["0:1"], "coil": 1},
]
COLUMNS = ("0:0", "0:1", "1:0", "1:1", "1:2", "1:3", "1:4", "1:5")
NEAR = (5, 5, 0, 0, 0, 0, 10, 10000)  # wire units: estimator, exact, exact, exact, exact, 1 Pa, 1 mV at the pin

# The row of this number shows what no sensor does when all is well.
FAULTS = {
    10: ("0:0", "/5781000//////2", status.NO_SIGNAL),
    11: ("0:1", "", status.NO_SIGNAL | status.THERMISTOR_OPEN),
    12: ("1:0", "350000/4", status.LOOP_FAULT),
    13: ("1:0", "", status.LOOP_FAULT),
    14: ("1:1", "", status.MISSING),
    15: ("1:2", "", status.MISSING),
    16: ("1:4", "", status.NOT_FITTED),
    17: ("1:4", "1013250/1024", status.INSTRUMENT_FAULT),
    18: ("1:5", "", status.INSTRUMENT_FAULT),
}


def values(number: int) -> list[int]:
    """Return what the sensors show at a scan, in wire integers."""
    return [
        2900000 + 137 * number,
        2800000 - 91 * number,
        1200000 + 1001 * number,
        -300 * number,
        1234567 + number,
        number % 7,
        1013250 - 20 * number,
        12600000 - 10000 * number,
    ]


def cells(number: int) -> list[str]:
    """Return the row of the input table at a scan."""
    shown = [str(value) for value in values(number)]
    shown[0] += "/5781000/900/2000/4000/500/4"
    shown[1] += "/2999000/400////"
    if number in FAULTS:
        column, cell, _ = FAULTS[number]
        shown[COLUMNS.index(column)] = cell
    return shown


@pytest.fixture
def fitted(node):
    """A logger that is configured with instruments, not started yet.

    The simulated chips take some 50 KB of the 32-bit heap, which an ESP32 need not have.
    """
    node.command = [part.replace("heapsize=100k", "heapsize=200k") for part in node.command]
    fill_in(node, SCANS)
    refit(node, INSTRUMENTS)
    return node


def fill_in(node, scans: int) -> None:
    """Write the input table: what the sensors show at so many scans."""
    rows = [",".join(["utc_s", *COLUMNS])]
    rows += [",".join([str(START_S + 900 * number), *cells(number)]) for number in range(scans)]
    (node.directory / "inputs.csv").write_text("\n".join(rows) + "\n")


def refit(node, instruments) -> None:
    path = node.directory / "config.json"
    desk = json.loads(path.read_text())
    desk["logger"].update(blocks=BLOCKS, instruments=instruments)
    desk["flash_blocks"] = 16
    path.write_text(json.dumps(desk))


def scans(node) -> list[list[tuple[int, int]]]:
    """Return (status, value) of each channel of each scan in the logger's memory."""
    records = node.history()
    wires = [entry for entry in records if entry.block == 0]
    scalars = [entry for entry in records if entry.block == 1]
    found = []
    for wire, scalar in zip(wires, scalars, strict=True):
        assert wire.utc_s == scalar.utc_s
        channels = [*record.decode_vw(wire.payload, 2), *record.decode_scalar(scalar.payload, 6)]
        found.append([(channel[0], channel[1]) for channel in channels])
    return found


def fits(number: int, channels: list[tuple[int, int]]) -> bool:
    """Tell whether a scan shows row `number` of the table: its values, and its faults as drivers find them."""
    column, _, bits = FAULTS.get(number, ("", "", 0))
    wanted = [bits if column == one else 0 for one in COLUMNS]
    near = zip(channels, values(number), NEAR, strict=True)
    return [status_ for status_, _ in channels] == wanted and all(
        status_ or abs(value - right) <= off for (status_, value), right, off in near
    )


def test_what_is_in_the_table_comes_out_of_the_drivers_and_every_fault_is_found(fitted) -> None:
    fitted.start(END_S - 300)
    fitted.wait_ready()
    found = scans(fitted)
    assert len(found) == SCANS
    for number, channels in enumerate(found):
        assert fits(number, channels), (number, channels)
    assert found[12][2] == (status.LOOP_FAULT, 350000)
    assert found[10][0][1] == record.MISSING_U32


def test_diagnostics_and_thermistor_come_with_a_wire(fitted) -> None:
    fitted.start(END_S - 300)
    fitted.wait_ready()
    records = [entry for entry in fitted.history() if entry.block == 0]
    first, second = record.decode_vw(records[0].payload, 2)
    assert abs(first.thermistor_mohm - 5781000) <= 10
    assert abs(second.thermistor_mohm - 2999000) <= 10
    assert abs(first.amplitude_uv - 900) <= 30
    assert abs(second.amplitude_uv - 400) <= 30
    assert abs(first.decay_e4 - 4000) <= 100
    assert abs(first.agreement_mhz - 4) <= 3


def test_live_scans_go_on_through_the_drivers(fitted) -> None:
    fill_in(fitted, 10 * SCANS)  # a slow machine does not come to its end
    fitted.start(END_S, rate=300)
    fitted.wait_ready()
    count = fitted.identification("newest_sequence")
    while fitted.identification("newest_sequence") < count + 4:  # two scans of two blocks
        assert fitted.process.poll() is None
    found = scans(fitted)
    last = len(found) - 1  # every scan since the start of the table is there
    assert last >= SCANS
    assert any(fits(last + late, found[last]) for late in range(3))  # a desk may come late to its sensors


@pytest.mark.parametrize(
    ("instrument", "sentence"),
    [
        ({**LOOP, "at": ["1:1"]}, "instruments[0].at puts current into 1:1, which is for tilt"),
        (
            {**LOOP, "shunt_mohm": 0},
            "instruments[0].shunt_mohm is 0, expected a whole number from 1000 to 1000000",
        ),
        ({**LOOP, "driver": "loop"}, "instruments[0].driver is 'loop', expected one of accelerometer"),
    ],
)
def test_a_wrong_configuration_is_said_in_one_sentence(fitted, capfd, instrument, sentence: str) -> None:
    refit(fitted, [instrument])
    fitted.launch(END_S, 1)
    assert fitted.process.wait(10) == 1
    assert sentence in capfd.readouterr().out


def test_every_driver_has_a_sensor_on_the_desk() -> None:
    assert set(SENSORS) == set(drivers.DRIVERS)
