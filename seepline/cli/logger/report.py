"""`seepline logger report`: what was done in commissioning, to be signed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.logger import app
from seepline.cli.logger.options import AsJson, Records, guarded, print_json, records_folder
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site

if TYPE_CHECKING:
    from fieldtool.gauge import Gauge
    from fieldtool.records import Record
    from seepline.paper.blocks import Block


@app.command()
def report(
    site_file: SiteFile,
    points: Annotated[
        list[str] | None, typer.Argument(metavar="[POINT]...", help="Without any: all recorded.")
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the report: en or ru.")] = "en",
    pdf: Annotated[Path | None, typer.Option(metavar="FILE.pdf", help="Write a PDF; without it, text.")] = None,
    records: Records = None,
    as_json: AsJson = False,
) -> None:
    """Print the commissioning report of points as text, or write it as PDF, with places to sign."""
    from fieldtool.clock import clock_of_environment, iso
    from fieldtool.records import Book
    from fieldtool.report import report as blocks_of
    from fieldtool.report_text import as_text
    from fieldtool.report_words import PAGE, TITLE
    from fieldtool.words import LANGUAGES, in_language

    if language not in LANGUAGES:
        raise refused(f"--lang {language}: expected one of {', '.join(LANGUAGES)}")
    site, now_ms = read_site_or_exit(site_file), clock_of_environment().now_ms()
    book, say = Book(records_folder(site_file, records)), in_language(language)
    gauges = _gauges(site, points or _recorded(site, book.points()), now_ms)
    found = guarded(lambda: {one.point: book.read(one.point) for one in gauges})
    if as_json:
        print_json(_as_json(found))
        return
    blocks = blocks_of(site, gauges, found, iso(now_ms), say)
    if pdf is None:
        typer.echo(as_text(blocks), nl=False)
        return
    _write(pdf, blocks, f"{say(TITLE)}, {site.info.name}", say(PAGE))


def _write(pdf: Path, blocks: "list[Block]", title: str, page_word: str) -> None:
    from seepline.paper.pdf import PaperError, write_pdf

    try:
        guarded(lambda: write_pdf(pdf, blocks, title, page_word))
    except PaperError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    typer.echo(f"Written: {pdf}")


def _recorded(site: Site, names: list[str]) -> list[str]:
    found = [name for name in names if name in site.point_by_id]
    if not found:
        raise refused("No point has a record yet: see `seepline logger commission`.")
    return found


def _gauges(site: Site, points: list[str], now_ms: int) -> "list[Gauge]":
    from fieldtool.gauge import gauge_at

    return guarded(lambda: [gauge_at(site, point, now_ms) for point in points])


def _as_json(found: "dict[str, list[Record]]") -> dict[str, list[dict[str, object]]]:
    from dataclasses import asdict

    return {point: [asdict(one) for one in records] for point, records in found.items()}
