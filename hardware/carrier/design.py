"""The carrier's circuit in SKiDL: electrical rules with every warning fatal, netlist, bill of materials.

    python -m hardware.carrier.design FOLDER [FAULT]

writes carrier.net, netlist.json (for the programs that run in KiCad's own Python) and bom.csv, and returns 0
only when SKiDL found neither an error nor a warning and no project rule is broken. With a FAULT of broken.py it
says what SKiDL finds in the sheets that have it.
"""

import builtins
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from hardware import pinmap
from hardware.carrier import broken, catalog, circuit, rules
from hardware.carrier.bill import write_bill
from hardware.carrier.catalog import Kind
from hardware.carrier.part import Part
from hardware.pinmap import PinMap
from seepline.toml_file import Faulty

SYMBOLS = "/usr/share/kicad/symbols"
SUPPLIES = ("+12V", "+5V", "+3V3", "+3V3A", "+3V3C", "GND", "+12S0", "+12S1")
_FUNCTIONS = {
    "input": "INPUT",
    "output": "OUTPUT",
    "passive": "PASSIVE",
    "power_in": "PWRIN",
    "tristate": "TRISTATE",
}

# Footprints are looked up by the program that places them; the root of the circuit has no tag to be given.
_HARMLESS = ("fp-lib-table", "Missing tag on  instantiated")

for _version in ("", "6", "7", "8", "9", "10"):  # SKiDL warns of each that is missing when it is loaded
    os.environ.setdefault(f"KICAD{_version}_SYMBOL_DIR", SYMBOLS)


def _template(skidl, kind: Kind):  # type: ignore[no-untyped-def] # SKiDL has no types
    if kind.symbol:
        return skidl.Part(*kind.symbol.split(":"), dest=skidl.TEMPLATE)
    pins = [
        skidl.Pin(num=number, name=name, func=getattr(skidl.Pin.types, _FUNCTIONS[function]))
        for number, name, function in (pin.split() for pin in kind.pins)
    ]
    return skidl.Part(
        name=kind.number, ref_prefix="U", tool=skidl.SKIDL, dest=skidl.TEMPLATE, pins=pins, tag=kind.number
    )


def build(skidl, parts: Sequence[Part], kinds: Mapping[str, Kind]) -> None:  # type: ignore[no-untyped-def]
    """Put all parts and nets into SKiDL's circuit; an open pin is so on purpose, unless an input or a supply."""
    templates = {name: _template(skidl, kinds[name]) for name in dict.fromkeys(part.kind for part in parts)}
    nets = {name: skidl.Net(name, tag=name) for name in circuit.nets(parts)}
    for name in SUPPLIES:
        if name in nets:
            nets[name].drive = skidl.POWER
    for part in parts:
        kind = kinds[part.kind]
        made = templates[part.kind](ref=part.ref, value=part.value, footprint=kind.footprint, tag=part.ref)
        made.fields.update({"Manufacturer": kind.maker, "MPN": kind.number})
        for pin in made.pins:
            if part.pins.get(pin.num):
                pin += nets[part.pins[pin.num]]
            elif pin.func not in (skidl.Pin.types.PWRIN, skidl.Pin.types.INPUT):
                pin += vars(builtins)["NC"]


def check(parts: Sequence[Part], kinds: Mapping[str, Kind], folder: Path, *, netlist: bool = True) -> list[str]:
    """Return what SKiDL's electrical rules say, and write its netlist carrier.net into the folder."""
    here = Path.cwd()
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)  # SKiDL writes its logs where it stands
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            return _checked(parts, kinds, said, netlist)
    finally:
        os.chdir(here)


def _checked(parts: Sequence[Part], kinds: Mapping[str, Kind], said: io.StringIO, netlist: bool) -> list[str]:
    import skidl
    from skidl.logger import erc_logger

    for log in Path.cwd().glob("*.erc"):
        log.unlink()
    vars(sys.modules["skidl.circuit"])["get_skidl_trace"] = (
        list  # it reads every source line of the stack for each part
    )
    skidl.set_default_tool("kicad6")
    skidl.lib_search_paths["kicad6"].append(SYMBOLS)
    build(skidl, parts, kinds)
    skidl.ERC()
    if netlist:
        skidl.generate_netlist(file_="carrier.net")
    told = said.getvalue() + "".join(log.read_text(encoding="utf-8") for log in Path.cwd().glob("*.erc"))
    lines = [line for line in told.splitlines() if re.match(r"(ERC )?(ERROR|WARNING)", line)]
    lines = [line for line in lines if not any(harmless in line for harmless in _HARMLESS)]
    count = erc_logger.error.count + erc_logger.warning.count
    refs = [str(part.ref) for part in vars(builtins)["default_circuit"].parts]
    lines += [f"SKiDL gave {ref} its own name" for ref in sorted(set(refs) - {part.ref for part in parts})]
    return lines if lines or not count else [f"SKiDL counted {count} errors and warnings"]


def netlist(parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap) -> dict[str, object]:
    """Return the netlist for the programs that place and route."""
    return {
        "size_mm": circuit.SIZE_MM,
        "revision": circuit.REVISION,
        "source": circuit.SOURCE,
        "ways": {one.terminal: list(one.ways) for one in pin_map.inputs if not one.module},
        "parts": [
            {**part._asdict(), "footprint": kinds[part.kind].footprint, "number": kinds[part.kind].number}
            for part in parts
        ],
    }


def erc_of_a_fault(name: str, folder: Path) -> list[str]:
    """Return what SKiDL says of the sheets that a fault of broken.py touches."""
    kinds, sheets = catalog.read(), circuit.sheets(pinmap.read())
    spoilt = {sheet: broken.FAULTS[name](parts, dict(kinds))[0] for sheet, parts in sheets.items()}
    touched = [part for sheet, parts in spoilt.items() if parts != sheets[sheet] for part in parts]
    return check(touched, kinds, folder.resolve(), netlist=False)


def main(arguments: Sequence[str]) -> int:
    """Check the circuit, write its files; say each fault on a line of its own."""
    folder = Path(arguments[0])
    try:
        pin_map, kinds = pinmap.read(), catalog.read()
    except Faulty as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if arguments[1:]:
        sys.stdout.writelines(f"{line}\n" for line in erc_of_a_fault(arguments[1], folder))
        return 1
    parts = circuit.all_parts(pin_map)
    faults = [f"rules: {fault}" for fault in rules.faults(parts, kinds, pin_map)]
    faults = faults or [f"ERC: {line}" for line in check(parts, kinds, folder.resolve())]
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    if not faults:
        (folder / "netlist.json").write_text(
            json.dumps(netlist(parts, kinds, pin_map), indent=1), encoding="utf-8"
        )
        write_bill(folder / "bom.csv", parts, kinds)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
