"""What a factory needs of a finished board, and pictures of it; runs in the Python of KiCad 6.

    /usr/bin/python3 hardware/carrier/kicad/fab.py FOLDER

reads FOLDER/carrier.kicad_pcb, writes FOLDER/fab/ (Gerber, drill, positions), board-top.svg and board-bottom.svg.
"""

import csv
import re
import sys
from pathlib import Path

import pcbnew

GERBERS = (
    (pcbnew.F_Cu, "F_Cu"),
    (pcbnew.B_Cu, "B_Cu"),
    (pcbnew.F_Mask, "F_Mask"),
    (pcbnew.B_Mask, "B_Mask"),
    (pcbnew.F_Paste, "F_Paste"),
    (pcbnew.F_SilkS, "F_Silkscreen"),
    (pcbnew.B_SilkS, "B_Silkscreen"),
    (pcbnew.Edge_Cuts, "Edge_Cuts"),
)
# Layers of a picture from the lowest up, and the colour of each.
PICTURES = {
    "board-top": (
        (pcbnew.F_Cu, "#b87333"),
        (pcbnew.F_Mask, "#e8c26a"),
        (pcbnew.F_SilkS, "#ffffff"),
        (pcbnew.Edge_Cuts, "#202020"),
    ),
    "board-bottom": (
        (pcbnew.B_Cu, "#4a6fa5"),
        (pcbnew.B_Mask, "#e8c26a"),
        (pcbnew.B_SilkS, "#ffffff"),
        (pcbnew.Edge_Cuts, "#202020"),
    ),
}
BACKGROUND = "#14301f"
NANOMETRE_MM = "0.000001"  # the unit of KiCad's plots


def plotter(board, folder, kind):
    """Return KiCad's plotter into a folder."""
    made = pcbnew.PLOT_CONTROLLER(board)
    options = made.GetPlotOptions()
    options.SetOutputDirectory(str(folder))
    options.SetPlotFrameRef(False)
    options.SetUseGerberProtelExtensions(False)
    options.SetSubtractMaskFromSilk(kind == pcbnew.PLOT_FORMAT_GERBER)
    options.SetMirror(False)
    options.SetPlotReference(True)
    options.SetPlotValue(False)
    return made


def gerbers(board, folder):
    """Write the layers and the drill files."""
    plot = plotter(board, folder, pcbnew.PLOT_FORMAT_GERBER)
    for layer, name in GERBERS:
        plot.SetLayer(layer)
        plot.OpenPlotfile(name, pcbnew.PLOT_FORMAT_GERBER, name)
        plot.PlotLayer()
    plot.ClosePlot()
    drill = pcbnew.EXCELLON_WRITER(board)
    drill.SetFormat(True)
    drill.CreateDrillandMapFilesSet(str(folder), True, False)


def positions(board, path):
    """Write where a machine puts each part: the board's lower left corner is 0, 0."""
    edge = board.GetBoardEdgesBoundingBox()
    rows = []
    for made in board.GetFootprints():
        if not made.GetReference().startswith(("H", "TP")):
            x = pcbnew.ToMM(made.GetPosition().x - edge.GetX())
            y = pcbnew.ToMM(edge.GetBottom() - made.GetPosition().y)
            side = "bottom" if made.IsFlipped() else "top"
            turn = made.GetOrientationDegrees()
            name = made.GetFPID().GetUniStringLibItemName()
            rows.append((made.GetReference(), made.GetValue(), name, f"{x:.3f}", f"{y:.3f}", f"{turn:g}", side))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("ref", "value", "package", "x_mm", "y_mm", "rotation", "side"))
        writer.writerows(sorted(rows))


def picture(board, folder, name):
    """Write one side of the board as an SVG: its layers over each other, each in a colour."""
    drawn = []
    for layer, colour in PICTURES[name]:
        plot = plotter(board, folder, pcbnew.PLOT_FORMAT_SVG)
        plot.SetLayer(layer)
        plot.SetColorMode(False)
        plot.OpenPlotfile(f"layer-{layer}", pcbnew.PLOT_FORMAT_SVG, name)
        plot.PlotLayer()
        path = Path(plot.GetPlotFileName())
        plot.ClosePlot()
        text = path.read_text(encoding="utf-8")
        path.unlink()
        body = text[text.index("<g ") : text.rindex("</svg>")]
        body = re.sub(r"<text.*?</text>", "", body, flags=re.S)  # unseen copies of what is drawn as strokes
        drawn.append(re.sub(r"#(?:000000|0{3})\b", colour, body))
    edge = board.GetBoardEdgesBoundingBox()
    box = [pcbnew.ToMM(value) for value in (edge.GetX(), edge.GetY(), edge.GetWidth(), edge.GetHeight())]
    size = f'width="{box[2]:g}mm" height="{box[3]:g}mm" viewBox="{box[0]:g} {box[1]:g} {box[2]:g} {box[3]:g}"'
    ground = f'<rect x="{box[0]:g}" y="{box[1]:g}" width="{box[2]:g}" height="{box[3]:g}" fill="{BACKGROUND}"/>'
    turn = f"matrix(-1 0 0 1 {2 * box[0] + box[2]:g} 0) " if name.endswith("bottom") else ""
    flipped = f'<g transform="{turn}scale({NANOMETRE_MM})">'
    body = "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', ground, flipped, *drawn, "</g></svg>"])
    (folder / f"{name}.svg").write_text(body, encoding="utf-8")


def main(folder):
    """Write everything."""
    board = pcbnew.LoadBoard(str(folder / "carrier.kicad_pcb"))
    fab = (folder / "fab").resolve()
    fab.mkdir(exist_ok=True)
    gerbers(board, fab)
    positions(board, fab / "positions.csv")
    for name in PICTURES:
        picture(board, folder.resolve(), name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
