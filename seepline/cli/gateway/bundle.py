"""`seepline gateway bundle show`: which limits this gateway judges by, and who approved them."""

from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.gateway import app as gateway_app
from seepline.cli.signing import read_bundle_or_exit, show, verdict_of

app = typer.Typer(no_args_is_help=True, help="The signed bundle kept here.")
gateway_app.add_typer(app, name="bundle")


@app.callback()
def _bundle() -> None:
    """Commands about the signed bundle."""


@app.command("show")
def show_bundle(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Data directory of the gateway.")],
    policy: Annotated[Path | None, typer.Option(metavar="POLICY.toml", help="Check it by this policy.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show the bundle on this gateway's disk: number, sets, who approved them when."""
    content, bundle = read_bundle_or_exit(directory / "bundle")
    show(bundle, verdict_of(content, policy), as_json)
