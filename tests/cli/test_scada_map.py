"""`seepline gateway scada-map`: an address stays where it is, and what moves is said."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seepline.cli import app

DEMO = Path(__file__).parents[2] / "simulator" / "demo" / "site.toml"
NEW_POINT = """
[[point]]
id = "NEW-P1"
section = "A"
kind = "piezometer"
easting_m = 1.0
northing_m = 2.0
elevation_m = 3.0
failure_mode = "internal erosion"
critical = false
"""


def run(*arguments: object):
    return CliRunner().invoke(app, ["gateway", "scada-map", *map(str, arguments)])


@pytest.fixture
def old_map(tmp_path) -> Path:
    path = tmp_path / "old.json"
    path.write_text(run(DEMO, "--json").stdout)
    return path


@pytest.fixture
def numbered(tmp_path) -> str:
    """The demo site with a place for each point, counted from 10."""
    parts = DEMO.read_text().split("[[point]]\n")
    return "".join([parts[0], *(f"[[point]]\nscada = {n}\n{part}" for n, part in enumerate(parts[1:], 10))])


def check(tmp_path, text: str, old_map: Path):
    path = tmp_path / "site.toml"
    path.write_text(text)
    return run(path, "--json", "--against", old_map)


def test_a_point_at_the_end_moves_nothing(tmp_path, old_map):
    assert check(tmp_path, DEMO.read_text() + NEW_POINT, old_map).exit_code == 0


def test_a_point_in_between_is_told_with_every_address_that_moved(tmp_path, old_map):
    done = check(tmp_path, DEMO.read_text().replace("[[point]]", NEW_POINT + "\n[[point]]", 1), old_map)
    assert done.exit_code == 2
    assert "register 1000: MV-P1 pore_pressure in kPa before, nothing now" in done.output
    assert "register 1032: MV-P2 pore_pressure in kPa before, MV-P1 pore_pressure in kPa now" in done.output
    assert "Give points a `scada` number each" in done.output


def test_numbered_points_may_be_moved_about(tmp_path, numbered):
    (tmp_path / "a.toml").write_text(numbered)
    (tmp_path / "old.json").write_text(run(tmp_path / "a.toml", "--json").stdout)
    moved = numbered.replace(
        "[[point]]", NEW_POINT.replace('id = "NEW', 'scada = 0\nid = "NEW') + "\n[[point]]", 1
    )
    assert check(tmp_path, moved, tmp_path / "old.json").exit_code == 0
    first = json.loads((tmp_path / "old.json").read_text())["rows"][0]
    assert first == {"address": 1320, "point": "MV-P1", "quantity": "pore_pressure", "unit": "kPa"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ("scada = 11\n", ""),
            "point[MV-P2].scada: found nothing; expected a place, since other points have theirs",
        ),
        (
            ("scada = 11\n", "scada = 10\n"),
            "point[MV-P2].scada: found 10, as in point[MV-P1]; expected a place of its",
        ),
        (("scada = 11\n", "scada = 2000\n"), "point[MV-P2].scada: found 2000; expected a place from 0 to 1999"),
    ],
)
def test_places_that_cannot_be_are_problems_of_the_site(tmp_path, numbered, change, problem):
    (tmp_path / "site.toml").write_text(numbered.replace(*change))
    done = run(tmp_path / "site.toml")
    assert done.exit_code == 2
    assert problem in done.output


def test_csv_and_table_hold_the_same_rows(old_map):
    rows = list(csv.DictReader(io.StringIO(run(DEMO, "--csv").stdout)))
    assert [int(row["register"]) for row in rows] == [
        row["address"] for row in json.loads(old_map.read_text())["rows"]
    ]
    assert int(rows[0]["level"]) == int(rows[0]["register"]) + 5
    assert "TOE-P1" in run(DEMO).stdout


def test_only_what_a_gateway_serves(tmp_path):
    dam = Path(__file__).parents[1] / "collector" / "dam.toml"
    assert {row["point"] for row in json.loads(run(dam, "--json", "--gateway", "gw1").stdout)["rows"]} == {
        "P1",
        "BARO",
    }
    assert json.loads(run(dam, "--json", "--gateway", "gw2").stdout)["rows"] == []
    assert "expected one of gw1, gw2" in run(dam, "--gateway", "gw3").output


@pytest.mark.parametrize("text", ["", "{}", '{"rows": [{"address": 1}]}', '{"rows": 5}'])
def test_an_older_map_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "old.json").write_text(text)
    done = run(DEMO, "--against", tmp_path / "old.json")
    assert done.exit_code == 2
    assert "expected what `scada-map --json` printed" in done.output
