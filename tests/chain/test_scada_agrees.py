"""What the plant reads at the gateway is what the collector says: one judgement, two rooms."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from collector.present import present
from collector.raw_lines import RawRow, RawValue
from gateway.scada.evaluate import Evaluator
from gateway.scada.register_map import site_of
from seepline.alarm import AlarmState, Event
from seepline.coverage import assigned_points, point_is_valid, site_state
from seepline.reading import RawReading
from seepline.site import Threshold
from seepline.site_derived import Derived
from seepline.site_file import read_site
from seepline.thresholds import Level
from seepline.wire import status as bits
from tests.collector.chain import SCAN_MS, T0_MS, Chain

DAM = Path(__file__).parents[1] / "collector" / "dam.toml"
_HERTZ = (2900.0, 2900.05, 2840.0, 2760.0, 2700.0, 2890.0)
_SCANS = 120


@pytest.fixture
def chain(tmp_path):
    made = Chain(read_site(DAM), tmp_path)
    yield made
    made.close()


def scan(dice: random.Random, number: int) -> list[RawRow]:
    """Return what two loggers say in one scan: a reading, a fault or nothing of the gauge, in either order.

    The barometer always speaks: where it does not, the collector waits for it and the gateway does not.
    """
    value = RawValue("f", None, bits.NO_SIGNAL) if dice.random() < 0.1 else RawValue("f", dice.choice(_HERTZ), 0)
    rows = [_row("b", number, (RawValue("baro", 2100.0 + dice.randrange(3), 0),))]
    if dice.random() > 0.1:
        rows.append(_row("a", number, (value, RawValue("t", 3000.0, 0))))
    dice.shuffle(rows)
    return rows


def _row(logger: str, number: int, values: tuple[RawValue, ...]) -> RawRow:
    time_ms = T0_MS + number * SCAN_MS
    return RawRow(
        line=1, logger=logger, block=0, time_ms=time_ms, values=values, ring=7, boot=1, seq=number + 1, tq=2
    )


def readings(row: RawRow) -> list[RawReading]:
    return [
        RawReading(f"{row.logger}/{one.channel}", row.time_ms, one.value, one.status, f"{row.logger}:7:{row.seq}")
        for one in row.values
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_values_qualities_levels_and_coverage_are_the_collector_s(chain, seed):
    dice, heard = random.Random(seed), list[Event]()
    evaluator = Evaluator(site_of(chain.site, "gw1"), heard.extend)
    worst = Level.GREEN
    for number in range(_SCANS):
        rows = scan(dice, number)
        chain.take(*rows)
        for target in evaluator.take([one for row in rows for one in readings(row)], chain.now_ms):
            evaluator.judge(target)
        for name, state in chain.store.states("alarm", AlarmState).items():  # what readings say, held by nobody
            point, quantity, _direction = name.split("/")
            level = state.present.level
            assert evaluator.level(point, quantity, chain.now_ms) == level, f"seed {seed}, scan {number}"
            worst = max(worst, level)
    assert worst is Level.RED
    known = present(chain.site, chain.reader, chain.now_ms)
    assert evaluator.latest.keys() == known.latest.keys()
    for key, made in evaluator.latest.items():
        stored = known.latest[key]
        assert (made.time_ms, made.value, made.quality) == (stored.time_ms, stored.value, stored.quality), key
    site, latest = evaluator.site, evaluator.latest
    valid = {
        one: point_is_valid(site, one, latest, set(), chain.now_ms) for one in assigned_points(site, chain.now_ms)
    }
    stored = [one.id for one in chain.reader.events(10_000) if one.kind in ("level", "late", "realarm")]
    assert set(stored) <= {one.id for one in heard}  # no alarm is told under two names; the collector holds levels
    assert len(stored) == len(set(stored)) > 5
    assert site_state(site, chain.now_ms, known.levels.values(), valid) == known.state


HEAD = Derived(
    point="P1",
    quantity="piezometric_elevation",
    formula="piezometric_elevation",
    version=1,
    inputs={"pressure": "P1/pore_pressure"},
    parameters={"tip_elevation_m": 10.0, "density_kg_m3": 1000.0},
)
RISE = Derived(
    point="P1",
    quantity="rise_rate",
    formula="rise_rate",
    version=1,
    inputs={"level": "P1/piezometric_elevation"},
    parameters={"window_s": 3600.0},
)
LONG = replace(RISE, quantity="level_trend", formula="trend", inputs={"value": "P1/piezometric_elevation"})
LONG = replace(LONG, parameters={"window_s": 30 * 86400.0})
BOTH = Derived(
    point="BARO",
    quantity="pore_pressure_residual",
    formula="expression",
    version=1,
    inputs={"u": "P1/pore_pressure", "air": "BARO/barometric_pressure"},
    parameters={"text": "u - 0.5 * (air - 101.3 [kPa])"},
)


def limit(quantity, red, point="P1"):
    about = {"set": "s1", "point": point, "quantity": quantity, "direction": "above", "deadband": 0.1}
    return Threshold(**about, yellow=red / 4, orange=red / 2, red=red, delay_count=1)


def test_derived_quantities_have_the_collector_s_levels_here_and_a_limit_that_cannot_is_counted(tmp_path):
    dam = read_site(DAM)
    limits = (limit("piezometric_elevation", 20.0), limit("rise_rate", 900.0), limit("level_trend", 1.0))
    limits = (*limits, limit("pore_pressure_residual", 60.0, "BARO"))
    chain = Chain(replace(dam, derived=(LONG, RISE, HEAD, BOTH), thresholds=limits), tmp_path)
    dice, evaluator, worst = random.Random(4), Evaluator(site_of(chain.site, "gw1")), dict[str, Level]()
    assert evaluator.elsewhere == {("P1", "level_trend")}
    for number in range(_SCANS // 2):
        rows = scan(dice, number)
        chain.take(*rows)
        for target in evaluator.take([one for row in rows for one in readings(row)], chain.now_ms):
            evaluator.judge(target)
        for name, state in chain.store.states("alarm", AlarmState).items():
            (point, quantity, _direction), level = name.split("/"), state.present.level
            if quantity != "level_trend":
                here = evaluator.level(point, quantity, chain.now_ms) or Level.GREEN  # None: nothing told yet
                assert here == level, (quantity, number)
                worst[quantity] = max(worst.get(quantity, Level.GREEN), level)
    assert set(worst.values()) == {Level.RED}
    assert len(worst) == 3
    stored = chain.reader.latest()
    for key in (("P1", "piezometric_elevation"), ("P1", "rise_rate"), ("BARO", "pore_pressure_residual")):
        made = evaluator.latest[key]
        assert (made.time_ms, made.value, made.bound) == (
            stored[key].time_ms,
            stored[key].value,
            stored[key].bound,
        )
    chain.close()
