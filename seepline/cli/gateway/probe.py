"""`seepline gateway probe`: one profile on one device, every field with its registers."""

import asyncio
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, refused
from seepline.site_rules.values import host_and_port

if TYPE_CHECKING:
    from gateway.instruments.probe import Row
    from gateway.instruments.profile import Profile

_PARITIES = ("none", "even", "odd")
_HEADINGS = ("field", "function", "register", "raw", "value", "unit", "remark")


@app.command()
def probe(  # noqa: PLR0913 - one argument per option
    profile: Annotated[
        str, typer.Argument(metavar="PROFILE", help="A shipped profile, or a path ending in .toml.")
    ],
    address: Annotated[int, typer.Option(min=1, max=247, help="Modbus address of the device.")],
    port: Annotated[str | None, typer.Option(metavar="TTY", help="Serial port of the bus.")] = None,
    tcp: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Address for Modbus TCP instead.")] = None,
    baud: Annotated[int | None, typer.Option(help="Baud; without it the first of the profile.")] = None,
    parity: Annotated[str | None, typer.Option(help="none, even or odd; without it the profile's first.")] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What the profile leaves to the site."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Read every field of a profile once from a device, and print what its registers mean."""
    from gateway.bus.line import PortError
    from gateway.bus.master import BusError
    from gateway.instruments.profile_file import ProfileError, read_profile

    if (port is None) == (tcp is None):
        raise refused("expected one of --port TTY and --tcp HOST:PORT")
    if parity not in (None, *_PARITIES):
        raise refused(f"--parity {parity}: expected none, even or odd")
    try:
        known = read_profile(profile, Path(), _settings(setting or []))
        asking = _over_tcp(known, tcp, address) if tcp else _on_bus(known, str(port), address, baud, parity)
        rows, errors = asyncio.run(asking)
    except ProfileError as error:
        raise refused(str(error)) from error
    except (PortError, BusError) as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    _print(rows, errors, as_json)


def _settings(options: list[str]) -> dict[str, Any]:
    """Return NAME=VALUE options with values as TOML reads them; a bare word is a text."""
    found = {}
    for option in options:
        name, equals, text = option.partition("=")
        if not (name and equals):
            raise refused(f"--setting {option}: expected NAME=VALUE")
        try:
            found[name] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            found[name] = text
    return found


async def _on_bus(
    profile: "Profile", path: str, address: int, baud: int | None, parity: str | None
) -> "tuple[list[Row], list[str]]":
    from gateway.bus.exchange import Pace
    from gateway.bus.line import Line
    from gateway.bus.master import Master
    from gateway.instruments.probe import probe as probe_device

    baud, parity = baud or profile.device.bauds[0], parity or profile.device.parities[0]
    pace = Pace(baud, 10 if parity == "none" else 11, profile.device.turn_round_ms / 1000)
    line = Line(path, baud, parity)
    line.open()
    try:
        return await probe_device(Master(line, pace), profile, address, pace)
    finally:
        line.close()


async def _over_tcp(profile: "Profile", where: str, address: int) -> "tuple[list[Row], list[str]]":
    from gateway.instruments.probe import probe as probe_device
    from gateway.modbus_tcp.client import TcpDevice

    found = host_and_port(where)
    if found is None:
        raise refused(f"--tcp {where}: expected a host and a port, such as 192.0.2.7:502")
    device = TcpDevice(*found)
    try:
        return await probe_device(device, profile, address, None)
    finally:
        device.close()


def _print(rows: "list[Row]", errors: list[str], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"fields": [row.as_dict() for row in rows], "errors": errors}, indent=2))
        return
    table = Table(box=None)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right" if heading in ("function", "register", "value") else "left")
    for row in rows:
        value = "" if row.value is None else f"{row.value:.6g}"
        table.add_row(row.field, str(row.function), f"0x{row.register:04x}", row.raw, value, row.unit, row.remark)
    Console().print(table)
    for error in errors:
        typer.echo(error, err=True)
