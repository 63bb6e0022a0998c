"""Does what docs/third-party-instruments.md says, with the files that stand there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.instruments.profile_file import shipped
from seepline.site_wiring import Bus as SiteBus
from simulator.bus import Bus
from simulator.stations import StationNode

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "third-party-instruments.md").read_text(encoding="utf-8")
PROFILE, STATION = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
COMMANDS = re.findall(r"^    (seepline .+)$", PAGE, flags=re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lp-1.toml").write_text(PROFILE, encoding="utf-8")
    site = (ROOT / "tests" / "collector" / "dam.toml").read_text(encoding="utf-8")
    site = site.replace("baud = 115200", "baud = 9600", 1)
    (tmp_path / "SITE.toml").write_text(f"{site}\n{STATION}", encoding="utf-8")
    return tmp_path


def run(command: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "seepline.cli", *command.split()[1:], *more]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )


def probe_registers(instrument) -> None:
    instrument.registers |= {16: 0, 17: 4321, 18: 75, 32: 0}


def test_the_page_has_these_commands():
    assert [command.split()[1:3] for command in COMMANDS] == [
        ["gateway", "scan"], ["gateway", "probe"], ["check", "SITE.toml"],
    ]  # fmt: skip


def test_the_site_of_the_page_has_no_problem(folder):
    done = run(COMMANDS[2], folder)
    assert done.returncode == 0, done.stdout
    assert "no problem found" in done.stdout


def test_a_fault_of_the_profile_is_told_at_the_station(folder):
    (folder / "lp-1.toml").write_text(PROFILE.replace('"i32"', '"i31"'), encoding="utf-8")
    done = run(COMMANDS[2], folder)
    assert done.returncode == 2
    assert "station[pond-probe].profile.field.level.type: found 'i31'" in done.stdout


def test_the_probe_of_the_page_shows_what_its_manual_says(folder):
    bus = Bus(SiteBus(id="bus1", gateway="gw1", baud=9600, parity="none"), folder / "bus1.tty", ["lp"])
    node = StationNode("lp", 12, bus.port, probe_registers)
    try:
        done = run(COMMANDS[1].replace("/dev/ttyUSB0", str(bus.tty)), folder, "--json")
    finally:
        node.close()
        bus.close()
    assert done.returncode == 0, done.stderr
    rows = {row["field"]: (row["value"], row["unit"]) for row in json.loads(done.stdout)["fields"]}
    assert rows == {"level": (4.321, "m"), "temperature": (7.5, "degC"), "state": (0.0, "1")}


def test_the_table_of_shipped_profiles_is_complete():
    assert set(re.findall(r"^\| `([\w-]+)` \|", PAGE, flags=re.MULTILINE)) == set(shipped())
