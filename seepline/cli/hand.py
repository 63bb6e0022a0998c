"""`seepline hand`: look at a survey's file before it is signed and sent."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site

if TYPE_CHECKING:
    from seepline.hand.evaluation import Survey

app = typer.Typer(no_args_is_help=True, help="Look at what people measured, before it is sent.")


@app.callback()
def _hand() -> None:
    """Look at what people measured, before it is sent."""


@app.command()
def inclinometer(
    site_file: SiteFile,
    point: Annotated[str, typer.Argument(metavar="POINT", help="Point of the hole.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="depth_m, A0, A180, B0, B180: one row a depth.")],
    taken: Annotated[str, typer.Option(help="When it was read, ISO 8601 with offset.")],
    probe: Annotated[str, typer.Option(help="Serial number of the probe.")],
    base: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The base survey, read with the same probe.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="BODY.json", help="Write it for `seepline act inclinometer_survey`.")
    ] = None,
) -> None:
    """Check a survey's file line by line, its checksums and its displacement; write what is to be signed."""
    site = read_site_or_exit(site_file)
    taken_ms, text = _ms(taken), _text(file)
    problems = [*_problems(site, point, taken_ms, text)]
    if problems:
        raise refused("\n".join(f"{file}: {problem}" for problem in problems))
    from seepline.hand.evaluation import survey_of

    survey = survey_of(point, taken_ms, text, probe, "survey")
    first = survey if base is None else survey_of(point, taken_ms, _text(base), probe, "base")
    sound = _show(site, survey, first)
    if out is not None:
        body = {"point": point, "taken_ms": taken_ms, "probe": probe, "file": text}
        out.write_text(json.dumps(body), encoding="utf-8")
        typer.echo(f"{out} written")
    if not sound:
        raise typer.Exit(NOT_POSSIBLE)


def _ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refused(f"--taken: found {text!r}, expected ISO 8601 with an offset, as 2016-01-01T08:00:00Z")
    return round(moment.timestamp() * 1000)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise refused(f"{path} cannot be read ({reason})") from error


def _problems(site: Site, point: str, taken_ms: int, text: str) -> Iterator[str]:
    from seepline.acts.hand import file_problems
    from seepline.hand.evaluation import declared_at
    from seepline.hand.methods import INCLINOMETER

    hand = declared_at(site, point, INCLINOMETER, taken_ms)
    if hand is None:
        yield f"point: found {point!r}; expected one with a [[hand]] of method {INCLINOMETER} in force then"
    yield from file_problems(text, hand)


def _show(site: Site, survey: "Survey", base: "Survey") -> bool:
    """Print what is made of a survey; tell whether anything is."""
    from seepline.hand.evaluation import declared_at, nodes_of, survey_readings
    from seepline.hand.methods import INCLINOMETER

    readings = survey_readings(site, survey, base)
    hand = declared_at(site, survey.point, INCLINOMETER, survey.taken_ms)
    if hand is None or readings[0].value is None:
        typer.echo("; ".join(readings[0].reasons), err=True)
        return False
    rows = [(f"{node.depth_m:g}", f"{node.along_mm:.2f}", f"{node.across_mm:.2f}")
            for node in reversed(nodes_of(site, hand, survey, base))]  # fmt: skip
    Console().print(_table(survey.point, rows, "; ".join(readings[0].reasons)))
    return True


def _table(point: str, rows: Sequence[tuple[str, str, str]], doubts: str) -> Table:
    table = Table(title=f"{point}: displacement against the base survey", caption=doubts or "no remark")
    for heading in ("depth, m", "along the section, mm", "across, mm"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*row)
    return table
