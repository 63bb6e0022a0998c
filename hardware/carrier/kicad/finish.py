"""Lay the tracks on the placed board, pour its planes, ask KiCad's rule check; runs in the Python of KiCad 6.

    /usr/bin/python3 hardware/carrier/kicad/finish.py FOLDER

reads FOLDER/placed.kicad_pcb and tracks.json, writes carrier.kicad_pcb and drc.rpt; returns 0 only when the report
has neither a fault, the silkscreen's among them, nor an open connection.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pcbnew

HERE = Path(__file__).resolve().parent
LAYERS = (pcbnew.F_Cu, pcbnew.B_Cu)
EARTH_BOTTOM_MM, EARTH_RIGHT_MM, GROUND_TOP_MM = 21.0, 157.0, 23.5


def lay(board, tracks):
    """Add tracks and vias."""
    for net, layer, width, x0, y0, x1, y1 in tracks["tracks"]:
        made = pcbnew.PCB_TRACK(board)
        made.SetStart(pcbnew.wxPointMM(x0, y0))
        made.SetEnd(pcbnew.wxPointMM(x1, y1))
        made.SetWidth(pcbnew.FromMM(width))
        made.SetLayer(LAYERS[layer])
        made.SetNet(board.FindNet(net))
        board.Add(made)
    for net, diameter, drill, x, y in tracks["vias"]:
        made = pcbnew.PCB_VIA(board)
        made.SetPosition(pcbnew.wxPointMM(x, y))
        made.SetWidth(pcbnew.FromMM(diameter))
        made.SetDrill(pcbnew.FromMM(drill))
        made.SetNet(board.FindNet(net))
        board.Add(made)


def pour(board, net, box_mm, layer):
    """Add a plane of a net; what is joined to nothing is taken away."""
    zone = pcbnew.ZONE(board)
    zone.SetLayer(layer)
    zone.SetNet(board.FindNet(net))
    zone.SetLocalClearance(pcbnew.FromMM(0.3))
    zone.SetMinThickness(pcbnew.FromMM(0.25))
    whole = net == "EARTH"  # a surge goes through it: no spokes
    zone.SetPadConnection(pcbnew.ZONE_CONNECTION_FULL if whole else pcbnew.ZONE_CONNECTION_THERMAL)
    zone.SetThermalReliefGap(pcbnew.FromMM(0.3))
    zone.SetThermalReliefSpokeWidth(pcbnew.FromMM(0.4))
    zone.SetIslandRemovalMode(pcbnew.ISLAND_REMOVAL_MODE_ALWAYS)
    outline = zone.Outline()
    outline.NewOutline()
    left, top, right, bottom = box_mm
    for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
        outline.Append(pcbnew.FromMM(x), pcbnew.FromMM(y))
    board.Add(zone)


def planes(board):
    """Add earth along the field terminals and ground everywhere else."""
    edge = board.GetBoardEdgesBoundingBox()
    width, height = pcbnew.ToMM(edge.GetWidth()), pcbnew.ToMM(edge.GetHeight())
    for layer in LAYERS:
        pour(board, "EARTH", (0.6, 0.6, EARTH_RIGHT_MM, EARTH_BOTTOM_MM), layer)
        pour(board, "GND", (0.6, GROUND_TOP_MM, width - 0.6, height - 0.6), layer)


def load(path):
    """Return a board with its net classes and rules, which every Save of KiCad's Python forgets."""
    shutil.copy(path.with_name("project.json"), path.with_suffix(".kicad_pro"))
    shutil.copy(HERE / "carrier.kicad_dru", path.with_suffix(".kicad_dru"))
    return pcbnew.LoadBoard(str(path))


def check(path, report):
    """Return what KiCad's rule check found: how many faults of each kind."""
    board = load(path)
    board.BuildConnectivity()
    pcbnew.WriteDRCReport(board, str(report), pcbnew.EDA_UNITS_MILLIMETRES, True)
    kinds = Counter(re.findall(r"^\[(\w+)\]", report.read_text(encoding="utf-8"), re.M))
    islands = board.GetConnectivity().GetUnconnectedCount()
    return {**kinds, "unconnected": islands} if islands else dict(kinds)


def draw(folder):
    """Lay tracks and planes on the placed board."""
    board = pcbnew.LoadBoard(str(folder / "placed.kicad_pcb"))
    lay(board, json.loads((folder / "tracks.json").read_text(encoding="utf-8")))
    planes(board)
    board.Save(str(folder / "carrier.kicad_pcb"))
    return 0


def fill(folder):
    """Pour the planes: on a board with its project, for the filler dies on a bare one."""
    board = load(folder / "carrier.kicad_pcb")
    pcbnew.ZONE_FILLER(board).Fill(board.Zones())
    board.Save(str(folder / "carrier.kicad_pcb"))
    return 0


def tell(folder):
    """Print what the rule check says; return 0 when it is clean."""
    faults = check(folder / "carrier.kicad_pcb", folder / "drc.rpt")
    sys.stdout.write(json.dumps({"faults": faults}) + "\n")
    return 1 if faults else 0


STEPS = {"draw": draw, "fill": fill, "tell": tell}


def main(folder):
    """Make the board; return 0 when it is clean. A process for each step: KiCad keeps the project it saw first."""
    done = 0
    for step in STEPS:
        command = [sys.executable, __file__, str(folder), step]
        done = subprocess.run(command, check=False).returncode
        if done:
            break
    return done


if __name__ == "__main__":
    sys.exit(STEPS.get(sys.argv[-1], main)(Path(sys.argv[1])))
