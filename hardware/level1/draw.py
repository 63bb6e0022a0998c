"""Drawings of level 1: wiring as Graphviz, a file for each sheet; terminal plan and wires as Markdown."""

from collections.abc import Iterator, Mapping
from html import escape

from hardware.level1.table import Build, Sheet

_INKS = ("#1B6CA8", "#C2571A", "#2E7D32", "#7B1FA2", "#00838F", "#AD1457", "#5D4037", "#455A64")
_TAGGED = 7  # a net with so many ends is written at its pins, not drawn
_MARK = {"GND": "#444444", "EARTH": "#558B2F", "3V3": "#C62828", "12V_FUSED": "#E65100"}


def dot(build: Build, sheet: Sheet) -> str:
    """Return one sheet as a Graphviz file: the same bytes for the same table."""
    pins, title = _pins(build, sheet), f"<b>{escape(build.title)}: {escape(sheet.title)}</b>"
    lines = [
        f'digraph "{sheet.id}" {{',
        f"  label=<{title}; generated, never built>; labelloc=t;",
        '  graph [rankdir=LR, ranksep=1.1, nodesep=0.25, fontname="DejaVu Sans", fontsize=13];',
        '  node [shape=plain, fontname="DejaVu Sans", fontsize=10];',
        '  edge [dir=none, penwidth=1.6, fontname="DejaVu Sans", fontsize=8];',
    ]
    lines += [f"  {_node(build, ref, used)}" for ref, used in pins.items()]
    lines += [f"  {_tagged(sheet)}"] if any(len(ends) >= _TAGGED for ends in sheet.nets.values()) else []
    lines += [f"  {edge}" for edge in _edges(build, sheet)]
    return "\n".join([*lines, "}", ""])


def _pins(build: Build, sheet: Sheet) -> dict[str, dict[str, str]]:
    """Return for each module that a wire is drawn to its pins there, with the tag at each."""
    found: dict[str, dict[str, str]] = {}
    for net, ends in sheet.nets.items():
        for ref, pin in ends:
            found.setdefault(ref, {})[pin] = net if len(ends) >= _TAGGED else ""
    order = [ref for ref in build.modules if ref in found and "" in found[ref].values()]
    return {ref: {pin: found[ref][pin] for pin in build.modules[ref].pins if pin in found[ref]} for ref in order}


def _tagged(sheet: Sheet) -> str:
    """Return the node that lists the nets which are written at their pins."""
    rows = ""
    for net, ends in sheet.nets.items():
        if len(ends) >= _TAGGED:
            text = _broken(", ".join(f"{ref}.{pin}" for ref, pin in ends), 46)
            rows += f'<tr><td><font color="{_MARK.get(net, "#444444")}"><b>{escape(net)}</b></font></td>'
            rows += f'<td align="left">{text}</td></tr>'
    return f'"nets" [label=<<table border="0" cellborder="1" cellspacing="0" cellpadding="4">{rows}</table>>];'


def _node(build: Build, ref: str, used: Mapping[str, str]) -> str:
    module = build.modules[ref]
    ground = "#E8F1F8" if not module.is_terminal else "#FFF3D6"
    head = f"<b>{escape(ref)}</b><br/>{_broken(module.title)}"
    rows = f'<tr><td bgcolor="{ground}" colspan="2" cellpadding="7">{head}</td></tr>'
    for pin, tag in used.items():
        mark = f'<font color="{_MARK.get(tag, "#444444")}">{escape(tag)}</font>' if tag else ""
        rows += f'<tr><td port="{_port(pin)}" align="left">{escape(pin)}</td><td>{mark}</td></tr>'
    return f'"{ref}" [label=<<table border="0" cellborder="1" cellspacing="0" cellpadding="3">{rows}</table>>];'


def _broken(text: str, most: int = 20) -> str:
    words, lines = escape(text).split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br/>".join(lines)


def _port(pin: str) -> str:
    return "p" + "".join(one if one.isalnum() else f"_{ord(one)}_" for one in pin)


def _edges(build: Build, sheet: Sheet) -> Iterator[str]:
    drawn = [(net, ends) for net, ends in sheet.nets.items() if len(ends) < _TAGGED]
    for number, (net, ends) in enumerate(drawn):
        ink = _INKS[number % len(_INKS)]
        for (first, pin), (other, its) in _pairs(build, ends):
            yield (
                f'"{first}":{_port(pin)}:e -> "{other}":{_port(its)}:w '
                f'[color="{ink}", fontcolor="{ink}", label="{escape(net)}"];'
            )


def _pairs(build: Build, ends: tuple[tuple[str, str], ...]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return the ends two by two: from the chip to the right, to the field."""

    def column(end: tuple[str, str]) -> tuple[int, tuple[str, str]]:
        ref = end[0]
        return 0 if ref == "U1" else 1 if ref[0] == "U" else 3 if build.modules[ref].is_terminal else 2, end

    first, *rest = sorted(ends, key=column)
    far = [end for end in rest if end[0] != first[0]]
    return [(first, end) for end in far] + [(end, far[0]) for end in rest if end[0] == first[0]]


def terminal_plan(build: Build) -> str:
    """Return the terminals as a Markdown table, in the order of the lower rail."""
    rows = ["| no. | strip | way | net | goes on to |", "|---|---|---|---|---|"]
    number = 0
    for ref in build.lower:
        module = build.modules[ref]
        for pin in module.pins if module.is_terminal else ():
            number += 1
            net = build.net_of(ref, pin)
            rows.append(f"| {number} | {ref} | {pin} | {net} | {_others(build, net, ref, pin)} |")
    return "\n".join(rows) + "\n"


def _others(build: Build, net: str, ref: str, pin: str) -> str:
    ends = next(sheet.nets[net] for sheet in build.sheets if net in sheet.nets)
    if len(ends) >= _TAGGED:
        return "earth bar" if net == "EARTH" else "common 0 V"
    return ", ".join(f"{other} {its}" for other, its in ends if (other, its) != (ref, pin))


def wire_list(build: Build, sheet: Sheet) -> str:
    """Return the nets of a sheet as a Markdown table."""
    rows = ["| net | from, to |", "|---|---|"]
    for net, ends in sheet.nets.items():
        rows.append(f"| {net} | {', '.join(f'{ref} {pin}' for ref, pin in ends)} |")
    return "\n".join(rows) + "\n"
