"""A site of any size for bench/judgement.py, and the lines that its loggers send.

Each logger has four vibrating wires (frequency and thermistor: 8 channels, one line a scan); before every hundred
of them stands a barometer. Each wire is a piezometer with the published sheet of tests/collector/dam.toml, a
limit, four checks (nature's range, flat line, range, rate) and two derived quantities.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seepline.site import Assignment, Site
from seepline.site_derived import Derived
from seepline.site_file import read_site
from seepline.site_quality import QualityRule
from seepline.site_wiring import Channel, Logger

WIRES, SCAN_MS = 4, 900_000
READINGS = 2 * WIRES  # raw readings of a line
T0_MS = 1_450_000_800_000
_FOR_A_BAROMETER = 100
_DAM = Path(__file__).parents[1] / "tests" / "collector" / "dam.toml"


def the_site(channels: int) -> Site:
    """Return a site with so many channels on its wires."""
    dam = read_site(_DAM)
    loggers = [f"l{number}" for number in range(channels // READINGS)]
    airs = [_air_of(number) for number in range(0, len(loggers), _FOR_A_BAROMETER)]
    wires = [
        (number, name, f"{name}-{wire}", wire) for number, name in enumerate(loggers) for wire in range(WIRES)
    ]
    points = [point for _, _, point, _ in wires]
    vw, baro = dam.calibrations_by_instrument["vw"][0], dam.calibrations_by_instrument["baro"][0]
    return replace(
        dam,
        loggers=tuple(_logger(number, name) for number, name in enumerate([*airs, *loggers])),
        channels=(*map(_air_channel, airs), *(one for _, name, _, wire in wires for one in _channels(name, wire))),
        points=tuple(replace(dam.point_by_id["P1"], id=name) for name in [*airs, *points]),
        instruments=(
            *(replace(dam.instrument_by_id["baro"], id=name) for name in airs),
            *(replace(dam.instrument_by_id["vw"], id=name) for name in points),
        ),
        assignments=(*map(_air, airs), *(_assignment(*wire) for wire in wires)),
        calibrations=(
            *(replace(baro, id=name, instrument=name) for name in airs),
            *(replace(vw, id=name, instrument=name) for name in points),
        ),
        thresholds=tuple(replace(dam.thresholds[0], point=name) for name in points),
        quality_rules=tuple(one for name in points for one in _checks(name)),
        derived=tuple(one for name in points for one in _derived(name)),
    )


def _air_of(number: int) -> str:
    return f"air{number // _FOR_A_BAROMETER}"


def _logger(number: int, name: str) -> Logger:
    return Logger(id=name, serial=number + 1, bus="bus1", address=1, scan_s=SCAN_MS // 1000, silence_s=14400)


def _air_channel(name: str) -> Channel:
    return Channel(
        id="baro", logger=name, block=0, slot=0, kind="voltage", unit="mV", stuck_after=4, resolution=0.001
    )


def _channels(logger: str, wire: int) -> tuple[Channel, Channel]:
    place = {"logger": logger, "block": 0, "slot": wire}
    return (
        Channel(id=f"f{wire}", kind="vw_frequency", unit="Hz", stuck_after=4, resolution=0.001, **place),
        Channel(id=f"t{wire}", kind="vw_thermistor", unit="ohm", stuck_after=4, resolution=0.001, **place),
    )


def _air(name: str) -> Assignment:
    return Assignment(point=name, instrument=name, inputs={"voltage": f"{name}/baro"}, valid_from_ms=0)


def _assignment(number: int, logger: str, point: str, wire: int) -> Assignment:
    inputs = {"frequency": f"{logger}/f{wire}", "thermistor": f"{logger}/t{wire}"}
    references = {"barometer": _air_of(number)}
    return Assignment(point=point, instrument=point, inputs=inputs, references=references, valid_from_ms=0)


def _checks(point: str) -> tuple[QualityRule, QualityRule]:
    about = {"point": point, "quantity": "pore_pressure", "valid_from_ms": 0}
    return (
        QualityRule(test="range", suspect_min=-5.0, suspect_max=200.0, **about),
        QualityRule(test="rate", suspect=30.0, within_s=3600, **about),
    )


def _derived(point: str) -> tuple[Derived, Derived]:
    about = {"point": point, "version": 1, "inputs": {"pressure": f"{point}/pore_pressure"}}
    head = {"tip_elevation_m": 1250.0, "density_kg_m3": 1000.0}
    ratio = {"unit_weight_kn_m3": 19.0, "depth_m": 20.0}
    return (
        Derived(quantity="piezometric_elevation", formula="piezometric_elevation", parameters=head, **about),
        Derived(quantity="pore_pressure_ratio", formula="pore_pressure_ratio", parameters=ratio, **about),
    )


def lines(channels: int, scans: int) -> Iterator[str]:
    """Yield the lines of so many scans of all loggers, scan after scan, the barometers of a scan first."""
    dice = random.Random(channels)
    loggers = channels // READINGS
    for scan in range(scans):
        tail = f"ring=7i,boot=1i,seq={scan + 1}i,tq=2i {T0_MS + scan * SCAN_MS}"
        for number in range(0, loggers, _FOR_A_BAROMETER):
            yield f"raw,site=dam,logger={_air_of(number)},block=0 baro={2100 + dice.gauss(0, 2):.3f},{tail}"
        for number in range(loggers):
            values = ",".join(
                f"f{wire}={2880 + dice.gauss(0, 0.5):.3f},t{wire}={3000 + dice.gauss(0, 2):.3f}"
                for wire in range(WIRES)
            )
            yield f"raw,site=dam,logger=l{number},block=0 {values},{tail}"
