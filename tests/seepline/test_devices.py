"""What is wired to a logger: rules of [[device]], and the configuration that a logger gets from it."""

import json
import sys
from pathlib import Path

import pytest

from seepline.channels import CHANNEL_KINDS
from seepline.logger_configuration import configuration
from seepline.site_file import SiteError, parse_site
from seepline.wire import drivers, option_forms
from seepline.wire.record import PAYLOAD_SCALAR

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from firmware import config  # noqa: E402
from firmware.drivers import DRIVERS, load  # noqa: E402
from firmware.drivers.scale import SCALE  # noqa: E402

HEAD = """
[site]
id = "s"
name = "S"
timezone = "UTC"
datum = "local"
grey_above_share = 0.5
[[gateway]]
id = "g"
[[bus]]
id = "b"
gateway = "g"
baud = 19200
parity = "even"
[[logger]]
id = "pond"
serial = 7
bus = "b"
address = 3
scan_s = 900
silence_s = 4000
[[logger]]
id = "other"
serial = 8
bus = "b"
address = 4
scan_s = 900
silence_s = 4000
[[channel]]
id = "level"
logger = "other"
block = 0
slot = 0
kind = "current"
unit = "mA"
"""
CHANNELS = (
    ("toe", 0, 0, "vw_frequency", "Hz"),
    ("toe_r", 0, 0, "vw_thermistor", "ohm"),
    ("crest", 0, 1, "vw_frequency", "Hz"),
    ("level", 1, 0, "current", "mA"),
    ("air", 1, 1, "pressure", "kPa"),
    ("rain", 1, 2, "pulses", "count"),
)
LOOP = {
    "driver": '"current_loop"',
    "channels": '["level"]',
    "options": "{ inputs = [0], shunt_mohm = 90900, fault_low_ua = 3600, fault_high_ua = 21000 }",
}
WIRE = {
    "driver": '"vibrating_wire"',
    "channels": '["toe"]',
    "options": "{ coil = 0, lowest_hz = 400, highest_hz = 6000, nanovolt_per_count = 100 }",
}
TWIN = {**WIRE, "channels": '["toe_r"]', "options": WIRE["options"].replace("coil = 0", "coil = 2")}
CREST = {**WIRE, "channels": '["crest"]', "options": WIRE["options"].replace("coil = 0", "coil = 1")}
AIR = {"driver": '"barometer"', "channels": '["air", ""]'}
RAIN = {"driver": '"tipping_bucket"', "channels": '["rain"]', "options": "{ closest_tips_ms = 300 }"}
ALL = (LOOP, WIRE, CREST, AIR, RAIN)


def text(*devices: dict[str, str], head: str = HEAD) -> str:
    parts = [head]
    for name, block, slot, kind, unit in CHANNELS:
        parts.append(f'[[channel]]\nid = "{name}"\nlogger = "pond"\nblock = {block}\nslot = {slot}')
        parts.append(f'kind = "{kind}"\nunit = "{unit}"')
    for device in devices:
        parts += ["[[device]]", *(f"{key} = {value}" for key, value in {"logger": '"pond"', **device}.items())]
    return "\n".join(parts) + "\n"


def test_a_logger_gets_its_instruments_from_the_site() -> None:
    site = parse_site(text({**LOOP, "power": "2", "retries": "1"}, WIRE, CREST, {**AIR, "scan_s": "3600"}, RAIN))
    own = configuration(site, site.logger_by_id["pond"])
    assert (own["logger_id"], own["address"], own["baud"], own["parity"]) == (7, 3, 19200, "even")
    assert [block["slots"] for block in own["blocks"]] == [["vw", "vw"], ["current", "pressure", "pulses"]]
    assert own["instruments"][0] == {
        "driver": "current_loop", "at": ["1:0"], "retries": 1, "power": 2,
        "inputs": [0], "shunt_mohm": 90900, "fault_low_ua": 3600, "fault_high_ua": 21000,
    }  # fmt: skip
    assert own["instruments"][3] == {"driver": "barometer", "at": ["1:1", None], "scan_s": 3600}
    assert own["instruments"][1]["at"] == ["0:0"]
    assert "mode" not in own


def test_the_firmware_takes_what_the_site_makes() -> None:
    head = HEAD.replace('datum = "local"', 'datum = "local"\nmains_hz = 60')
    site = parse_site(text(*ALL, head=head))
    read = config.settings(_as_json(configuration(site, site.logger_by_id["pond"])))
    assert [one.driver for one in read.instruments] == [device.driver for device in site.devices]
    assert [one.places for one in read.instruments][3] == ((1, 1), None)
    assert (read.mains_hz, read.parity, read.mode) == (60, "even", "continuous")


def test_a_sleeping_logger_says_how_long_it_listens() -> None:
    head = HEAD.replace("address = 3\n", 'address = 3\nmode = "window"\nwindow_s = 12\n')
    site = parse_site(text(head=head))
    own = configuration(site, site.logger_by_id["pond"])
    assert (own["mode"], own["window_s"]) == ("window", 12)
    assert "instruments" not in own
    assert config.settings(_as_json(own)).window_s == 12


def _as_json(own):
    return json.loads(json.dumps(own))


SDI12 = {"driver": '"sdi12"', "channels": '["level"]', "options": '{ address = "0", fields = ["current"] }'}
MODBUS = {
    "driver": '"modbus"',
    "channels": '["air"]',
    "options": '{ address = 4, fields = [["pressure", 2, "f32", 100, 1]] }',
}
BROKEN = [
    ("no such driver", [{**LOOP, "driver": '"current_lop"'}], "device[1].driver", "did you mean current_loop"),
    ("no such logger", [{**LOOP, "logger": '"pont"'}], "device[1].logger", "did you mean pond"),
    ("option lacking", [{**RAIN, "options": "{}"}], "device[1].options.closest_tips_ms", "nothing"),
    ("option out of range", [{**WIRE, "options": WIRE["options"].replace("400", "4")}],
     "device[1].options.lowest_hz", "from 400 to 6000"),
    ("unknown option", [{**RAIN, "options": "{ closest_tips_ms = 300, colour = 1 }"}],
     "device[1].options.colour", "closest_tips_ms"),
    ("options that do not go together", [{**WIRE, "options": WIRE["options"].replace("6000", "400")}],
     "device[1].options.highest_hz", "more than lowest_hz"),
    ("no such channel", [{**LOOP, "channels": '["levle"]'}], "device[1].channels[1]", "did you mean level"),
    ("a channel of another kind", [{**LOOP, "channels": '["air"]'}], "device[1].channels[1]", "for current"),
    ("a scalar for a wire", [{**WIRE, "channels": '["level"]'}], "device[1].channels[1]", "for vw"),
    ("too few channels", [{**AIR, "channels": '["air"]'}], "device[1].channels", "pressure, temperature"),
    ("no channel at all", [{**AIR, "channels": '["", ""]'}], "device[1].channels", "pressure, temperature"),
    ("a slot filled twice", [WIRE, TWIN, CREST],
     "device[2].channels", "device[1]"),
    ("a coil used twice", [WIRE, {**CREST, "options": WIRE["options"]}], "device[2].options", "coil 0"),
    ("two languages on one line", [SDI12, MODBUS, RAIN], "device[2].options", "second UART"),
    ("a block filled in part", [LOOP, AIR], "channel[pond/rain]", "no [[device]]"),
    ("an odd interval", [WIRE, {**CREST, "scan_s": "1000"}], "device[2].scan_s", "multiple"),
    ("too many retries", [WIRE, {**CREST, "retries": "9"}], "device[2].retries", "0 to 5"),
    ("no such switch", [WIRE, {**CREST, "power": "4"}], "device[2].power", "0 to 3"),
    ("channels that are no list", [{**LOOP, "channels": '"level"'}], "device[1].channels", "a list of texts"),
]  # fmt: skip


@pytest.mark.parametrize(("devices", "place", "word"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_each_rule_names_its_one_problem(devices, place: str, word: str) -> None:
    with pytest.raises(SiteError) as caught:
        parse_site(text(*devices))
    found = {problem.path: f"{problem.found} | {problem.expected}" for problem in caught.value.problems}
    others = set(found) - {place}
    assert all(path.startswith("channel[") for path in others), found  # slots that are left empty by the fault
    assert word in found[place], found


def test_what_counts_all_the_time_keeps_its_logger_awake() -> None:
    head = HEAD.replace("address = 3\n", 'address = 3\nmode = "window"\n')
    with pytest.raises(SiteError) as caught:
        parse_site(text(*ALL, head=head))
    assert [problem.path for problem in caught.value.problems] == ["device[5].driver"]


def test_the_table_of_drivers_is_the_firmwares() -> None:
    assert set(drivers.DRIVERS) == set(DRIVERS)
    assert option_forms.KINDS == SCALE
    scalars = {name: kind.scale for name, kind in CHANNEL_KINDS.items() if kind.payload_type == PAYLOAD_SCALAR}
    assert scalars == option_forms.KINDS


def test_the_kinds_of_a_drivers_channels_are_those_of_its_class() -> None:
    for name, (kinds, _, _) in drivers.DRIVERS.items():
        own = load(name).CHANNELS
        assert own == kinds if isinstance(kinds, tuple) else own == (), name


def test_every_default_is_right() -> None:
    for name, (_, _, options) in drivers.DRIVERS.items():
        said = {option: default for option, _, _, _, default in options if default not in (drivers.REQUIRED, None)}
        wrong = [option for option, _ in drivers.faults(name, said)]
        assert not set(wrong) & set(said), name
