"""`seepline gateway scada-map`: which register holds what, for who sets up the plant's SCADA."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.gateway import app
from seepline.cli.problems import SiteFile, read_site_or_exit, refused
from seepline.site import Site

if TYPE_CHECKING:
    from gateway.scada.register_map import Entry

_HEADINGS = ("register", "point", "quantity", "unit", "value", "age", "quality", "level", "flags")


@app.command("scada-map")
def scada_map(
    site_file: SiteFile,
    gateway: Annotated[str | None, typer.Option(help="Only what this gateway serves.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, to be imported by a SCADA.")] = False,
    against: Annotated[
        Path | None,
        typer.Option(metavar="MAP.json", help="An older --json: exit code 2 when one of its addresses moved."),
    ] = None,
) -> None:
    """Show the registers of each point's quantities; docs/scada-register-map.md tells the rest."""
    from gateway.scada import register_map

    rows = register_map.entries(_site(site_file, gateway))
    if as_json:
        about = {"map_version": register_map.MAP_VERSION, "map_crc": register_map.map_crc(rows)}
        typer.echo(json.dumps({**about, "rows": [asdict(row) for row in rows]}, indent=2))
    elif as_csv:
        typer.echo(_csv(rows), nl=False)
    else:
        Console().print(_table(rows))
    moved = register_map.moved(_older(against), rows) if against else []
    if moved:
        raise refused("\n".join((*moved, "Give points a `scada` number each, so that they stay where they were.")))


def _site(site_file: Path, gateway: str | None) -> Site:
    from gateway.scada.register_map import site_of

    site = read_site_or_exit(site_file)
    known = sorted(one.id for one in site.gateways)
    if gateway is None:
        return site
    if gateway not in known:
        raise refused(f"--gateway {gateway}: the site has no such gateway, expected one of {', '.join(known)}")
    return site_of(site, gateway)


def _older(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return [{name: row[name] for name in ("address", "point", "quantity", "unit")} for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise refused(f"--against {path}: expected what `scada-map --json` printed ({error})") from error


def _cells(row: "Entry") -> tuple[str, ...]:
    from gateway.scada.register_map import ROW

    parts = (str(row.address + one.start) for one in ROW if one.name != "spare")
    return str(row.address), row.point, row.quantity, row.unit, *parts


def _csv(rows: "tuple[Entry, ...]") -> str:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(_HEADINGS)
    lines.writerows(map(_cells, rows))
    return out.getvalue()


def _table(rows: "tuple[Entry, ...]") -> Table:
    from gateway.scada.register_map import ROW

    parts = ", ".join(f"{one.name} +{one.start}" for one in ROW if one.name != "spare")
    table = Table(title="Registers for the plant's SCADA", caption=f"from 0, functions 3 and 4; {parts}")
    for heading in _HEADINGS[:4]:
        table.add_column(heading, justify="right" if heading == "register" else "left")
    for row in rows:
        table.add_row(*_cells(row)[:4])
    return table
