from dataclasses import replace
from pathlib import Path

import pytest

from seepline.site_file import read_site
from seepline.wire.site_clock import iso_ms
from seepline.wire.status import LOOP_FAULT, NO_SIGNAL
from simulator import inputs, play
from simulator.dam import moments
from simulator.gauge import gauge_at
from simulator.input_table import InputError
from simulator.scenario import SensorFault
from simulator.sensors import pore_pressures_kpa

START_MS = iso_ms("2016-01-01T07:45:00Z")
LIVE = 96  # index of the scan at the start: a quiet day of scans stands before it


@pytest.fixture(scope="module")
def site():
    return read_site(Path("simulator/demo/site.toml"))


@pytest.fixture(scope="module")
def demo(site):
    scenario = inputs.read(Path("simulator/demo/inputs.toml"), site).scenario
    return replace(scenario, settings=replace(scenario.settings, live_hours=50))


@pytest.fixture(scope="module")
def scans(demo, site):
    return play.scans(demo, site, START_MS)


@pytest.fixture(scope="module")
def states(demo):
    return list(moments(demo, 900, START_MS // 1000))


@pytest.fixture(scope="module")
def gauge(site):
    return lambda point: gauge_at(site, point, "pond", START_MS)


def faulty(demo, site, channel, fault):
    spoilt = SensorFault(channel=channel, fault=fault, from_h=1.0, to_h=2.0)
    quiet = replace(demo, settings=replace(demo.settings, live_hours=3), sensor_fault=(spoilt,))
    return play.scans(quiet, site, START_MS)[LIVE:]


def test_history_is_one_quiet_day_before_the_start(scans, states):
    assert (scans[0].utc_s, scans[LIVE].utc_s) == (START_MS // 1000 - 86400, START_MS // 1000)
    assert {state.level_m for state in states[: LIVE + 1]} == {50.8}


def test_pore_pressure_comes_back_through_the_sheet(demo, site, gauge):
    part = replace(demo.piezometer[0], noise_hz=0.0)
    weather = replace(demo.weather, noise_kpa=0.0)
    still = replace(demo, piezometer=(part,), weather=weather, sensor_fault=())
    toe, air = gauge("TOE-P1"), gauge("PD-BARO")
    states = list(moments(still, 900, START_MS // 1000))
    expected = list(pore_pressures_kpa(part, states))
    for scan, kpa in zip(play.scans(still, site, START_MS), expected, strict=True):
        values = {
            "frequency": scan.values["toe_frequency"],
            "thermistor": scan.values["toe_thermistor"],
            "barometer": air.converted("barometric_pressure", {"voltage": scan.values["barometer"]}),
        }
        assert toe.converted("pore_pressure", values) == pytest.approx(kpa, abs=1e-6)
        assert toe.converted("temperature", values) == pytest.approx(9.5, abs=1e-6)


def test_pond_level_comes_back_through_the_loop(scans, states, gauge):
    for scan, state in zip(scans, states, strict=True):
        if "level" not in scan.status:
            level_m = gauge("POND").converted("water_level", {"current": scan.values["level"]})
            assert level_m == pytest.approx(state.level_m, abs=0.01)


def test_tips_add_up_to_the_rain(scans, states):
    fallen_mm = sum(scan.values["rain"] for scan in scans) * 0.254
    assert states[-1].rain_mm - 0.254 < fallen_mm <= states[-1].rain_mm == pytest.approx(96.0)


def test_demo_climbs_through_yellow_orange_and_red_and_holds(demo, states):
    kpa = list(pore_pressures_kpa(demo.piezometer[0], states))[LIVE:]
    first = [next(scan for scan, value in enumerate(kpa) if value > limit) for limit in (40.0, 60.0, 80.0)]
    assert 6 <= first[0] <= 10
    assert 16 <= first[1] <= 20
    assert 26 <= first[2] <= 30
    assert min(kpa[32:]) > 85


def test_berm_leans_with_the_pond_and_slips_in_the_earthquake(scans, gauge):
    def displacement_mm(scan):
        return gauge("IPI-1").converted("displacement", {f"tilt{n}": scan.values[f"tilt{n}"] for n in range(1, 6)})

    quiet, full, before, after = (displacement_mm(scans[LIVE + n]) for n in (0, 40, 95, 96))
    assert quiet == pytest.approx(0.0, abs=0.05)
    assert full == pytest.approx(0.8 * 7.69, abs=0.1)
    assert after - before == pytest.approx(19.9, abs=0.2)


def test_wire_without_signal_keeps_its_thermistor(demo, site):
    scans = faulty(demo, site, "toe_frequency", "no_signal")
    assert [NO_SIGNAL if "toe_frequency" not in scan.values else 0 for scan in scans[3:9]] == [0, 2, 2, 2, 2, 0]
    assert scans[4].status == {"toe_frequency": NO_SIGNAL}
    assert "toe_thermistor" in scans[4].values
    assert (0, 0) not in scans[4].wire


def test_broken_loop_shows_fault_current(demo, site):
    scans = faulty(demo, site, "level", "loop_fault")
    assert scans[4].values["level"] == 3.5
    assert scans[4].status == {"level": LOOP_FAULT}
    assert scans[8].status == {}


def test_stuck_sensor_repeats_the_value_it_had(demo, site):
    scans = faulty(demo, site, "tilt3", "stuck")
    assert len({scan.values["tilt3"] for scan in scans[4:8]}) == 1
    assert len({scan.values["tilt2"] for scan in scans[4:8]}) == 4


def test_cut_cable_leaves_nothing(demo, site):
    scans = faulty(demo, site, "tilt3", "cut")
    assert ["tilt3" in scan.values for scan in scans[3:9]] == [True, False, False, False, False, True]


def test_same_seed_gives_the_same_readings(demo, site, scans):
    assert play.scans(demo, site, START_MS) == scans
    other = replace(demo, settings=replace(demo.settings, seed=7))
    assert play.scans(other, site, START_MS) != scans


@pytest.mark.parametrize(
    ("channel", "fault", "reason"),
    [
        ("tilt9", "cut", "no channel 'tilt9'"),
        ("level", "no_signal", "happens to a channel of kind vw_frequency only"),
    ],
)
def test_fault_that_cannot_happen_is_refused(demo, site, channel, fault, reason):
    with pytest.raises(InputError, match=reason):
        faulty(demo, site, channel, fault)


def test_pond_above_its_probe_is_refused(demo, site):
    with pytest.raises(InputError, match="POND: no current of its gauge gives a water_level of 6"):
        play.scans(replace(demo, pond=replace(demo.pond, level_m=61.0)), site, START_MS)


def test_gauge_of_another_logger_is_refused(demo, site):
    foreign = replace(demo.piezometer[0], point="MV-P1")
    with pytest.raises(InputError, match="point MV-P1 is read through mvd116/p1_frequency"):
        play.scans(replace(demo, piezometer=(foreign,)), site, START_MS)
