"""How a command refuses bad input: every problem on its own line, on standard error, exit code 2."""

from pathlib import Path

import typer
from rich.console import Console

from seepline.site import Site
from seepline.site_file import SiteError, read_site


def read_site_or_exit(path: Path) -> Site:
    """Return the site of a SITE.toml, or print everything that is wrong with it and exit with code 2."""
    try:
        return read_site(path)
    except SiteError as error:
        console = Console(stderr=True)
        for problem in error.problems:
            console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error
