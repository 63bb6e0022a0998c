"""The box: solids are closed and true to the table, templates are 1:1, a misplaced hole is refused."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # hardware/ is not installed

from hardware import pinmap  # noqa: E402
from hardware.enclosure import box, template  # noqa: E402
from hardware.level1 import bom, table  # noqa: E402

INPUTS = [one.id for one in pinmap.read().inputs]
Vertex = tuple[float, float, float]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("enclosure")
    command = [sys.executable, "-m", "hardware.enclosure", "--out", out]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return out


def triangles(path: Path) -> list[list[Vertex]]:
    corners = [tuple(map(float, line.split()[1:])) for line in path.read_text().splitlines() if "vertex" in line]
    return [corners[at : at + 3] for at in range(0, len(corners), 3)]


@pytest.mark.parametrize(
    ("name", "keys"), [("plate", ("width", "height", "thickness")), ("bracket", ("length", "width", "thickness"))]
)
def test_a_solid_is_closed_and_as_large_as_the_table_says(made, name, keys):
    found = triangles(made / f"{name}.stl")
    edges = Counter(frozenset((one[at], one[(at + 1) % 3])) for one in found for at in range(3))
    assert set(edges.values()) == {2}  # every edge has a face on both sides
    spans = [
        max(values) - min(values) for values in zip(*[corner for one in found for corner in one], strict=True)
    ]
    row = box.read(INPUTS)[name]
    assert spans == pytest.approx([row[key] for key in keys], abs=1e-3)


def test_the_plate_has_the_template_s_holes(made):
    """The solid's volume is the plate's less its round holes (48 corners each)."""
    row = box.read(INPUTS)["plate"]
    volume = sum(_tetrahedron(*one) for one in triangles(made / "plate.stl"))
    corners = 48
    share = corners / 2 / 3.141592653589793 * _sine(2 * 3.141592653589793 / corners)
    holes = sum(3.141592653589793 * (across / 2) ** 2 * share for *_, across in box.plate_holes(row))
    assert volume == pytest.approx((row["width"] * row["height"] - holes) * row["thickness"], rel=1e-5)


def _sine(angle: float) -> float:
    from math import sin

    return sin(angle)


def _tetrahedron(a: Vertex, b: Vertex, c: Vertex) -> float:
    return (
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
    ) / 6


def test_the_templates_are_printed_at_one_to_one(made):
    for name in ("plate", "wall"):
        page = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)", (made / f"{name}.pdf").read_bytes())
        assert page is not None
        assert [float(points) / 72 * 25.4 for points in page.groups()] == pytest.approx(template.A3_MM, abs=0.1)
        svg = (made / f"{name}.svg").read_text(encoding="utf-8")
        assert 'width="420mm" height="297mm" viewBox="0 0 420 297"' in svg
        assert "h100m0" in svg  # the bar to be measured
    assert (made / "bracket.dxf").stat().st_size > 1000


def test_every_hole_of_the_wall_stands_in_the_template_and_every_gland_in_the_bill():
    wall = box.read(INPUTS)["wall"]
    assert template.wall(box.read(INPUTS)).count("<circle") == len(box.wall_holes(wall))
    glands = next(row for row in bom.read(table.read()) if row["refs"] == "GL1")
    assert int(glands["qty"]) == len(wall["holes"])


def test_the_label_names_where_the_design_can_be_had():
    text = template.label(box.read(INPUTS))
    assert "Source location" in text
    assert "CERN-OHL-S-2.0" in text


BREAKS = [
    ('["VW1", 100, 105]', '["VW1", 100, 60]', "[wall] BUS in and VW1 are 10 mm apart, expected 36"),
    ('["VW1", 100, 105]', '["VW1", 12, 105]', "[wall] VW1 at 12, 105 leaves"),
    ('["VW1", 100, 105]', '["VW9", 100, 105]', "[wall] holes has VW1 0 times"),
    ("rails_y = [195, 75]", "rails_y = [268, 75]", "[plate] rail at"),
    ("box_pitch = 300", "box_pitch = 90", "[bracket] pole is 60.3"),
    ("[label]", "[label", "Expected ']'"),
    ("gland = 20.5", 'gland = "M20"', "where the shape of box.toml was expected"),
]


@pytest.mark.parametrize(("old", "new", "said"), BREAKS)
def test_a_box_that_cannot_be_made_is_refused(tmp_path, old, new, said):
    text = box.BOX.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "box.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(box.BoxError, match=re.escape(said)):
        box.read(INPUTS, tmp_path / "box.toml")
