"""The collector's small dam with a second piezometer, diagnostic channels, and every quality test switched on."""

from collections.abc import Iterable
from pathlib import Path

from seepline.quality import TESTS
from seepline.site import Site
from seepline.site_file import parse_site

_FROM = "2015-06-01T00:00:00Z"


def _entry(table: str, **values: object) -> str:
    lines = (f"{key} = {repr(value) if isinstance(value, str) else value}" for key, value in values.items())
    return f"[[{table}]]\n" + "\n".join(lines) + "\n\n"


def _wire(logger: str, channels: dict[str, str], kinds: dict[str, str]) -> str:
    return "".join(
        _entry(
            "channel", id=name, logger=logger, block=1 if logger == "c" else 0, slot=0, kind=kind, unit=kinds[kind]
        )
        for name, kind in channels.items()
    )


_UNITS = {"vw_frequency": "Hz", "vw_thermistor": "ohm", "vw_amplitude": "mV", "vw_snr": "1", "vw_decay": "1",
          "vw_agreement": "Hz"}  # fmt: skip

# One entry for each test of the table, by its name.
PARAMETERS: dict[str, dict[str, object]] = {
    "range": {"suspect_min": 5.0, "suspect_max": 60.0},
    "spike": {"method": "average", "suspect": 10.0, "fail": 50.0, "within_s": 1800},
    "rate": {"suspect": 30.0, "fail": 200.0, "within_s": 3600},
    "attenuated": {"method": "range", "suspect": 0.5, "period_s": 3600, "readings": 3},
    "hampel": {"deviations": 3.0, "floor": 0.5, "readings": 3, "period_s": 2700, "method": "centred"},
    "neighbour": {"neighbour": "P2", "suspect": 5.0, "period_s": 1800, "within_s": 900},
    "barometric_response": {
        "neighbour": "BARO", "response_kpa_per_kpa": 0.9, "tolerance_kpa_per_kpa": 0.05, "period_s": 5400,
        "readings": 3, "within_s": 900, "accepted_by": "N. Nazarov", "source": "report 7",
    },
    "vw_amplitude": {"suspect_mv": 0.1, "fail_mv": 0.01},
    "vw_snr": {"min_snr": 10.0},
    "vw_decay": {"min_decay": 0.1, "max_decay": 0.95},
    "vw_agreement": {"suspect_hz": 0.3},
    "vw_sweep": {"low_hz": 450.0, "high_hz": 6000.0, "edge_hz": 5.0},
    "vw_mains": {"tolerance_hz": 1.0, "min_snr": 10.0},
    "vw_span": {"low_factor": 0.7, "high_factor": 1.3},
    "thermistor": {"min_ohm": 150.0, "max_ohm": 110000.0},
    "time_order": {},
}  # fmt: skip
assert PARAMETERS.keys() == TESTS.keys()


def text(tests: Iterable[str] = PARAMETERS) -> str:
    """Return the site file with one rule for each of these tests of P1's pore pressure."""
    dam = Path(__file__).with_name("dam.toml").read_text(encoding="utf-8")
    beside = {"amplitude": "vw_amplitude", "snr": "vw_snr", "decay": "vw_decay", "agreement": "vw_agreement"}
    second = dam[dam.index('[[calibration]]\nid = "vw"') :].split("\n\n")[0]
    second = second.replace('id = "vw"', 'id = "vw2"').replace('instrument = "vw"', 'instrument = "vw2"')
    place = {"section": "A", "kind": "piezometer", "easting_m": 5.0, "northing_m": 0.0, "elevation_m": 10.0}
    return "\n".join(
        (
            dam,
            _wire("a", beside, _UNITS),
            _wire("c", {"f2": "vw_frequency", "t2": "vw_thermistor"}, _UNITS),
            _entry("point", id="P2", **place, failure_mode="slope") + "critical = false\n",
            _entry("instrument", id="vw2", kind="vw_piezometer", maker="test", serial="3"),
            '[[assignment]]\npoint = "P2"\ninstrument = "vw2"\nvalid_from = 2015-01-01T00:00:00Z\n'
            'inputs = { frequency = "c/f2", thermistor = "c/t2" }\nreferences = { barometer = "BARO" }\n',
            second,
            *(rule(name) for name in tests),
        )
    )


def rule(name: str, valid_from: str = _FROM, **changed: object) -> str:
    """Return a `[[quality]]` entry of P1's pore pressure."""
    given = {key: value for key, value in {**PARAMETERS[name], **changed}.items() if value is not None}
    own = {"point": "P1", "quantity": "pore_pressure", "test": name} | given
    return "\n" + _entry("quality", **own).rstrip() + f"\nvalid_from = {valid_from}\n"


def with_every_test(*left_out: str) -> Site:
    """Return the site with a rule for every test but those left out."""
    return parse_site(text(name for name in PARAMETERS if name not in left_out))
