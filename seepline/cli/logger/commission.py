"""`seepline logger commission` and `accept`: a new gauge, step by step, until an engineer takes it."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from seepline.cli.logger import app
from seepline.cli.logger.options import (
    Address,
    AsJson,
    Port,
    Reach,
    Records,
    Through,
    Usb,
    Who,
    guarded,
    logger_of,
    person,
    print_json,
    records_folder,
    run,
    way_of,
)
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site

if TYPE_CHECKING:
    from fieldtool.connection import Device
    from fieldtool.records import Book
    from fieldtool.stability import Stability
    from fieldtool.walk import Stated

_FAILED = 1
_Maker = float | None


@dataclass(frozen=True, slots=True)
class _Prompts:
    """The operator at the terminal; questions go to standard error, so that --json stays clean."""

    console: Console

    def tell(self, text: str) -> None:
        """Say something."""
        self.console.print(text, markup=False, highlight=False)

    def waiting(self, rest: "Stability") -> None:
        """Show how far the gauge is from rest, on one line."""
        from fieldtool.verdicts import cause_in_words

        text = "At rest." if rest.why is None else cause_in_words(rest.why.text)
        self.console.print(f"  {text:<90}", end="\r" if self.console.is_terminal else "\n", markup=False)

    def text(self, question: str) -> str:
        """Ask for a text."""
        return str(typer.prompt(question, err=True))

    def number(self, question: str) -> float | None:
        """Ask for a number; empty for none."""
        while True:
            said = str(typer.prompt(question, default="", show_default=False, err=True)).strip().replace(",", ".")
            if not said:
                return None
            try:
                number = float(said)
            except ValueError:
                number = math.nan
            if math.isfinite(number):
                return number
            self.tell(f"{said} is no number.")

    def yes(self, question: str) -> bool:
        """Ask yes or no."""
        return typer.confirm(question, err=True)


@app.command()
def commission(  # noqa: PLR0913 - one argument per option
    site_file: SiteFile,
    target: Annotated[str, typer.Argument(metavar="POINT|LOGGER", help="One point, or all of a logger.")],
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    who: Who = None,
    again: Annotated[list[str] | None, typer.Option(metavar="STEP", help="Do a step again that passed.")] = None,
    coil_ohm: Annotated[_Maker, typer.Option(min=1, help="The maker's coil resistance, in place of ours.")] = None,
    cable_ohm_per_km: Annotated[_Maker, typer.Option(min=0, help="One conductor of the cable, likewise.")] = None,
    insulation_megohm: Annotated[_Maker, typer.Option(min=0, help="The least insulation, likewise.")] = None,
    density_kg_m3: Annotated[_Maker, typer.Option(min=900, help="Of the water; without it, fresh.")] = None,
    records: Records = None,
    as_json: AsJson = False,
) -> None:
    """Walk a new gauge through its commissioning; broken off, it goes on where it was. Exit code 1: a failure."""
    from fieldtool.clock import clock_of_environment
    from fieldtool.commissioning import STEP_NAMES
    from fieldtool.gauge import gauge_at, points_of
    from fieldtool.records import Book
    from fieldtool.walk import Stated

    site, now_ms = read_site_or_exit(site_file), clock_of_environment().now_ms()
    if unknown := sorted(set(again or []) - STEP_NAMES.keys()):
        raise refused(f"--again {unknown[0]}: expected one of {', '.join(STEP_NAMES)}")
    points = guarded(lambda: points_of(site, target, now_ms))
    logger = guarded(lambda: gauge_at(site, points[0], now_ms)).logger if points else target
    stated = Stated(
        coil_ohm=coil_ohm,
        cable_ohm_per_km=cable_ohm_per_km,
        insulation_megohm=insulation_megohm,
        density_kg_m3=density_kg_m3,
    )
    walker = _Walker(site, Book(records_folder(site_file, records)), person(who), stated, tuple(again or ()))
    finished = run(
        way_of(site, logger_of(site, logger), Reach(port, usb, through), address),
        lambda device: walker.all(device, points),
    )
    if as_json:
        print_json({"points": finished})
    if not all(finished.values()):
        raise typer.Exit(_FAILED)


@dataclass(frozen=True, slots=True)
class _Walker:
    """Walks the points of one logger."""

    site: Site
    book: "Book"
    who: str
    stated: "Stated"
    again: tuple[str, ...]

    async def all(self, device: "Device", points: list[str]) -> dict[str, bool]:
        """Walk every point; return whether each has finished. The first failure ends it."""
        from fieldtool.clock import clock_of_environment
        from fieldtool.gauge import gauge_at
        from fieldtool.gauge_reader import GaugeReader
        from fieldtool.identification import identify
        from fieldtool.walk import Walk

        clock, finished = clock_of_environment(), dict[str, bool]()
        found, shell = await identify(device, clock), _Prompts(Console(stderr=True))
        for point in points:
            gauge = gauge_at(self.site, point, clock.now_ms())
            shell.tell(
                f"{point}: {gauge.instrument.maker} {gauge.instrument.serial}, sheet {gauge.calibration.label}"
            )
            walk = Walk(GaugeReader(device, clock, found, gauge), shell, self.book, self.who, self.stated)
            finished[point] = await walk.run(self.again)
            if not finished[point]:
                break
        return finished


@app.command()
def accept(
    site_file: SiteFile,
    point: Annotated[str, typer.Argument(metavar="POINT", help="Id of a point of the site.")],
    engineer: Annotated[str, typer.Option(help="Who accepts the baseline: the engineer's name.")],
    reason: Annotated[str, typer.Option(help="On what it rests, such as a week of steady readings.")],
    records: Records = None,
    as_json: AsJson = False,
) -> None:
    """Record that an engineer accepts a point's baseline, and print the lines that say so in the site file."""
    from fieldtool.clock import clock_of_environment, iso
    from fieldtool.gauge import gauge_at
    from fieldtool.records import BASELINE, Book
    from fieldtool.verdicts import PASS, Outcome
    from fieldtool.walk import is_finished, record_of

    if not (engineer.strip() and reason.strip()):
        raise refused("--engineer and --reason must not be empty: an acceptance without them proves nothing.")
    site, now_ms = read_site_or_exit(site_file), clock_of_environment().now_ms()
    gauge = guarded(lambda: gauge_at(site, point, now_ms))
    book = Book(records_folder(site_file, records))
    if not is_finished(gauge, guarded(lambda: book.read(point))):
        raise refused(f"{point} has not passed every step of its commissioning: see `report`.", NOT_POSSIBLE)
    outcome = Outcome(PASS, {"reason": reason})
    guarded(lambda: book.append(record_of(gauge, BASELINE, outcome, engineer, now_ms)))
    if as_json:
        print_json({"point": point, "valid_from": iso(now_ms), "accepted_by": engineer, "source": reason})
        return
    typer.echo(f"Recorded in {book.path(point)}. For {Path(site_file).name}:\n")
    lines = (("point", point), ("accepted_by", engineer), ("source", reason))
    typer.echo("[[baseline]]\n" + "\n".join(f"{key} = {_toml(text)}" for key, text in lines))
    typer.echo(f"valid_from = {iso(now_ms)}")


def _toml(text: str) -> str:
    """Return a TOML basic string, which JSON's is too."""
    import json

    return json.dumps(text, ensure_ascii=False)
