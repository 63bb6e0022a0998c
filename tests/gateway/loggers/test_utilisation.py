"""The poll plan: the page's worked example, and a plan that cannot be kept is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.bus.exchange import Pace, pace_of, read_registers
from gateway.loggers.client import IDENTIFICATION
from gateway.loggers.utilisation import Demand, exchange_s, load_of, loads, no_demands
from seepline.cli import app


@pytest.mark.parametrize(("baud", "bits", "all_s"), [(19200, 11, 2.56), (9600, 11, 4.96)])
def test_thirty_loggers_of_sixty_registers_take_the_time_of_the_worked_example(baud, bits, all_s):
    pace = Pace(baud, bits, 0.005)
    assert 30 * exchange_s(pace, read_registers(3, 0, 60)) == pytest.approx(all_s, abs=0.01)


def test_utilisation_is_the_polls_share_of_the_scan_and_two_percent_for_the_dead(site):
    load = load_of(site, site.buses[0])
    logger = site.loggers[0]
    assert (load.loggers, load.requests) == (2, 4)
    identified_s = 2 * exchange_s(pace_of(site.buses[0], 0.1), IDENTIFICATION) / 3600
    assert load.utilisation == pytest.approx(load.busy_s / logger.scan_s + identified_s + 0.02)
    assert load.back_fill_per_s > 1


def test_sleepers_are_identified_in_each_window_and_must_fit_into_it(site):
    asleep = replace(site, loggers=tuple(replace(one, mode="window", window_s=5) for one in site.loggers))
    load = load_of(asleep, asleep.buses[0])
    assert (load.loggers, load.sleepers, load.requests) == (2, 2, 6)
    assert load.window_use == pytest.approx(load.busy_s / 5)
    assert load.worst_latency_s > 2 + 1.5  # one wire
    crowded = replace(asleep, loggers=asleep.loggers * 20)
    assert load_of(crowded, crowded.buses[0]).window_use > 1


def test_what_others_want_of_the_bus_is_counted(site):
    wanted = Demand("level", [read_registers(3, 0, 2)] * 3, every_s=10, pause_s=0.5)
    alone, shared = (load_of(site, site.buses[0], demands=one) for one in (no_demands, lambda *_: [wanted]))
    assert (shared.instruments, shared.requests, shared.scan_s) == (1, alone.requests + 3, 10)
    assert shared.utilisation - alone.utilisation == pytest.approx((shared.busy_s - alone.busy_s) / 10)
    assert shared.busy_s - alone.busy_s > 0.5


def test_a_radio_segment_makes_a_bus_slower(site):
    radio = {"latency_s": 0.05, "packet_bytes": 64, "gap_s": 0.01, "broadcast": False}
    far = replace(site.buses[0], radio=radio)
    assert load_of(site, far).busy_s > load_of(site, site.buses[0]).busy_s + 4 * 2 * 0.05


def test_a_plan_above_all_the_time_is_refused_with_what_would_help(site):
    crowded = replace(site, loggers=tuple(replace(one, scan_s=1) for one in site.loggers * 8))
    assert loads(crowded)[0].utilisation > 1


def test_the_table_names_each_bus_and_an_unknown_gateway_is_one_sentence():
    shown = CliRunner().invoke(app, ["gateway", "plan", "simulator/demo/site.toml"])
    assert shown.exit_code == 0
    assert "bus1" in shown.output
    wrong = CliRunner().invoke(app, ["gateway", "plan", "simulator/demo/site.toml", "--gateway", "gw9"])
    assert wrong.exit_code == 2
    assert "expected one of gw1" in wrong.output


def test_a_bus_that_cannot_keep_its_plan_ends_with_code_2(tmp_path):
    text = Path("simulator/demo/site.toml").read_text().replace("baud = 115200", "baud = 9600")
    (tmp_path / "slow.toml").write_text(text.replace("scan_s = 900", "scan_s = 2"))
    shown = CliRunner().invoke(app, ["gateway", "plan", str(tmp_path / "slow.toml"), "--turn-round-s", "1"])
    assert shown.exit_code == 2
    assert "a longer scan_s" in shown.output
