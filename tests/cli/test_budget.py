"""`seepline logger budget`: the table that a person sees, the numbers that a machine gets, and how it refuses."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seepline.cli.logger import planning
from seepline.power_budget import Battery, Board, Instrument, Plan, budget
from seepline.reckoning import solar
from seepline.site_file import read_site

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs/examples/power.toml"
PAGE = ROOT / "docs/power-budget.md"
BATTERY = Battery(volt=3.3, ah=10, derating=0.5, self_discharge_per_year=0)
BOARD = Board(asleep_ua=100, awake_ma=20, busy_ma=40, converter=1, boot_s=0, clock_s=0)


def run(*arguments: str, width: int = 140) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, somewhere else than in the repository."""
    found = subprocess.run(
        [sys.executable, "-m", "seepline.cli", "logger", "budget", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": str(width), "PYTHONPATH": str(ROOT)},
        cwd="/",
        timeout=60,
    )
    assert "Traceback" not in found.stdout + found.stderr
    return found


def loggers(*arguments: str) -> dict[str, dict]:
    found = run(str(SITE), "--json", *arguments)
    assert found.returncode == 0, found.stderr
    return {one["logger"]: one for one in json.loads(found.stdout)["loggers"]}


def instrument(**changes: object) -> Instrument:
    fields = {
        "name": "probe", "group": "sdi12", "scan_s": 900, "lead_ms": 1000, "measure_ms": 2000, "supply_ua": 10000,
        "between_ua": 500, "volt": 3.3, "switched": True, "samples": False, "source": "sheet",
    }  # fmt: skip
    return Instrument(**{**fields, **changes})


def plan(window_s: int = 0, *instruments: Instrument) -> Plan:
    return Plan(
        logger="a",
        scan_s=900,
        window_s=window_s,
        baud=9600,
        bus_bytes=0,
        doors_per_day=0,
        instruments=instruments,
    )


def test_a_continuous_logger_takes_its_current_all_day() -> None:
    found = budget(plan(), BOARD, BATTERY)
    assert found.mean_ma == pytest.approx(20 + 20 * 9.6 / 86400)  # twice the current while it stores
    assert found.ah_per_year == pytest.approx(found.mean_ma * 8.76)
    assert found.days == pytest.approx(10 * 0.5 * 1000 / found.mean_ma / 24)


def test_a_day_has_as_many_seconds_as_there_are_in_it() -> None:
    for window_s in (0, 5, 60):
        found = budget(plan(window_s, instrument()), BOARD, BATTERY)
        own = [row for row in found.rows if row.what not in ("probe", "answering on the bus")]
        assert sum(row.seconds_per_day for row in own) == pytest.approx(86400)


def test_a_window_costs_what_it_lasts() -> None:
    found = budget(plan(8), BOARD, BATTERY)
    awake_s, measuring_s = 96 * 8 * 1.25, 9.6
    asleep_s = 86400 - awake_s - measuring_s
    assert found.mean_ma == pytest.approx((20 * awake_s + 40 * measuring_s + 0.1 * asleep_s) / 86400)


def test_an_instrument_costs_from_warm_up_to_measured_and_without_a_switch_all_day() -> None:
    bare = budget(plan(), BOARD, BATTERY).mean_ma
    busy = (40 - 20) * 2 * 96 / 86400  # the processor, while it is measured
    switched = budget(plan(0, instrument()), BOARD, BATTERY).mean_ma
    assert switched - bare == pytest.approx(busy + 10 * 3 * 96 / 86400)
    always = budget(plan(0, instrument(switched=False)), BOARD, BATTERY).mean_ma
    assert always - bare == pytest.approx(busy + 10 * 2 * 96 / 86400 + 0.5)
    hourly = budget(plan(0, instrument(scan_s=3600)), BOARD, BATTERY).mean_ma
    assert hourly - bare == pytest.approx((switched - bare) / 4)


def test_instruments_of_one_driver_are_measured_in_turn_and_others_beside_them() -> None:
    def measuring_s(*instruments: Instrument) -> float:
        return budget(plan(0, *instruments), BOARD, BATTERY).rows[0].seconds_per_day

    assert measuring_s(instrument(), instrument()) == pytest.approx(96 * 4.1)
    assert measuring_s(instrument(), instrument(group="modbus")) == pytest.approx(96 * 2.1)


def test_another_voltage_costs_its_share_and_the_converters() -> None:
    board = Board(asleep_ua=0, awake_ma=20, busy_ma=20, converter=0.8)
    battery = Battery(volt=13.2, ah=10, derating=1, self_discharge_per_year=0)
    assert budget(plan(), board, battery).mean_ma == pytest.approx(20 / 4 / 0.8)


def test_self_discharge_ends_a_battery_that_nothing_else_does() -> None:
    battery = Battery(volt=3.3, ah=10, derating=1, self_discharge_per_year=0.1)
    nothing = Board(asleep_ua=0, awake_ma=0, busy_ma=0)
    assert budget(plan(), nothing, battery).days == pytest.approx(3650)


def test_the_page_shows_what_the_command_says() -> None:
    found = run(str(SITE), width=134)
    assert found.returncode == 0, found.stderr
    lines = [f"    {line.rstrip()}".rstrip() for line in found.stdout.strip().splitlines()]
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8")


def test_the_loggers_own_figures_are_in_it() -> None:
    found = loggers()
    crest, toe = found["crest"], found["toe"]
    rows = {row["what"]: row for row in crest["rows"]}
    assert rows["vibrating_wire 0:0"]["ma"] == 15
    assert rows["humidity 2:1 2:2"]["seconds_per_day"] == pytest.approx(24 * 0.010, abs=0.001)
    assert rows["asleep"]["seconds_per_day"] > 80000
    names = {row["what"] for row in toe["rows"]}
    assert {"accelerometer 1:4", "accelerometer 1:4: processor", "listening, always"} <= names
    assert toe["mean_ma"] > 10 * crest["mean_ma"]
    assert crest["days"] > 365 > 60 > toe["days"]


def test_assumptions_can_be_changed() -> None:
    usual, bad = loggers()["crest"], loggers("--assume", "asleep_ua=750", "--assume", "doors=100")["crest"]
    assert bad["mean_ma"] > usual["mean_ma"] + 0.6
    assert loggers("--battery-ah", "14")["crest"]["days"] > 1.9 * usual["days"]
    assert list(loggers("--logger", "toe")) == ["toe"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((str(SITE), "--assume", "awake=3"), "--assume awake=3: expected NAME=VALUE with one of asleep_ua"),
        ((str(SITE), "--assume", "awake_ma=much"), "--assume awake_ma=much"),
        ((str(SITE), "--assume", "awake_ma=inf"), "--assume awake_ma=inf"),
        ((str(SITE), "--logger", "crown"), "no logger crown; it has crest, toe"),
        (("/no/such/site.toml",), "/no/such/site.toml"),
        ((str(SITE), "--derating", "1.5"), "--derating"),
    ],
)
def test_it_refuses_in_one_sentence_with_code_2(arguments: tuple[str, ...], said: str) -> None:
    found = run(*arguments)
    assert found.returncode == 2
    assert said in found.stderr


def test_a_site_that_does_not_say_what_is_wired_is_told_so() -> None:
    found = run(str(ROOT / "simulator/demo/site.toml"), "--logger", "mvd116")
    assert found.returncode == 0
    assert "No [[device]] says what is wired to mvd116" in found.stdout


STATION = ROOT / "docs/examples/station.toml"
PLANNED = ("--of", "panel", "--of", "bus", "--of", "accuracy")
SAID = [word for one in ("gauge_percent=0.1", "bead_degc=0.5") for word in ("--assume", one)]


def planned(*arguments: str) -> dict:
    found = run(str(STATION), *PLANNED, "--json", *arguments)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def test_the_page_shows_panel_bus_and_accuracy_as_the_command_says_them() -> None:
    found = run(str(STATION), *PLANNED, *SAID, width=118)
    assert found.returncode == 0, found.stderr
    lines = [f"    {line.rstrip()}".rstrip() for line in found.stdout.strip().splitlines()]
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8")


def test_the_page_s_table_of_sun_is_the_calculator_s() -> None:
    rows = re.findall(
        r"^  \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert [float(row[0]) for row in rows][::7] == [37, 56]
    for latitude, *suns in rows:
        made = [solar.plane_kwh_per_m2(float(latitude), 60, share) for share in solar.CLEARNESS.values()]
        assert [f"{one:.2f}" for one in made] == suns


def test_a_machine_gets_panel_bus_and_accuracy() -> None:
    found = planned(*SAID)
    assert set(found) == {"panels", "buses", "accuracy"}
    assert found["panels"]["toe"]["watt"] == pytest.approx(
        found["panels"]["toe"]["wh_per_day"] / found["panels"]["toe"]["kwh_per_m2"] / 0.65 * 1.5
    )
    assert found["buses"]["trunk"]["idle_mv"] == pytest.approx(254, abs=1)
    by_value = {(one["point"], one["quantity"]): one for one in found["accuracy"]}
    assert by_value["POND", "water_level"]["not_said"] == ["probe"]
    pressure = by_value["P1", "pore_pressure"]
    assert pressure["span"] == pytest.approx(350, abs=0.1)
    assert pressure["total"] ** 2 == pytest.approx(sum(part["error"] ** 2 for part in pressure["parts"]))


def test_what_nobody_has_said_is_named_and_never_a_number() -> None:
    unsaid = planned()
    [warm] = [one for one in unsaid["accuracy"] if one["quantity"] == "temperature"]
    assert warm["not_said"] == ["bead"]
    assert [part["error"] for part in warm["parts"]][-1] is None


def changed(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = STATION.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    return str(tmp_path / "site.toml")


OTHER = """
[[logger]]
id = "crest"
serial = 2
bus = "trunk"
address = 2
scan_s = 900
silence_s = 7200
"""


@pytest.mark.parametrize(
    ("changes", "assumed", "trunk_m", "to"),
    [
        ([], None, 850, "toe"),
        ([], 300, 850, "toe"),
        ([("trunk_m = 850\n", "")], None, None, None),
        ([("trunk_m = 850\n", "")], 300, 300, "assumed"),
        ([("trunk_m = 850\n", "trunk_m = 850\n" + OTHER)], None, None, None),
        ([("trunk_m = 850\n", "trunk_m = 850\n" + OTHER)], 900, 900, "assumed"),
        ([("trunk_m = 850\n", "trunk_m = 850\n" + OTHER)], 9, 850, "toe"),
    ],
)
def test_a_trunk_is_as_long_as_the_site_says_and_assumed_only_where_it_does_not(
    tmp_path, changes, assumed, trunk_m, to
) -> None:
    site = read_site(Path(changed(tmp_path, *changes)))
    [bus] = planning.buses(site, {**planning.ASSUMED, "trunk_m": assumed}).values()
    assert (bus["trunk_m"], bus["trunk_to"]) == (trunk_m, to)
    assert (bus["far_v"] is None) == (trunk_m is None)


def test_a_trunk_of_which_a_part_is_not_said_shows_what_to_say(tmp_path) -> None:
    unsaid = changed(tmp_path, ("trunk_m = 850\n", ""))
    assert "not said: trunk_m of its devices, or --assume trunk_m=" in run(unsaid, "--of", "bus", width=160).stdout


@pytest.mark.parametrize(
    ("changes", "arguments", "said"),
    [
        (
            [("cable_m = 300", "cable_m = 1400")],
            (),
            ["channel[toe/p1_frequency].cable_m: found 1400; expected at most"],
        ),
        (
            [],
            ("--assume", "probe_least_v=11"),
            ["channel[toe/pond]: found 9.8 V at the probe (12 V less shunt and 90"],
        ),
        (
            [],
            ("--of", "bus", "--assume", "unit_load=20"),
            ["bus[trunk].nodes: found 40 unit loads; expected at most 32"],
        ),
        (
            [("cable_m = 300", "cable_m = 1400")],
            ("--of", "bus", "--assume", "trunk_m=1300", "--assume", "terminators=0"),
            [
                "p1_frequency].cable_m",
                "bus[trunk].terminators: found 0; expected 2",
            ],
        ),
        (
            [("trunk_m = 850", "trunk_m = 1300")],
            ("--of", "bus"),
            ["logger[toe].trunk_m: found 1300 m; expected at most 1200 m (SLLA070D)"],
        ),
        (
            [("trunk_m = 850\n", "")],
            ("--of", "bus", "--assume", "trunk_m=1300"),
            ["bus[trunk].trunk_m: found 1300 m; expected at most 1200 m (SLLA070D)"],
        ),
        (
            [],
            ("--of", "bus", "--assume", "bias_v=3.3", "--assume", "fail_safe=0"),
            ["bus[trunk].bias_ohm: found 168 mV at rest; expected 200 mV or more"],
        ),
        (
            [],
            ("--of", "panel", "--assume", "latitude=12"),
            ["site.latitude_deg (or --assume latitude=): found 12; expected 37 to 56 degrees north"],
        ),
        ([("latitude_deg = 38.5\n", "")], ("--of", "panel"), ["found nothing; expected 37 to 56"]),
        ([], ("--of", "weight"), ["--of"]),
    ],
)
def test_bad_wiring_is_refused_all_at_once_with_row_and_rule(tmp_path, changes, arguments, said) -> None:
    found = run(changed(tmp_path, *changes), *arguments, width=400)
    assert found.returncode == 2
    for sentence in said:
        assert sentence in found.stderr
