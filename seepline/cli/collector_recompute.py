"""`seepline collector recompute`: what a corrected site file changes in history, and how far the change is."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.collector import Data
from seepline.cli.collector import app as collector_app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site

if TYPE_CHECKING:
    from collector.recompute.runs import Run
    from collector.recompute.seen import Seen

app = typer.Typer(no_args_is_help=True, help="History made again from raw readings, after a correction.")
collector_app.add_typer(app, name="recompute")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
_HEADINGS = (
    "point", "quantity", "made again", "other value", "mean difference", "largest", "at", "other flag", "new",
    "withdrawn",
)  # fmt: skip
_LEVELS = ("green", "yellow", "orange", "red")


@app.command()
def preview(
    site_file: SiteFile,
    data: Data,
    points: Annotated[
        list[str] | None,
        typer.Option("--point", metavar="POINT", help="Only this point and what depends on it; may stand often."),
    ] = None,
    since: Annotated[str, typer.Option("--from", help="From this time on, ISO 8601 with offset.")] = "",
    scratch: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the copy goes, else the system's place for such.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what SITE.toml would change in the readings of a collector, running or not; nothing is kept."""
    from collector import journal_file
    from collector.recompute import preview as previews
    from collector.recompute.seen import run_json

    site = read_site_or_exit(site_file)
    asked = _asked(site, points or [], since)
    console = Console(stderr=True)
    journal, store = data / journal_file.FILE_NAME, data / "store.sqlite"
    try:
        with console.status("A copy of the store is made ...") as status:
            found = previews.preview(
                site, journal, store, asked, scratch, lambda run: status.update(_progress(run))
            )
    except previews.PreviewError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    if as_json:
        typer.echo(json.dumps(run_json(found), indent=2))
        return
    _show(found)
    typer.echo(_how_to_ask(site, found, points or [], asked.from_ms if since else None))


@app.command()
def status(data: Data, as_json: AsJson = False) -> None:
    """Show who asked for which recompute, how far it is and what it has changed; the newest last."""
    from collector.recompute import seen
    from collector.store import StoreReader

    store = data / "store.sqlite"
    if not store.exists():
        raise refused(f"{store}: there is no such store; --data is the directory of a collector.")
    found = seen.runs(StoreReader(store))
    if as_json:
        typer.echo(json.dumps([seen.run_json(one) for one in found], indent=2))
        return
    if not found:
        typer.echo("Nobody has asked for a recompute.")
    for one in reversed(found):
        typer.echo(f"{one.run.number}: {one.run.reason} ({one.run.person}, {_utc(one.run.asked_ms)})")
        typer.echo(f"   {one.state}{_place(one)}")
        _show(one)


def _asked(site: Site, points: list[str], since: str) -> "Run":
    from collector.clock import site_time
    from collector.recompute.asked import EVER_MS
    from collector.recompute.job import asked_for

    for point in points:
        if point not in site.point_by_id:
            raise refused(f"--point: found {point!r}, expected a point of the site")
    from_ms = _time_ms(since) if since else EVER_MS
    return asked_for(tuple(points), from_ms, site_time()())


def _time_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refused(f"--from: found {text!r}, expected ISO 8601 with an offset, as 2016-01-01T08:00:00Z")
    return round(moment.timestamp() * 1000)


def _utc(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(time_ms // 1000, UTC):%Y-%m-%d %H:%M} UTC"


def _progress(run: "Run") -> str:
    return f"Step {run.step} of {run.steps}: {run.what}"


def _place(one: "Seen") -> str:
    """Return where a run is, or how it ended."""
    if one.state == "waits":
        return ", another is before it or the collector does not run"
    return f", {one.run.what}" if one.run.ended_ms is not None and one.run.what else f": {_progress(one.run)}"


def _show(found: "Seen") -> None:
    """Print what a run has changed, series by series, and which levels differ."""
    console = Console()
    table = Table(*_HEADINGS, box=None)
    for one in found.counts:
        if one.changed or one.flagged or one.made or one.withdrawn:
            mean = f"{one.difference_sum / one.differences:+.4g}" if one.differences else ""
            most = f"{one.most:+.4g}" if one.differences else ""
            at = _utc(one.most_ms) if one.most_ms is not None else ""
            numbers = (one.compared, one.changed, mean, most, at, one.flagged, one.made, one.withdrawn)
            table.add_row(one.point, one.quantity, *map(str, numbers))
    if not table.row_count:
        console.print(f"Nothing changes: {sum(one.compared for one in found.counts)} readings were made again.")
        return
    console.print(table)
    for level in found.levels:
        console.print(
            f"{level.point} {level.quantity}: {level.readings} readings reach {_LEVELS[level.level_to]} instead "
            f"of {_LEVELS[level.level_from]}, {_utc(level.first_ms)} to {_utc(level.last_ms)}",
            highlight=False,
        )


def _how_to_ask(site: Site, found: "Seen", points: list[str], from_ms: int | None) -> str:
    about = [f"site={found.run.site}", *([f"from_ms={from_ms}"] if from_ms is not None else [])]
    about += [f"'points={json.dumps(points)}'"] if points else []
    return (
        "\nTo make it so: run the collector with this SITE.toml, then\n"
        f"    seepline act recompute reason='...' {' '.join(about)} \\\n"
        f"        --key KEY.pem --person YOU --site {site.info.id} --to http://127.0.0.1:8000"
    )
