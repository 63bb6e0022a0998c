"""`seepline replay`: the judgement that the collector makes, offline, from a CSV of raw readings."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from seepline.cli import app
from seepline.cli.problems import SiteFile, read_site_or_exit, refused


@app.command()
def replay(
    site_file: SiteFile,
    raw: Annotated[Path, typer.Argument(help="Raw readings: time,logger,channel,value", metavar="RAW.csv")],
    out: Annotated[Path, typer.Argument(help="Engineering readings are written here", metavar="OUT.csv")],
    alarms: Annotated[Path | None, typer.Option(help="Write what the site's thresholds would have raised")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON")] = False,
) -> None:
    """Judge raw readings offline, exactly as the collector does: same conversion, flags and alarm steps."""
    from collector.replay import run
    from collector.replay_table import RawFileError

    site = read_site_or_exit(site_file)
    console = Console(stderr=True)
    try:
        with console.status(f"Replaying {raw} ..."):
            counts = run(site, raw, out, alarms)
    except RawFileError as error:
        raise refused("\n".join(error.faults)) from error
    except OSError as error:
        raise refused(f"{error.filename}: {error.strerror}") from error
    if as_json:
        sys.stdout.write(json.dumps(counts) + "\n")
        return
    words = (
        f"{counts['raw']} raw readings, {counts['readings']} engineering readings, {counts['alarms']} alarm events"
    )
    console.print(words, highlight=False)
