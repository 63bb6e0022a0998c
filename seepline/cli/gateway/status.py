"""`seepline gateway status`: what a running gateway sees, as a table that stays."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, refused

_AGAIN_S = 1.0
_STALE_S = 10.0
_COUNTED = ("ok", "retries", "timeout", "crc", "foreign", "late_drained")


@app.command()
def status(
    data: Annotated[Path, typer.Option(help="Data directory of the gateway.")],
    once: Annotated[bool, typer.Option("--once", help="Print once and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show per logger when it was last heard, its clock and what waits; per bus what was answered; the link."""
    if as_json:
        typer.echo(json.dumps(_read(data), indent=1))
        return
    if once:
        Console().print(_shown(_read(data), _age_s(data)))
        return
    with Live(_shown(_read(data), _age_s(data)), screen=False) as live:
        while True:
            time.sleep(_AGAIN_S)
            live.update(_shown(_read(data), _age_s(data)))


def _read(data: Path) -> dict[str, Any]:
    try:
        found = json.loads((data / "status.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise refused(f"{data} holds no status.json: expected the --data of a gateway that has run") from error
    except (OSError, ValueError) as error:
        raise refused(f"{data / 'status.json'} cannot be read ({error})", NOT_POSSIBLE) from error
    return dict(found)


def _age_s(data: Path) -> float:
    return time.time() - (data / "status.json").stat().st_mtime


def _shown(found: dict[str, Any], age_s: float) -> Group:
    stale = f"This is {age_s:.0f} s old: the gateway does not run." if age_s > _STALE_S else ""
    return Group(_loggers(found), _buses(found), _link(found), Text(stale, style="bold red"))


def _loggers(found: dict[str, Any]) -> Table:
    table = Table(title=f"Loggers of gateway {found['gateway']}")
    for heading in (
        "logger",
        "last polled",
        "clock off",
        "records here",
        "still to read",
        "failed polls",
        "last error",
    ):
        table.add_column(heading, overflow="fold")
    for name, one in found["loggers"].items():
        polled_ms = one["polled_ms"]
        table.add_row(
            name,
            "never" if polled_ms is None else f"{max(0, found['at_ms'] - polled_ms) / 1000:.0f} s ago",
            f"{one['clock_offset_ms'] / 1000:+.1f} s",
            str(one["stored"]),
            str(max(0, one["held_newest"] + 1 - one["wanted"])),
            str(one["failures"]),
            one["last_error"],
        )
    return table


def _buses(found: dict[str, Any]) -> Table:
    table = Table(title="Buses: exchanges since the gateway started")
    for heading in ("bus", "port", *(name.replace("_", " ") for name in _COUNTED)):
        table.add_column(heading, overflow="fold")
    for name, one in found["buses"].items():
        counted = (str(one["counters"].get(key, 0)) for key in _COUNTED)
        table.add_row(
            name, one["port"] if one["open"] else f"{one['port']} (closed: {one['last_error']})", *counted
        )
    return table


def _link(found: dict[str, Any]) -> Text:
    box, link = found["outbox"], found["uplink"]
    text = f"Outbox {box['id']}: {box['rows']} records, {box['unsent']} waiting, on the collector's disk up to"
    text += f" {box['committed'] or 0} of {box['newest']}. Link: {link['rows']} rows in {link['batches']} batches"
    return Text(text + (f"; {link['last_error']}" if link["last_error"] else ", well"))
