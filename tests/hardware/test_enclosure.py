"""The box: solids are closed and true to the table, templates are 1:1, a misplaced hole is refused."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.util import find_spec
from math import dist, pi, sin
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # hardware/ is not installed

from hardware import pinmap, tool  # noqa: E402
from hardware.enclosure import box, solids, template  # noqa: E402
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


FLATS = solids.flats(box.read(INPUTS))
CORNERS = 48  # of OpenSCAD's circles


SPANS = {"plate": ("width", "height", "thickness"), "bracket": ("length", "width", "thickness")}


@pytest.mark.parametrize("name", FLATS)
def test_a_solid_is_closed_and_as_large_as_the_table_says(made, name):
    found = triangles(made / f"{name}.stl")
    edges = Counter(frozenset((one[at], one[(at + 1) % 3])) for one in found for at in range(3))
    assert set(edges.values()) == {2}  # every edge has a face on both sides
    along = list(zip(*[corner for one in found for corner in one], strict=True))
    assert [min(values) for values in along] == pytest.approx([*FLATS[name].corner, 0.0], abs=1e-3)
    row = box.read(INPUTS)[name]
    spans = [max(values) - min(values) for values in along]
    assert spans == pytest.approx([row[key] for key in SPANS[name]], abs=1e-3)


def faults(stl: Path, flat: solids.Flat) -> list[str]:
    """Return what of a part's numbers its mesh does not have: each round edge, and the volume that is left."""
    corners = {corner[:2] for one in triangles(stl) for corner in one}
    ends = [(x + side * half, y, across) for x, y, across, half in flat.slots for side in (-1, 1)]
    found = [
        f"no hole of {across:g} at {x:g}, {y:g}"
        for x, y, across in (*flat.holes, *ends)
        if sum(abs(dist((x, y), one) - across / 2) < 1e-3 for one in corners) < CORNERS / 2
    ]
    volume = sum(_tetrahedron(*one) for one in triangles(stl))
    share = CORNERS / 2 / pi * sin(2 * pi / CORNERS)  # of a circle that its polygon covers
    rounds = sum(pi * across**2 / 4 for *_, across in flat.holes) + sum(
        pi * across**2 / 4 for _, _, across, _ in flat.slots
    )
    whole = flat.volume + rounds * (1 - share) * flat.thickness
    return found if volume == pytest.approx(whole, rel=1e-5) else [*found, f"{volume:.1f} mm3, not {whole:.1f}"]


@pytest.mark.parametrize("name", FLATS)
def test_a_mesh_has_every_hole_and_slot_of_the_numbers_that_the_step_file_is_made_of(made, name):
    assert faults(made / f"{name}.stl", FLATS[name]) == []


def test_a_part_with_another_hole_is_not_the_table_s(made):
    plate = FLATS["plate"]
    (x, y, across), *others = plate.holes
    moved = plate._replace(holes=((x + 1, y, across), *others))
    assert faults(made / "plate.stl", moved) == [f"no hole of {across:g} at {x + 1:g}, {y:g}"]
    [said] = faults(made / "plate.stl", plate._replace(holes=tuple(others)))
    assert re.fullmatch(r"[\d.]+ mm3, not [\d.]+", said)
    slots = tuple((x, y, across, half + 1) for x, y, across, half in FLATS["bracket"].slots)
    assert len(faults(made / "bracket.stl", FLATS["bracket"]._replace(slots=slots))) == 5


@pytest.mark.parametrize(
    ("name", "own"), [("flat.scad", {"0", "1", "2", "3", "48"}), ("step.py", {"0", "1", "2", "8"})]
)
def test_neither_tool_has_a_measure_of_its_own(name, own):
    """Both get box.toml's numbers from solids.py: what stands in them are halves, places in a list, 48 corners."""
    text = re.sub(r"//.*|1\.8 GB", "", (box.HERE / name).read_text(encoding="utf-8"))
    assert set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text)) <= own


def test_the_template_has_the_plate_s_holes():
    shown = template.plate(box.read(INPUTS)).count("<circle")
    assert shown == len(FLATS["plate"].holes)


def cad() -> str | None:
    """Return a Python that has cadquery: CAD of the environment, that of `make -C hardware cad`, or this one."""
    built = ROOT / "var/cad/bin/python"
    own = sys.executable if find_spec("cadquery") else None
    return os.environ.get("CAD") or (str(built) if built.exists() else own)


@pytest.mark.soak
@pytest.mark.skipif(cad() is None, reason="no cadquery (1.8 GB): make -C hardware cad")
def test_step_files_are_solid_and_true_to_the_table(tmp_path):
    python = cad()
    made = solids.write_steps(FLATS, tmp_path, python)
    assert all(path.read_text().startswith("ISO-10303-21;") for path in made)
    command = [python, box.HERE / "step.py", tmp_path / "flats.json", tmp_path, "--measure"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for name, flat in FLATS.items():
        part = found[name]
        assert (part["valid"], part["solids"]) == (True, 1)
        assert part["least"] == pytest.approx([*flat.corner, 0.0], abs=1e-6)
        most = [one + size for one, size in zip(flat.corner, flat.size, strict=True)]
        assert part["most"] == pytest.approx([*most, flat.thickness], abs=1e-6)
        assert part["volume"] == pytest.approx(flat.volume, rel=1e-9)
        ends = [(x + side * half, y, across) for x, y, across, half in flat.slots for side in (-1, 1)]
        rounds = {tuple(round(number, 6) for number in one) for one in part["rounds"]}
        assert rounds == {tuple(round(number, 6) for number in one) for one in (*flat.holes, *ends)}


def test_a_python_without_cadquery_is_told_in_one_sentence(tmp_path):
    bare = tmp_path / "bare"  # a Python that sees no packages, so that this one may have cadquery
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(
        tool.ToolError, match=r"has no cadquery: 'make -C hardware cad' makes an environment"
    ) as told:
        solids.write_steps(FLATS, tmp_path, str(bare))
    assert "Traceback" not in str(told.value)
    with pytest.raises(tool.ToolError, match="is not installed: make -C hardware cad"):
        solids.write_steps(FLATS, tmp_path, str(tmp_path / "python"))


def test_the_cad_package_is_pinned_in_an_extra_that_no_other_has():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert [re.fullmatch(r"cadquery==[\d.]+", one) is not None for one in extras["cad"]] == [True]
    assert not [
        name for name, wanted in extras.items() if name != "cad" and "cad" in re.split(r"[\[\],]", "".join(wanted))
    ]


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
