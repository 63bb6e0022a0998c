"""`seepline gateway check`: everything that is wrong with a gateway.toml and what it names, or what it wires."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seepline.cli.gateway import app
from seepline.cli.gateway.run import GatewayFile
from seepline.cli.problems import BAD_INPUT, refused
from seepline.toml_file import Faulty

if TYPE_CHECKING:
    from gateway.wiring import Wiring


@app.command()
def check(
    gateway_file: GatewayFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """List every fault of a gateway.toml, its SITE.toml and its secret files; exit code 2 when there is one."""
    from gateway.wiring import read_wiring

    try:
        wiring = read_wiring(gateway_file)
    except Faulty as error:
        if not as_json:
            raise refused("\n".join(map(str, error.problems))) from error
        rows = [{"path": one.path, "found": one.found, "expected": one.expected} for one in error.problems]
        typer.echo(json.dumps({"valid": False, "problems": rows}, indent=2))
        raise typer.Exit(BAD_INPUT) from None
    found = _summary(wiring)
    if as_json:
        typer.echo(json.dumps({"valid": True, **found}, indent=2))
        return
    for name, value in found.items():
        typer.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


def _summary(wiring: "Wiring") -> dict[str, Any]:
    settings = wiring.settings
    return {
        "gateway": settings.gateway.id,
        "site": wiring.site.info.name,
        "data": str(wiring.data),
        "buses": [f"{port.bus} on {port.path}" for port in settings.ports],
        "destinations": [f"{one.name} at {one.url}" for one in settings.destinations],
        "metrics": settings.metrics.listen if settings.metrics else "nowhere",
    }
