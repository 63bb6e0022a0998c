"""`seepline check`: everything that is wrong with a site file, or what it describes when nothing is."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from seepline.cli import app, check_alarms
from seepline.cli.problems import BAD_INPUT, SiteFile
from seepline.site import Site
from seepline.site_file import SiteError, read_site
from seepline.site_rules.draft import Problem


@app.command()
def check(
    site_file: SiteFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """List every problem of a site file with its place and what was expected; exit code 2 when there is one."""
    from gateway.instruments.station import profile_rules

    try:
        site = read_site(site_file, profile_rules(site_file.parent))
    except SiteError as error:
        _print_problems(site_file, error.problems, as_json)
        raise typer.Exit(BAD_INPUT) from None
    _print_summary(site, as_json)


def _counts(site: Site) -> dict[str, int]:
    return {
        "loggers": len(site.loggers),
        "stations": len(site.stations),
        "foreign": len(site.foreign),
        "channels": len(site.channels),
        "points": len(site.points),
        "instruments": len(site.instruments),
        "calibrations": len(site.calibrations),
        "thresholds": len(site.thresholds),
        "quality_tests": len(site.quality_rules),
        "derived": len(site.derived),
    }


def _print_problems(site_file: Path, problems: tuple[Problem, ...], as_json: bool) -> None:
    if as_json:
        rows = [{"path": one.path, "found": one.found, "expected": one.expected} for one in problems]
        typer.echo(json.dumps({"valid": False, "problems": rows}, indent=2))
        return
    console = Console(soft_wrap=True)
    many = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    console.print(Text(f"{site_file}: {many}"), style="bold")
    for problem in problems:
        console.print(Text(problem.path, style="bold red"), end="")
        console.print(Text(f": found {problem.found}; expected {problem.expected}"))


def _print_summary(site: Site, as_json: bool) -> None:
    counts = _counts(site)
    if as_json:
        told = {"valid": True, "site": site.info.id, **counts, "rules": check_alarms.as_json(site)}
        typer.echo(json.dumps(told, indent=2))
        return
    table = Table(box=None, show_header=False)
    for what, number in counts.items():
        table.add_row(what.replace("_", " "), str(number))
    console = Console()
    console.print(Text(f"{site.info.name} ({site.info.id}): no problem found"), style="bold")
    console.print(table)
    check_alarms.show(site, console)
