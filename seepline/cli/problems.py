"""How a command refuses: every problem on its own line, on standard error, with an exit code."""

from pathlib import Path
from typing import Annotated

import typer

from seepline.site import Site
from seepline.site_file import SiteError, read_site

BAD_INPUT = 2
NOT_POSSIBLE = 1

SiteFile = Annotated[Path, typer.Argument(metavar="SITE.toml", help="The site's description.")]


def refused(text: str, code: int = BAD_INPUT) -> typer.Exit:
    """Print why on standard error and return the exit to raise."""
    typer.echo(text, err=True)
    return typer.Exit(code)


def read_site_or_exit(path: Path) -> Site:
    """Return the site of a SITE.toml, or print everything that is wrong with it and exit with code 2."""
    try:
        return read_site(path)
    except SiteError as error:
        raise refused("\n".join(str(problem) for problem in error.problems)) from error
