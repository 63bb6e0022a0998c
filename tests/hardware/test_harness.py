"""The field's cables: drawings are those of the channel table, and a change of either is seen."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # hardware/ is not installed

from hardware import channels, pinmap  # noqa: E402
from hardware.harness import plan, render, section  # noqa: E402


@pytest.fixture(scope="module")
def table() -> channels.Channels:
    return channels.read()


@pytest.fixture(scope="module")
def pins() -> pinmap.PinMap:
    return pinmap.read()


def stale(table: channels.Channels, pins: pinmap.PinMap) -> list[str]:
    """Return the committed drawings and bills that are not what the tables make."""
    made = render.committed(table, pins)
    return [name for name, text in made.items() if (plan.HERE / name).read_text(encoding="utf-8") != text]


def test_the_committed_drawings_and_bills_are_those_of_the_channel_table(table, pins):
    assert stale(table, pins) == [], "run `make -C hardware harness`"
    made = {name for name in render.committed(table, pins) if name.endswith(".gv")}
    assert {path.name for path in plan.HERE.glob("*.gv")} == made
    drawn = {path.stem for path in plan.HERE.glob("*.svg") if ".section" not in path.name}
    assert drawn == {name.removesuffix(".gv") for name in made}


def test_another_length_in_the_table_is_another_drawing_and_bill(table, pins, tmp_path):
    text = channels.PATH.read_text(encoding="utf-8")
    assert "cable_m = 62" in text
    (tmp_path / "channels.toml").write_text(text.replace("cable_m = 62", "cable_m = 63"), encoding="utf-8")
    assert stale(channels.read(tmp_path / "channels.toml"), pins) == [
        "bh-1.gv",
        "bh-1.bom.tsv",
        "bh-1.section.svg",
    ]


def test_every_kind_of_input_has_its_earthing(pins):
    rules = tomllib.loads(plan.EARTHING.read_text(encoding="utf-8"))
    assert {one.kind for one in pins.inputs} <= rules.keys()


def test_every_shield_is_earthed_once_at_the_logger(table, pins):
    for place in plan.places(table):
        drawing = plan.drawing(table, pins, place)
        shields = [link for link in drawing["connections"] if {"s"} & {str(value) for value in link[0].values()}]
        assert len(shields) == sum(cable["shield"] for cable in drawing["cables"].values())
        for _, end in shields:
            ((strip, way),) = end.items()
            assert drawing["connectors"][strip]["pinlabels"][way - 1] in ("SHD", "EARTH")


def test_a_section_shows_each_gauge_of_its_hole_and_the_arresters_of_long_cables(table):
    assert section.boreholes(table) == ["BH-1", "BH-2"]
    near, far = (section.svg(table, place) for place in ("BH-1", "BH-2"))
    assert "PZ-01 at 318.0 m" in near
    assert "PZ-02 at 304.0 m" in near
    assert near.index("PZ-01 at") < near.index("PZ-02 at")
    assert "arresters" not in near
    assert "arresters" in far


def test_long_cables_get_an_arrester_at_the_far_end_too(table, pins):
    near, far = (plan.drawing(table, pins, place)["connectors"] for place in ("BH-1", "BH-2"))
    assert near["PZ-01"]["additional_components"] == []
    assert [part["qty"] for part in far["PZ-04"]["additional_components"]] == [1]


def test_a_wrong_channel_table_is_refused_with_the_row_and_nothing_is_drawn(tmp_path):
    text = channels.PATH.read_text(encoding="utf-8").replace("cable_m = 62", "cable_m = 6200")
    (tmp_path / "channels.toml").write_text(text.replace('input = "VW3"', 'input = "VW9"'), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "hardware.harness",
        "--channels",
        tmp_path / "channels.toml",
        "--out",
        tmp_path / "out",
    ]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1
    assert "channel[PZ-02].cable_m" in told.stderr
    assert "VW9" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "out").exists()
