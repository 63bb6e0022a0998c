"""The wiring table of level 1, read and checked: every fault at once, with the row and what was expected."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WIRING = HERE / "wiring.toml"
WAY_MM = 5.2  # a terminal of 2.5 mm2
RAIL_GAP_MM = 2


class WiringError(Exception):
    """A wiring table is wrong: one line for each fault, with the row."""


@dataclass(frozen=True, slots=True)
class Module:
    """A thing in the box; `feed` says the volts that each of its supply pins bears."""

    ref: str
    title: str
    pins: tuple[str, ...]
    feed: Mapping[str, tuple[float, float]]

    @property
    def is_terminal(self) -> bool:
        """Tell whether the field is wired to it."""
        return self.title.startswith("Terminals")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing: its nets, each with its ends as (module, pin)."""

    id: str
    title: str
    nets: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Build:
    """A whole level: modules by reference, sheets in their order, volts by net."""

    title: str
    ambient_degc: tuple[int, int]
    sun_k: int
    loose: tuple[str, ...]
    modules: Mapping[str, Module]
    sheets: tuple[Sheet, ...]
    volts: Mapping[str, tuple[float, float]]
    rail_mm: int
    upper: list[tuple[str, float]]
    lower: tuple[str, ...]
    lower_modules: list[tuple[str, float]]

    @property
    def lower_widths(self) -> list[tuple[str, float]]:
        """What stands on the lower rail, with its widths in mm; a strip takes `WAY_MM` a way."""
        strips = [
            (ref, WAY_MM * len(self.modules[ref].pins) if ref in self.modules else 0.0) for ref in self.lower
        ]
        return [*self.lower_modules, *strips]

    def net_of(self, ref: str, pin: str) -> str:
        """Return the net at a pin; the table has been checked, so there is one."""
        return next(net for sheet in self.sheets for net, ends in sheet.nets.items() if (ref, pin) in ends)


def read(path: Path = WIRING) -> Build:
    """Return the checked table.

    Raises
    ------
    WiringError
        With every fault of the table.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise WiringError(f"{path.name}: {error}") from error
    try:
        build = _built(rows)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WiringError(f"{path.name}: {error!r} where the shape of wiring.toml was expected") from error
    if found := list(faults(build)):
        raise WiringError("\n".join(f"{path.name}: {fault}" for fault in found))
    return build


def _built(rows: dict[str, Any]) -> Build:
    return Build(
        rows["build"]["title"],
        tuple(rows["build"]["ambient_degc"]),
        rows["build"]["sun_k"],
        tuple(rows["build"]["loose"]),
        {ref: _module(ref, row) for ref, row in rows["module"].items()},
        tuple(_sheet(name, dict(row)) for name, row in rows["sheet"].items()),
        {net: tuple(volts) for net, volts in rows["volts"].items()},
        rows["rail"]["length_mm"],
        [(ref, mm) for ref, mm in rows["rail"]["upper"]],
        tuple(rows["rail"]["lower"]),
        [(ref, mm) for ref, mm in rows["rail"]["lower_modules"]],
    )


def _module(ref: str, row: Mapping[str, object]) -> Module:
    feed = {pin: tuple(volts) for pin, volts in row.get("feed", {}).items()}  # type: ignore[attr-defined]
    return Module(ref, str(row["title"]), tuple(row["pins"]), feed)  # type: ignore[arg-type]


def _sheet(name: str, row: dict[str, object]) -> Sheet:
    title = str(row.pop("title"))
    nets = {net: tuple(_end(text) for text in ends) for net, ends in row.items()}  # type: ignore[attr-defined]
    return Sheet(name, title, nets)


def _end(text: str) -> tuple[str, str]:
    ref, _, pin = text.partition(".")
    return ref, pin


def faults(build: Build) -> Iterator[str]:
    """Yield what is wrong: unknown pins, pins on two nets or none, wires with one end, supplies out of range."""
    yield from _rail_faults(build)
    taken: dict[tuple[str, str], str] = {}
    for sheet in build.sheets:
        for net, ends in sheet.nets.items():
            where = f"[sheet.{sheet.id}] {net}"
            if len(ends) < 2:
                yield f"{where} has {len(ends)} end, expected two or more"
            for end in ends:
                yield from _end_faults(build, where, end, taken)
                taken[end] = where
    for ref, module in build.modules.items():
        for pin in module.pins:
            if (ref, pin) not in taken:
                yield f"[module.{ref}] pin {pin} is on no net, expected one (leave out of `pins` what stays open)"


def _rail_faults(build: Build) -> Iterator[str]:
    for row, refs in (
        ("upper", [ref for ref, _ in build.upper]),
        ("lower", [ref for ref, _ in build.lower_widths]),
    ):
        for ref in refs:
            if ref not in build.modules:
                yield f"[rail] {row} names {ref}, expected a module of this table"
    for row, widths in (("upper", build.upper), ("lower", build.lower_widths)):
        taken = sum(mm + RAIL_GAP_MM for _, mm in widths)
        if taken > build.rail_mm:
            yield f"[rail] {row} takes {taken:.0f} mm, expected {build.rail_mm} mm at most"


def _end_faults(
    build: Build, where: str, end: tuple[str, str], taken: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    ref, pin = end
    module = build.modules.get(ref)
    if module is None or pin not in module.pins:
        yield f"{where} ends at {ref}.{pin}, expected a pin of a module of this table"
        return
    if end in taken:
        yield f"{where} ends at {ref}.{pin}, expected a pin that {taken[end]} does not take"
    if pin in module.feed:
        yield from _feed_faults(build, where, module, pin)


def _feed_faults(build: Build, where: str, module: Module, pin: str) -> Iterator[str]:
    low, high = module.feed[pin]
    volts = build.volts.get(where.rpartition("] ")[2])
    if volts is None:
        yield f"{where} feeds {module.ref}.{pin}, expected a net with a row in [volts]"
    elif not low <= volts[0] <= volts[1] <= high:
        yield f"{where} gives {volts[0]:g} to {volts[1]:g} V to {module.ref}.{pin}, expected {low:g} to {high:g} V"
