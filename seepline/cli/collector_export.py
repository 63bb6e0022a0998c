"""`seepline collector reconcile` and `refused`: whether the copy in InfluxDB is whole, what it refused."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from seepline.cli.collector import Data
from seepline.cli.collector import app as collector_app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused

if TYPE_CHECKING:
    from collector.export.reconcile import Difference, Reconciler
    from collector.settings import InfluxSettings

_DIFFERENT = 1


@collector_app.command()
def reconcile(
    site_file: SiteFile,
    data: Data,
    days: Annotated[int | None, typer.Option(min=1, help="The last days only; without it, all.")] = None,
    only_look: Annotated[bool, typer.Option("--only-look", help="Send nothing again.")] = False,
) -> None:
    """Count in InfluxDB and in the store, and send again what differs.

    Readings are counted by series and day, events by kind and day. Raw values, profiles, buses, levels and ages
    are not counted.
    """
    settings = _settings(data)
    from collector.export.client import ExportError, InfluxBucket
    from collector.export.reconcile import Reconciler
    from collector.store import STORE_NAME, StoreReader

    site = read_site_or_exit(site_file)
    with closing(InfluxBucket(settings)) as bucket:
        work = Reconciler(site, StoreReader(data / STORE_NAME), bucket)
        try:
            left = _reconciled(work, work.days()[-days if days else 0 :], only_look)
        except ExportError as error:
            raise refused(str(error), NOT_POSSIBLE) from error
    if left:
        raise typer.Exit(_DIFFERENT)


def _reconciled(work: "Reconciler", days: list[int], only_look: bool) -> int:
    """Return how many days of series and events differ in the end; every difference is printed."""
    left = sent = 0
    for start_ms in track(days, "Counting", transient=True):
        for one in work.differences(start_ms):
            typer.echo(_said(one))
            if not only_look:
                sent += work.send_again(one)
        left += len(work.differences(start_ms)) if sent or only_look else 0
    typer.echo(f"{len(days)} days: readings and events counted, {sent} lines sent again, {left} differences left")
    return left


def _said(one: "Difference") -> str:
    day = datetime.fromtimestamp(one.start_ms // 1000, UTC).date()
    what = f"events {one.event}" if one.event else " ".join(one.series)
    return f"{day} {what}: {one.there} in InfluxDB, {one.here} in the store"


@collector_app.command("refused")
def show_refused(
    data: Data, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False
) -> None:
    """List what InfluxDB refused for good, and why."""
    from collector.export.refused import refused_lines
    from collector.store import STORE_NAME, StoreReader

    if not (data / STORE_NAME).exists():
        raise refused(f"{data} holds no store yet", NOT_POSSIBLE)
    with StoreReader(data / STORE_NAME).connected() as connection:
        found = refused_lines(connection)
    for one in found:
        about = {"lane": one.lane, "line": one.line.decode(errors="replace"), "reason": one.reason}
        typer.echo(json.dumps(about) if as_json else f"{about['lane']}: {about['line']}\n    {about['reason']}")
    if not as_json:
        typer.echo(f"{len(found)} lines refused")


def _settings(data: Path) -> "InfluxSettings":
    from collector.settings import FILE_NAME, SettingsError, read_influx

    try:
        settings = read_influx(data)
    except SettingsError as error:
        raise refused(str(error)) from error
    if settings is None:
        raise refused(f"{data / FILE_NAME} has no [influxdb]: nothing is copied, so nothing can differ.")
    return settings
