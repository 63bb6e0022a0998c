"""The one door to WireViz: a place's description to Graphviz text and a bill of cable."""

from typing import Any

from hardware.channels import Channels
from hardware.harness import plan, section
from hardware.pinmap import PinMap


def drawn(drawing: plan.Drawing) -> tuple[str, str]:
    """Return (Graphviz text, bill of cable as tab-separated text); the same for the same description."""
    from wireviz.wireviz import parse
    from wireviz.wv_bom import bom_list

    harness: Any = parse(drawing, return_types="harness")
    rows = ["\t".join(" ".join(str(cell).split()) for cell in row) for row in bom_list(harness.bom())]
    return str(harness.graph.source), "\n".join(rows) + "\n"


def committed(table: Channels, pins: PinMap) -> dict[str, str]:
    """Return the committed files, name -> text: Graphviz and bill of each place, sections of boreholes."""
    found = {}
    for place in plan.places(table):
        name = plan.name_of(place)
        found[f"{name}.gv"], found[f"{name}.bom.tsv"] = drawn(plan.drawing(table, pins, place))
    for place in section.boreholes(table):
        found[f"{plan.name_of(place)}.section.svg"] = section.svg(table, place)
    return found
