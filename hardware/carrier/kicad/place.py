"""Put the netlist's footprints on a board and write what the router must know; runs in the Python of KiCad 6.

    /usr/bin/python3 hardware/carrier/kicad/place.py FOLDER

reads FOLDER/netlist.json, writes placed.kicad_pcb, project.json and geometry.json beside it. Nothing of ours
outside this folder is imported: Debian's Python has pcbnew and nothing of the project.
"""

import json
import sys
from pathlib import Path

import pcbnew
import silk

HERE = Path(__file__).resolve().parent
KICAD = "/usr/share/kicad/footprints"
OWN = "seepline"
HOLES_MM = ((3.7, 18.5), (161.3, 18.5), (3.7, 113.0), (161.3, 113.0))
SILK = (
    ("SEEPLINE CARRIER REV A", 66, 52.6, 1.2),
    ("GENERATED, NEVER BUILT", 22, 93.5, 1.6),
    ("Source: {source}", 22, 90.6, 0.9),
    ("CERN-OHL-S-2.0", 60, 93.5, 0.9),
)
CLASSES = {  # name: (track, clearance, via, drill) in mm, and how its nets are named
    "LINE": (1.0, 0.8, 1.2, 0.6),
    "EARTH": (1.5, 0.8, 1.2, 0.6),
    "POWER": (0.5, 0.2, 0.9, 0.45),
    "Default": (0.2, 0.2, 0.7, 0.35),
}


def class_of(net):
    """Return the net class of a net by its name."""
    if net.startswith("EARTH"):
        return "EARTH"
    if net.startswith(("LINE_", "RAIN1_P")) or net.endswith(("_C+", "_C-", "_T+", "_I+")):
        return "LINE"
    if net.startswith(("+12", "+5", "VIN", "SWITCH", "COIL", "CLAMP", "FUSED", "DRIVE", "BRIDGE")):
        return "POWER"
    return "Default"


def footprint(name):
    """Load a footprint of KiCad's libraries or of ours."""
    library, part = name.split(":")
    folder = str(HERE / "seepline.pretty") if library == OWN else f"{KICAD}/{library}.pretty"
    found = pcbnew.FootprintLoad(folder, part)
    if found is None:
        raise SystemExit(f"place.py: no footprint {name}; is kicad-footprints installed?")
    return found


def place(board, part):
    """Put one part on the board and return its footprint."""
    made = footprint(part["footprint"])
    made.SetReference(part["ref"])
    made.SetValue(part["value"])
    made.SetProperty("MPN", part["number"])  # two parts of one value are not one row of the assembler's page
    board.Add(made)
    made.SetPosition(pcbnew.wxPointMM(part["x_mm"], part["y_mm"]))
    made.SetOrientationDegrees(part["rotation"])
    silk.label(made)
    return made


def connect(board, footprints, parts):
    """Give every pad its net; a pin of the netlist without a pad is an error."""
    nets, missing = {}, []
    for part in parts:
        for pin, name in part["pins"].items():
            if name not in nets:
                nets[name] = pcbnew.NETINFO_ITEM(board, name)
                board.Add(nets[name])
            pads = [pad for pad in footprints[part["ref"]].Pads() if pad.GetNumber() == pin]
            if not pads:
                missing.append(f"{part['ref']} pin {pin}")
            for pad in pads:
                pad.SetNet(nets[name])
    if missing:
        raise SystemExit(f"place.py: no pad for {', '.join(missing)}")
    return nets


def project(nets):
    """Return the project file that gives each net its class; KiCad 6 keeps them there."""
    made = []
    for name, (track, clearance, via, drill) in CLASSES.items():
        members = [net for net in sorted(nets) if class_of(net) == name and name != "Default"]
        widths = {"track_width": track, "clearance": clearance, "via_diameter": via, "via_drill": drill}
        made.append({"name": name, "nets": members, **widths})
    rules = {
        "min_clearance": 0.2,
        "min_track_width": 0.2,
        "min_via_diameter": 0.6,
        "min_through_hole_diameter": 0.2,
        "min_hole_clearance": 0.25,
        "min_hole_to_hole": 0.25,
        "min_copper_edge_clearance": 0.4,
    }
    return {
        "board": {"design_settings": {"rules": rules, "meta": {"version": 2}}},
        "meta": {"filename": "carrier.kicad_pro", "version": 1},
        "net_settings": {"classes": made, "meta": {"version": 2}},
    }


def outline(board, size_mm):
    """Draw the board's edge, its mounting holes and its texts."""
    width, height = size_mm
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        line = pcbnew.PCB_SHAPE(board)
        line.SetShape(pcbnew.SHAPE_T_SEGMENT)
        line.SetStart(pcbnew.wxPointMM(*start))
        line.SetEnd(pcbnew.wxPointMM(*end))
        line.SetLayer(pcbnew.Edge_Cuts)
        line.SetWidth(pcbnew.FromMM(0.1))
        board.Add(line)
    for number, (x, y) in enumerate(HOLES_MM, start=1):
        part = {
            "footprint": "MountingHole:MountingHole_3.2mm_M3",
            "ref": f"H{number}",
            "value": "M3",
            "number": "",
        }
        place(board, {**part, "x_mm": x, "y_mm": y, "rotation": 0})


def write_on(board, footprints, netlist):
    """Write on the silkscreen what the board is, where its source is, what each terminal and part is."""
    for text, x, y, height in SILK:
        silk.write(board, text.format(**netlist), x, y, height, pcbnew.GR_TEXT_HJUSTIFY_LEFT)
    silk.texts(board, footprints, netlist["ways"])


def box(item):
    """Return [left, top, right, bottom] in mm."""
    found = item.GetBoundingBox()
    return [
        round(pcbnew.ToMM(value), 4) for value in (found.GetX(), found.GetY(), found.GetRight(), found.GetBottom())
    ]


def geometry(board, netlist):
    """Return what the router must know: pads, holes, areas without copper."""
    pads, keepouts = [], []
    for made in board.GetFootprints():
        for pad in made.Pads():
            layers = [n for n, layer in enumerate((pcbnew.F_Cu, pcbnew.B_Cu)) if pad.IsOnLayer(layer)]
            centre = [round(pcbnew.ToMM(value), 4) for value in (pad.GetPosition().x, pad.GetPosition().y)]
            pads.append(
                {
                    "ref": made.GetReference(),
                    "net": pad.GetNetname(),
                    "layers": layers,
                    "at": centre,
                    "box": box(pad),
                    "hole": pad.GetDrillSize().x > 0,
                }
            )
        keepouts += [box(zone) for zone in made.Zones()]
    nets = sorted({pad["net"] for pad in pads if pad["net"]})
    return {
        "size_mm": netlist["size_mm"],
        "pads": pads,
        "keepouts": keepouts,
        "classes": CLASSES,
        "class_of": {net: class_of(net) for net in nets},
    }


def main(folder):
    """Write the placed board and its geometry."""
    netlist = json.loads((folder / "netlist.json").read_text(encoding="utf-8"))
    board = pcbnew.BOARD()
    footprints = {part["ref"]: place(board, part) for part in netlist["parts"]}
    nets = connect(board, footprints, netlist["parts"])
    outline(board, netlist["size_mm"])
    write_on(board, footprints, netlist)
    (folder / "project.json").write_text(json.dumps(project(nets), indent=1), encoding="utf-8")
    board.Save(str(folder / "placed.kicad_pcb"))
    found = geometry(board, netlist)
    (folder / "geometry.json").write_text(json.dumps(found, indent=0), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
