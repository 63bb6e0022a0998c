"""`seepline collector replay-set`: what a set of limits would have told of the past, beside the one in force."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from seepline.cli.collector import Data, app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.cli.sets import set_or_exit

if TYPE_CHECKING:
    from collector.replay_set.run import Asked
    from seepline.replay.outcome import SetOutcome
    from seepline.site import Site

_DAY_MS = 86_400_000
_LEVELS = ("yellow", "orange", "red")


@app.command()
def replay_set(  # noqa: PLR0913 - a command
    site_file: SiteFile,
    data: Data,
    set_id: Annotated[
        str, typer.Argument(metavar="[SET]", help="Id of the set: of SITE.toml, or one that was submitted.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option(metavar="SET.toml", help="A set that nobody submitted yet, instead of SET.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="Id of the set beside it; else the one in force.")] = None,
    days: Annotated[int, typer.Option(min=1, help="So many days back from the newest reading.")] = 365,
    raw: Annotated[bool, typer.Option("--raw", help="Make every value anew from the journal: slow.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="REPORT.html", help="Write table and chart as one file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print both outcomes with all events as JSON.")] = False,
) -> None:
    """Lay a set of limits over the values that a collector holds; a set that is proposed may be dated ahead."""
    if bool(set_id) == (file is not None):
        raise refused("Give the id of a set, or --file SET.toml: one of them.")
    site, set_id = _sets(read_site_or_exit(site_file), data, set_id, file)
    active, proposed = _outcomes(site, data, (set_id, against, days), raw)
    if out is not None:
        _write(out, _report(site, active, proposed))
    if as_json:
        typer.echo(json.dumps({"active": _as_json(active), "proposed": _as_json(proposed)}))
        return
    Console().print(_table(active, proposed))


def _sets(site: "Site", data: Path, set_id: str, file: Path | None) -> "tuple[Site, str]":
    """Return the site with the sets of the collector's register and of a file, and the id of the one asked for."""
    from collector.service import STORE_NAME
    from collector.store import StoreReader
    from seepline.sets.in_force import with_draft, with_proposals
    from seepline.sets.site_fit import site_problems

    try:
        register = StoreReader(data / STORE_NAME).register()
    except sqlite3.OperationalError as error:
        raise _no_store(data, error) from error
    if file is None:
        return with_proposals(site, register), set_id
    draft, _ = set_or_exit(file)
    if problems := list(site_problems(draft, site)):
        raise refused("\n".join(map(str, problems)))
    try:
        return with_draft(site, register, draft), draft.head.id
    except ValueError as error:
        raise refused(str(error)) from error


def _no_store(data: Path, error: sqlite3.OperationalError) -> typer.Exit:
    return refused(f"{data} holds no store that can be read ({error})", NOT_POSSIBLE)


def _outcomes(
    site: "Site", data: Path, about: tuple[str, str | None, int], raw: bool
) -> "tuple[SetOutcome, SetOutcome]":
    from collector.journal_file import FILE_NAME
    from collector.replay_set.from_raw import replayed_from_raw
    from collector.replay_set.run import NoSuchSetError, replayed
    from collector.service import STORE_NAME
    from collector.store import StoreReader

    reader = StoreReader(data / STORE_NAME)
    try:
        with reader.connected() as connection, Progress(transient=True, console=Console(stderr=True)) as bar:
            asked, task = _asked(site, connection, *about), bar.add_task("Replaying", total=1.0)

            def progress(share: float) -> None:
                bar.update(task, completed=share)

            if raw:
                return replayed_from_raw(site, data / FILE_NAME, asked, progress)
            return replayed(site, connection, asked, progress)
    except NoSuchSetError as error:
        raise refused(str(error)) from error
    except sqlite3.OperationalError as error:
        raise _no_store(data, error) from error


def _asked(site: "Site", connection: sqlite3.Connection, set_id: str, against: str | None, days: int) -> "Asked":
    from collector.replay_set.run import Asked, active_set

    newest = "SELECT max(time_ms) FROM (SELECT time_ms FROM readings ORDER BY id DESC LIMIT 10000)"
    newest_ms = connection.execute(newest).fetchone()[0]
    if newest_ms is None:
        raise refused("the store holds no readings yet", NOT_POSSIBLE)
    end_ms = newest_ms + 1
    return Asked(set_id, against or active_set(site, newest_ms), end_ms - days * _DAY_MS, end_ms)


def _report(site: "Site", active: "SetOutcome", proposed: "SetOutcome") -> str:
    from collector.web.render import Renderer
    from collector.web.replayed import replayed_page

    return Renderer().replayed(replayed_page(site, active, proposed), alone=True)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise refused(f"{path}: {error.strerror}", NOT_POSSIBLE) from error


def _as_json(outcome: "SetOutcome") -> dict[str, Any]:
    return {
        "set": outcome.set_id,
        "from": _iso(outcome.from_ms),
        "to": _iso(outcome.to_ms),
        "entries": dict(zip(_LEVELS, outcome.entries(), strict=True)),
        "entries_a_year": dict(zip(_LEVELS, outcome.entries_a_year(), strict=True)),
        "events": [
            {
                "id": one.id,
                "time": _iso(one.time_ms),
                "point": one.point,
                "quantity": one.quantity,
                "direction": one.direction,
                "from": one.from_level.name.lower() if one.from_level is not None else None,
                "to": one.to_level.name.lower() if one.to_level is not None else None,
                "value": one.value,
                "limit": one.limit,
            }
            for one in outcome.events
        ],
    }


def _iso(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="seconds")


def _table(active: "SetOutcome", proposed: "SetOutcome") -> Table:
    from seepline.replay.outcome import beside

    table = Table(title=f"{_iso(proposed.from_ms)} to {_iso(proposed.to_ms)}: entries into yellow / orange / red")
    for heading in ("rule", active.set_id, proposed.set_id, ""):
        table.add_column(heading)
    for row in beside(active, proposed):
        told = ["-" if one is None else " / ".join(map(str, one.entries)) for one in (row.active, row.proposed)]
        table.add_row(" ".join(row.name), *told, "differs" if row.differs else "")
    both = [" / ".join(map(str, one.entries())) for one in (active, proposed)]
    table.add_row("all rules", *both, style="bold")
    a_year = [" / ".join(f"{count:.1f}" for count in one.entries_a_year()) for one in (active, proposed)]
    table.add_row("a year", *a_year)
    return table
