"""Break copies of a finished board, each in one way, and print what the rule check says; runs in KiCad's Python.

/usr/bin/python3 tests/hardware/spoil_board.py FOLDER    with carrier.kicad_pcb and finish.py's files in it
"""

import json
import sys
from pathlib import Path

import pcbnew

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "hardware" / "carrier" / "kicad"))
import finish


def tracks(board, net):
    return [t for t in board.GetTracks() if t.GetClass() == "PCB_TRACK" and t.GetNetname() == net]


def line(board, net, start, end, width=0.25, layer=pcbnew.F_Cu):
    made = pcbnew.PCB_TRACK(board)
    made.SetStart(pcbnew.wxPointMM(*start))
    made.SetEnd(pcbnew.wxPointMM(*end))
    made.SetWidth(pcbnew.FromMM(width))
    made.SetLayer(layer)
    made.SetNet(board.FindNet(net))
    board.Add(made)


def pad(board, ref, number):
    found = next(p for p in board.FindFootprintByReference(ref).Pads() if p.GetNumber() == number)
    return pcbnew.ToMM(found.GetPosition().x), pcbnew.ToMM(found.GetPosition().y)


def an_open_connection(board):
    for track in tracks(board, "SWEEP"):
        board.Remove(track)


def a_short(board):
    line(board, "SWEEP", pad(board, "U501", "6"), pad(board, "U501", "7"))


def a_logic_track_beside_the_field_wiring(board):
    x, y = pad(board, "R101", "1")  # the field's side of the resistor: its edge is 1.7 mm from the middle
    line(board, "SWEEP", (x + 3.0, y - 1), (x + 3.0, y + 1))


def a_thin_track(board):
    tracks(board, "LOOP1_V")[0].SetWidth(pcbnew.FromMM(0.1))


def a_narrow_hole(board):
    next(t for t in board.GetTracks() if t.GetClass() == "PCB_VIA").SetDrill(pcbnew.FromMM(0.1))


def copper_at_the_edge(board):
    line(board, "SWEEP", (0.1, 60), (0.1, 62))


def a_part_on_another(board):
    board.FindFootprintByReference("C501").SetPosition(board.FindFootprintByReference("U501").GetPosition())


FAULTS = [
    an_open_connection,
    a_short,
    a_logic_track_beside_the_field_wiring,
    a_thin_track,
    a_narrow_hole,
    copper_at_the_edge,
    a_part_on_another,
]


def main(folder):
    said = {}
    for fault in FAULTS:
        board = finish.load(folder / "carrier.kicad_pcb")
        fault(board)
        spoilt = folder / f"{fault.__name__}.kicad_pcb"
        board.Save(str(spoilt))
        said[fault.__name__] = finish.check(spoilt, folder / "spoilt.rpt")[0]
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
