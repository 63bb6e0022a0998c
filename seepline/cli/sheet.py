"""`seepline sheet`: a maker's calibration sheet, recomputed point by point before it counts."""

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.acts.document import AcceptedAct
from seepline.acts.sheets import waiting
from seepline.bundle.document import time_text
from seepline.cli.problems import NOT_POSSIBLE, read_site_or_exit, refused
from seepline.sheets.entry import entry, with_entry
from seepline.sheets.lines import line_of
from seepline.sheets.residuals import Residual, Verdict, verdict
from seepline.sheets.sheet_file import Sheet, parse_sheet
from seepline.site_file import SiteError, parse_site
from seepline.toml_file import Faulty, read_text

app = typer.Typer(no_args_is_help=True, help="A maker's calibration sheet: recompute its points, accept it.")

SheetFile = Annotated[Path, typer.Argument(metavar="SHEET.toml", help="The sheet, typed off the paper.")]
SiteFile = Annotated[Path, typer.Argument(metavar="SITE.toml", help="The site whose instrument it is.")]


@app.command()
def check(sheet_file: SheetFile, site_file: SiteFile) -> None:
    """Recompute a sheet's own calibration points and show the residual of each; exit code 2 when it disagrees."""
    sheet = _read(sheet_file, site_file)
    _judged(sheet, sheet_file)


@app.command()
def accept(
    sheet_file: SheetFile,
    site_file: SiteFile,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who accepts the sheet.")],
) -> None:
    """Recompute a sheet's points and, when all agree, add its [[calibration]] to SITE.toml.

    The instrument's sheet before it ends where this one begins. SITE.toml is written whole or not at all, and only
    if the site with the new sheet has no problem.
    """
    from fieldtool.clock import clock_of_environment, iso

    if not by.strip():
        raise refused("--by is empty: expected who accepts the sheet.")
    sheet = _read(sheet_file, site_file)
    found = _judged(sheet, sheet_file)
    day = iso(clock_of_environment().now_ms())[:10]
    _keep(sheet, found, site_file, (by, day))


@app.command()
def take(
    site_file: SiteFile,
    data: Annotated[Path, typer.Option(metavar="DIR", help="Directory of a collector, running or not.")],
) -> None:
    """Add to SITE.toml every sheet that an engineer accepted on a page and that is not in it yet.

    Each is checked as by `accept`, and names who accepted it when. The collector judges by SITE.toml from its next
    start.
    """
    from collector import journal_file
    from collector.acts.sheets import accepted_sheets

    journal = data / journal_file.FILE_NAME
    try:
        found = waiting(read_site_or_exit(site_file), accepted_sheets(journal))
    except sqlite3.OperationalError as error:
        raise refused(f"{journal} cannot be read ({error}); --data is the directory of a collector.") from error
    if not found:
        typer.echo(f"{site_file} has every sheet that was accepted.")
    for one in found:
        _take(one, site_file)


def _take(one: AcceptedAct, site_file: Path) -> None:
    name = Path(f"{one.act.body['calibration']} accepted by {one.name}")
    sheet = _parsed(str(one.act.body["sheet"]), name, site_file)
    _keep(sheet, _judged(sheet, name), site_file, (one.name, time_text(one.act.signed_at_ms)[:10]))


def _keep(sheet: Sheet, found: Verdict, site_file: Path, by: tuple[str, str]) -> None:
    """Write SITE.toml with the sheet, `by` whom on which day it was accepted; exit where it is not sound then."""
    from gateway.instruments.station import profile_rules

    added = entry(sheet, found, *by)
    text = with_entry(read_text(site_file, "SITE.toml"), read_site_or_exit(site_file), sheet, added)
    try:
        parse_site(text, str(site_file), profile_rules(site_file.parent))
    except SiteError as error:
        said = "\n".join(str(problem) for problem in error.problems)
        raise refused(f"With this sheet {site_file} would have faults; nothing was written:\n{said}") from error
    _replace(site_file, text)
    typer.echo(f"{site_file} has the sheet {sheet.calibration.label} now:\n\n{added}")


def _read(sheet_file: Path, site_file: Path) -> Sheet:
    try:
        text = read_text(sheet_file, "SHEET.toml")
    except Faulty as error:
        raise refused("\n".join(f"{sheet_file} {problem}" for problem in error.problems)) from error
    return _parsed(text, sheet_file, site_file)


def _parsed(text: str, sheet_file: Path, site_file: Path) -> Sheet:
    try:
        return parse_sheet(text, read_site_or_exit(site_file), str(sheet_file))
    except Faulty as error:
        said = "\n".join(f"{sheet_file}{_line(text, one.path)} {one}" for one in error.problems)
        raise refused(said) from error


def _line(text: str, place: str) -> str:
    """Return ', line 12,' of a place in a text, '' for what is no place."""
    line = line_of(text, place)
    return "" if line is None else f", line {line},"


def _judged(sheet: Sheet, sheet_file: Path) -> Verdict:
    """Show the residuals, and return them; exit where they speak against the sheet."""
    found = verdict(sheet)
    unit = sheet.calibration.output_unit
    table = Table(
        f"applied, {unit}", f"reading, {sheet.calibration.input_unit}", f"recomputed, {unit}", "off, % FS"
    )
    for one in found.residuals:
        table.add_row(*_row(one))
    Console().print(table)
    if not found.agrees:
        said = "\n".join((*found.reasons, *found.hints))
        raise refused(f"{said}\n{sheet_file} is not accepted: its coefficients do not give its own points.")
    stated = sheet.about.stated_percent_fs
    typer.echo(f"All {len(found.residuals)} points within the {stated:g} % FS that the maker states.")
    return found


def _row(one: Residual) -> tuple[str, ...]:
    made = "no value" if one.made is None else f"{one.made:.4f}"
    off = "" if one.percent_fs is None else f"{one.percent_fs:+.3f}"
    return f"{one.point.applied:g}", f"{one.point.reading:g}", made, off


def _replace(path: Path, text: str) -> None:
    try:
        mode = path.stat().st_mode
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(mode)
        Path(file.name).replace(path)
    except OSError as error:
        raise refused(f"{path} cannot be written ({error.strerror}).", NOT_POSSIBLE) from error
