"""`seepline collector parallel-run`: our values beside another system's, as a table and as a PDF to be signed."""

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.collector import Data, app
from seepline.cli.problems import BAD_INPUT, NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.quantities import QUANTITIES
from seepline.site import Site
from seepline.toml_file import Faulty, read_text

if TYPE_CHECKING:
    from collector.parallel.run import Outcome
    from collector.parallel.settings import Run, Settings

_LANGUAGES = ("en", "ru")


@app.command("parallel-run")
def parallel_run(
    site_file: SiteFile,
    parallel: Annotated[
        Path, typer.Argument(metavar="PARALLEL.toml", help="What is compared, and the pass marks.")
    ],
    data: Data,
    pdf: Annotated[Path | None, typer.Option(metavar="FILE.pdf", help="Write the report, to be signed.")] = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the report: en or ru.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Compare our values with another system's over some days; exit code 2 when a gauge has not passed."""
    if language not in _LANGUAGES:
        raise refused(f"--lang {language}: expected one of {', '.join(_LANGUAGES)}")
    site = read_site_or_exit(site_file)
    settings = _settings(parallel, site)
    found = _outcome(settings, parallel.parent, data)
    if pdf is not None:
        _write(pdf, site, settings.run, found, language)
    if as_json:
        typer.echo(json.dumps([_as_json(one) for one in found.found]))
    else:
        _show(found)
    if not all(one.passed for one in found.found):
        raise typer.Exit(BAD_INPUT)


def _settings(path: Path, site: Site) -> "Settings":
    from collector.parallel.settings import parse_settings

    try:
        return parse_settings(read_text(path, "PARALLEL.toml"), site, str(path))
    except Faulty as error:
        raise refused("\n".join(f"{path} {problem}" for problem in error.problems)) from error


def _outcome(settings: "Settings", folder: Path, data: Path) -> "Outcome":
    from collector.parallel.run import OtherFileError, outcome
    from collector.service import STORE_NAME
    from collector.store import StoreReader

    try:
        return outcome(settings, folder, StoreReader(data / STORE_NAME))
    except OtherFileError as error:
        raise refused(str(error)) from error
    except OSError as error:
        raise refused(f"{error.filename}: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        raise refused(f"{data / STORE_NAME} cannot be read ({error}): is {data} a collector's data?") from error


def _write(pdf: Path, site: Site, run: "Run", found: "Outcome", language: str) -> None:
    from collector.clock import site_time
    from collector.events import utc_text
    from collector.parallel.report import report
    from collector.parallel.words import in_language
    from seepline.paper.pdf import PaperError, write_pdf

    say = in_language(language)
    about = {"Report made": utc_text(site_time()())}
    about |= {f"{say('File')} {name}": f"SHA-256 {digest}" for name, digest in found.files.items()}
    blocks = report(site, run, found.found, about, found.suspect, say)
    try:
        write_pdf(pdf, blocks, f"{say('Parallel run of two systems')}, {site.info.name}", say("page"))
    except PaperError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    except ModuleNotFoundError as error:
        raise refused(f"This needs the package {error.name}: pip install 'seepline[pdf]'", NOT_POSSIBLE) from error
    typer.echo(f"Written: {pdf}", err=True)


def _show(found: "Outcome") -> None:
    table = Table()
    for head in ("point", "quantity", "pairs", "mean difference", "largest", "tolerance", "result"):
        table.add_column(head, overflow="fold")
    for one in found.found:
        unit = QUANTITIES[one.gauge.quantity].unit
        mean = "no pair" if one.mean is None else f"{one.mean:+.4g} {unit}"
        worst = "no pair" if one.worst is None else f"{one.worst.difference:+.4g} {unit}"
        result = "passed" if one.passed else "not passed"
        cells = (one.gauge.point, one.gauge.quantity, str(len(one.pairs)), mean, worst)
        table.add_row(*cells, f"{one.gauge.tolerance:g} {unit}", result)
    Console().print(table)
    for one in found.found:
        for mark in one.marks:
            if not mark.passed:
                reached = f"{mark.reached:.4g} {mark.unit}, asked {mark.asked:g} {mark.unit}"
                typer.echo(f"{one.gauge.point} {one.gauge.quantity}: {mark.name}: {reached}")


def _as_json(one: Any) -> dict[str, object]:
    return {
        "point": one.gauge.point,
        "quantity": one.gauge.quantity,
        "ours": one.ours,
        "theirs": one.theirs,
        "pairs": len(one.pairs),
        "mean": one.mean,
        "deviation": one.deviation,
        "largest": None if one.worst is None else one.worst.difference,
        "marks": [{**mark._asdict(), "passed": mark.passed} for mark in one.marks],
        "passed": one.passed,
    }
