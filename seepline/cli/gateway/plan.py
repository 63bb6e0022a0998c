"""`seepline gateway plan`: how busy each bus will be, before anything is mounted."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.gateway import app
from seepline.cli.problems import SiteFile, read_site_or_exit, refused

if TYPE_CHECKING:
    from gateway.loggers.utilisation import BusLoad

_HEADINGS = ("bus", "baud", "devices", "asks", "scan", "takes", "use", "latency", "back-fill")


@app.command()
def plan(
    site_file: SiteFile,
    gateway: Annotated[str | None, typer.Option(help="Only the buses of this gateway.")] = None,
    turn_round_s: Annotated[
        float, typer.Option(min=0, max=10, help="Longest time a device takes to answer.")
    ] = 0.1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show the poll plan per bus: time, use and worst latency; exit code 2 when a bus cannot keep it."""
    from gateway.instruments.profile_file import ProfileError
    from gateway.instruments.station import demands_on, profiles_of
    from gateway.loggers.utilisation import WARN_ABOVE, loads

    site = read_site_or_exit(site_file)
    try:
        profiles = profiles_of(site, site_file.parent)
    except ProfileError as error:
        raise refused(str(error)) from error
    known = sorted(one.id for one in site.gateways)
    if gateway is not None and gateway not in known:
        raise refused(f"--gateway {gateway}: the site has no such gateway, expected one of {', '.join(known)}")
    found = loads(site, gateway, turn_round_s, lambda site, bus: demands_on(site, profiles, bus))
    if as_json:
        typer.echo(json.dumps({"buses": [asdict(load) for load in found]}, indent=2))
    else:
        Console().print(_table(found))
    for load in found:
        if WARN_ABOVE < load.utilisation <= 1:
            typer.echo(f"bus {load.bus} is planned above {WARN_ABOVE:.0%}: back-fill will be slow", err=True)
        if load.window_use > 1:
            typer.echo(
                f"bus {load.bus}: its sleeping loggers need {load.window_use:.0%} of their window for the newest"
                " blocks alone; expected at most 100 %: a longer window_s, other scan_s or a second bus",
                err=True,
            )
    over = [load for load in found if load.utilisation > 1]
    if over:
        raise refused("\n".join(_excess(load) for load in over))


def _excess(load: "BusLoad") -> str:
    return (
        f"bus {load.bus}: its polls need {load.utilisation:.0%} of the time; expected at most 100 %: a longer"
        " scan_s, a higher baud, fewer loggers or a second bus"
    )


def _devices(load: "BusLoad") -> str:
    """Return how many devices are polled, and how many of them sleep between."""
    asleep = f", {load.sleepers} asleep" if load.sleepers else ""
    return f"{load.loggers + load.instruments}{asleep}"


def _table(found: "list[BusLoad]") -> Table:
    table = Table(title="Poll plan", caption="latency: longest from scan to gateway; back-fill: records")
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading == "bus" else "right")
    for load in found:
        table.add_row(
            load.bus,
            str(load.baud),
            _devices(load),
            str(load.requests),
            f"{load.scan_s:g} s",
            f"{load.busy_s:.2f} s",
            f"{load.utilisation:.1%}",
            f"{load.worst_latency_s:.1f} s",
            f"{load.back_fill_per_s:.1f}/s",
        )
    return table
