"""The carrier as a board: made by KiCad from the committed layout, clean by its rules, and each rule bites."""

import csv
import json
import re

import pytest

from hardware.carrier import make, route

pytestmark = pytest.mark.timeout(900)  # the first test waits for the whole board to be made

# What KiCad must say of the copy that hardware/carrier/kicad/spoil.py breaks, by the name of the fault.
SPOILT = {
    "an_open_connection": r"\[unconnected_items\].*\n.*\n.*\[SWEEP\]",
    "a_short": r"actual 0.0000 mm\)\n.*\n.*\[SWEEP\].*\n.*\[BUS_[AB]\] of U501",
    "a_logic_track_beside_the_field_wiring": r"\[clearance\].*rule field to board clearance 2.0000 mm",
    "a_thin_track": r"\[track_width\]",
    "a_narrow_hole": r"\[drill_out_of_range\]",
    "copper_at_the_edge": r"\[copper_edge_clearance\]",
    "a_part_on_another": r"\[courtyards_overlap\]",
    "a_name_on_a_pad": r"\[silk_over_copper\].*\n.*\n.*'HERE'",
}


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """A finished board: circuit checked, parts placed, tracks laid, planes poured, rules asked."""
    folder = tmp_path_factory.mktemp("carrier")
    make.placed(folder)
    make.laid(folder)
    said = json.loads(make.finished(folder))
    return folder, said


@pytest.fixture(scope="module")
def spoilt(board):
    """KiCad's report on a copy with every fault; the copy is read anew, in a process of its own."""
    for step in ("spoil", "tell"):
        make.kicad("spoil.py", str(board[0]), step)
    return (board[0] / "spoilt.rpt").read_text(encoding="utf-8")


def test_the_board_is_clean_and_whole(board):
    folder, said = board
    assert said["faults"] == {}
    assert "** Found 0 unconnected pads **" in (folder / "drc.rpt").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", SPOILT)
def test_the_rule_check_bites(board, spoilt, fault):
    assert re.search(SPOILT[fault], spoilt)
    assert not re.search(SPOILT[fault], (board[0] / "drc.rpt").read_text(encoding="utf-8"))


def test_the_net_classes_reach_kicad(board):
    project = json.loads((board[0] / "project.json").read_text(encoding="utf-8"))
    members = {one["name"]: one["nets"] for one in project["net_settings"]["classes"]}
    assert {"EARTH", "EARTH_2"} == set(members["EARTH"])
    assert {"VW1_C+", "VW4_T+", "LINE_A", "LOOP1_I+"} <= set(members["LINE"])
    text = (board[0] / "carrier.kicad_pcb").read_text(encoding="utf-8")
    layout = json.loads(make.LAYOUT.read_text(encoding="utf-8"))
    assert all(row[2] >= 1.0 for row in layout["tracks"] if row[0] in members["LINE"])
    assert all(row[2] >= 1.5 for row in layout["tracks"] if row[0] in members["EARTH"])
    assert text.count("(segment ") == len(layout["tracks"])
    assert text.count("(via ") == len(layout["vias"])


def test_skidl_s_netlist_and_the_board_s_pads_are_the_circuit(board):
    folder, _ = board
    parts = json.loads((folder / "netlist.json").read_text(encoding="utf-8"))["parts"]
    circuit = {(part["ref"], pin, net) for part in parts for pin, net in part["pins"].items()}
    text = (folder / "carrier.net").read_text(encoding="utf-8")
    found = set()
    for block in re.split(r"\(net\s", text)[1:]:
        name = re.search(r'\(name "([^"]+)"\)', block)[1]
        for ref, pin in re.findall(r'\(ref "([^"]+)"\)\s*\(pin "([^"]+)"\)', block):
            found.add((ref, pin, name))
    assert found == circuit
    pads = json.loads((folder / "geometry.json").read_text(encoding="utf-8"))["pads"]
    on_the_board = {(pad["ref"], pad["net"]) for pad in pads if pad["net"]}
    assert on_the_board == {(ref, net) for ref, _, net in circuit}


def test_the_board_says_what_it_is(board):
    text = (board[0] / "carrier.kicad_pcb").read_text(encoding="utf-8")
    silk = re.findall(r'\(gr_text "([^"]+)"', text)
    assert "GENERATED, NEVER BUILT" in silk
    assert "SEEPLINE CARRIER REV A" in silk
    assert "CERN-OHL-S-2.0" in silk
    assert any(line.startswith("Source: ") for line in silk)
    assert {"J11 VW1", "J31 BUS", "C+", "T-", "+12S0", "TP6 VREF", "U31"} <= set(silk)


def test_a_layout_of_another_geometry_is_refused(board, tmp_path):
    text = (board[0] / "geometry.json").read_text(encoding="utf-8")
    (tmp_path / "geometry.json").write_text(text.replace('"net": "SWEEP"', '"net": "SWOOP"', 1), encoding="utf-8")
    with pytest.raises(make.Unclean, match="another geometry: run"):
        make.laid(tmp_path)


def test_what_a_factory_needs_is_made(board):
    folder, _ = board
    make.kicad("fab.py", str(folder))
    made = {path.name for path in (folder / "fab").iterdir()}
    assert {"carrier-F_Cu.gbr", "carrier-B_Cu.gbr", "carrier-Edge_Cuts.gbr", "carrier-F_Mask.gbr"} <= made
    assert {"carrier-F_Silkscreen.gbr", "carrier-F_Paste.gbr", "positions.csv"} <= made
    assert any(name.endswith(".drl") for name in made)
    with (folder / "fab" / "positions.csv").open(encoding="utf-8", newline="") as file:
        placed = {row["ref"] for row in csv.DictReader(file)}
    parts = json.loads((folder / "netlist.json").read_text(encoding="utf-8"))["parts"]
    assert placed == {part["ref"] for part in parts if part["kind"] != "testpoint"}
    assert "<svg" in (folder / "board-top.svg").read_text(encoding="utf-8")[:100]


def rows_of(layout, net):
    """The tracks and the vias of a net."""
    return [row for key in ("tracks", "vias") for row in layout[key] if row[0] == net]


def test_the_router_finds_a_hundred_nets_again(board):
    """The committed layout is the router's: what it lays before it has to move anything comes out to the digit."""
    router = route.Router(json.loads((board[0] / "geometry.json").read_text(encoding="utf-8")))
    first = router.nets()[:100]
    assert [net for net in first if router.lay(net)] == [], "a net had to move another: take fewer"
    found, committed = route.drawn(router), json.loads(make.LAYOUT.read_text(encoding="utf-8"))
    kept = [net for net in first if net not in committed["moved"]]
    assert len(kept) > 80
    for net in kept:
        assert rows_of(found, net) == rows_of(committed, net), net
    ground = [via for via in found["vias"] if via[0] == "GND"]
    assert len(ground) > 100
    assert all(via in committed["vias"] for via in ground)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_committed_layout_is_what_the_router_makes_to_the_byte(board, tmp_path, monkeypatch):
    for name in ("geometry.json", "placed.kicad_pcb", "project.json"):
        (tmp_path / name).write_bytes((board[0] / name).read_bytes())
    committed = make.LAYOUT.read_text(encoding="utf-8")
    monkeypatch.setattr(make, "LAYOUT", tmp_path / "layout.json")
    make.routed(tmp_path)
    assert make.LAYOUT.read_text(encoding="utf-8") == committed
    make.laid(tmp_path)
    assert json.loads(make.finished(tmp_path))["faults"] == {}
