"""Break a copy of a finished board in eight ways, to see that the rule check bites; runs in the Python of KiCad 6.

/usr/bin/python3 hardware/carrier/kicad/spoil.py FOLDER spoil    writes FOLDER/spoilt.kicad_pcb
/usr/bin/python3 hardware/carrier/kicad/spoil.py FOLDER tell     writes FOLDER/spoilt.rpt
"""

import sys
from pathlib import Path

import finish
import pcbnew
import silk


def tracks(board, net):
    """Return the tracks of a net."""
    return [t for t in board.GetTracks() if t.GetClass() == "PCB_TRACK" and t.GetNetname() == net]


def line(board, net, start, end, width=0.25, layer=pcbnew.F_Cu):
    """Add a track from one point to another, in mm."""
    made = pcbnew.PCB_TRACK(board)
    made.SetStart(pcbnew.wxPointMM(*start))
    made.SetEnd(pcbnew.wxPointMM(*end))
    made.SetWidth(pcbnew.FromMM(width))
    made.SetLayer(layer)
    made.SetNet(board.FindNet(net))
    board.Add(made)


def pad(board, ref, number):
    """Return the middle of a pad, in mm."""
    found = next(p for p in board.FindFootprintByReference(ref).Pads() if p.GetNumber() == number)
    return pcbnew.ToMM(found.GetPosition().x), pcbnew.ToMM(found.GetPosition().y)


def an_open_connection(board):
    """Draw a net's tracks together to nothing; KiCad's Python does not survive that one is taken away."""
    for track in tracks(board, "SWEEP"):
        track.SetEnd(track.GetStart())


def a_short(board):
    """Join two pads of the bus's transceiver."""
    line(board, "SWEEP", pad(board, "U501", "6"), pad(board, "U501", "7"))


def a_logic_track_beside_the_field_wiring(board):
    """Lay a logic net 1.2 mm beside the field's side of a resistor."""
    x, y = pad(board, "R101", "1")  # the field's side of the resistor: its edge is 1.7 mm from the middle
    line(board, "SWEEP", (x + 3.0, y - 1), (x + 3.0, y + 1))


def a_thin_track(board):
    """Make a track thinner than a factory etches."""
    tracks(board, "LOOP1_V")[0].SetWidth(pcbnew.FromMM(0.1))


def a_narrow_hole(board):
    """Make a via's hole narrower than a factory drills."""
    next(t for t in board.GetTracks() if t.GetClass() == "PCB_VIA").SetDrill(pcbnew.FromMM(0.1))


def copper_at_the_edge(board):
    """Lay a track where the board is cut."""
    line(board, "SWEEP", (0.1, 60), (0.1, 62))


def a_part_on_another(board):
    """Put a capacitor onto a chip."""
    board.FindFootprintByReference("C501").SetPosition(board.FindFootprintByReference("U501").GetPosition())


def a_name_on_a_pad(board):
    """Print a text where solder goes."""
    silk.write(board, "HERE", *pad(board, "U501", "1"))


FAULTS = (
    an_open_connection,
    a_short,
    a_logic_track_beside_the_field_wiring,
    a_thin_track,
    a_narrow_hole,
    copper_at_the_edge,
    a_part_on_another,
    a_name_on_a_pad,
)


def spoil(folder):
    """Write the copy with every fault."""
    board = finish.load(folder / "carrier.kicad_pcb")
    for fault in FAULTS:
        fault(board)
    board.Save(str(folder / "spoilt.kicad_pcb"))


def tell(folder):
    """Write what the rule check says of the copy."""
    finish.check(folder / "spoilt.kicad_pcb", folder / "spoilt.rpt")


if __name__ == "__main__":
    {"spoil": spoil, "tell": tell}[sys.argv[2]](Path(sys.argv[1]))
