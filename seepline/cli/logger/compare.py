"""`seepline logger compare`: the hand readout against the logger, kept as a dated record."""

from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.logger import app
from seepline.cli.logger.options import (
    Address,
    AsJson,
    Port,
    Reach,
    Records,
    Through,
    Usb,
    Who,
    guarded,
    logger_of,
    person,
    print_json,
    print_table,
    records_folder,
    run,
    way_of,
)
from seepline.cli.problems import SiteFile, read_site_or_exit

if TYPE_CHECKING:
    from fieldtool.compare import Typed
    from fieldtool.connection import Device
    from fieldtool.gauge import Gauge, LiveReading
    from fieldtool.records import Record

_FAILED = 1
_Number = float | None


def _option(unit: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=f"What the hand readout shows, {unit}.")
    return option


@app.command()
def compare(  # noqa: PLR0913 - one argument per option
    site_file: SiteFile,
    point: Annotated[str, typer.Argument(metavar="POINT", help="Id of a point of the site.")],
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    frequency_hz: Annotated[_Number, _option("Hz")] = None,
    digits: Annotated[_Number, _option("digits, f^2/1000")] = None,
    thermistor_ohm: Annotated[_Number, _option("ohm of the thermistor")] = None,
    current_ma: Annotated[_Number, _option("mA of the loop")] = None,
    value: Annotated[_Number, _option("in the unit of the point's channel")] = None,
    tolerance: Annotated[_Number, typer.Option(min=0, help="Most that both may differ, in place of ours.")] = None,
    who: Who = None,
    records: Records = None,
    as_json: AsJson = False,
) -> None:
    """Compare what the hand readout shows with the logger's live value; exit code 1 when they differ."""
    from fieldtool import compare as comparison
    from fieldtool.clock import clock_of_environment
    from fieldtool.gauge import gauge_at
    from fieldtool.records import COMPARISON, Book
    from fieldtool.walk import record_of

    site, clock = read_site_or_exit(site_file), clock_of_environment()
    gauge = guarded(lambda: gauge_at(site, point, clock.now_ms()))
    typed = comparison.Typed(
        frequency_hz=frequency_hz,
        digits=digits,
        thermistor_ohm=thermistor_ohm,
        current_ma=current_ma,
        other=value,
        tolerance=tolerance,
    )
    name = person(who)
    reading = run(way_of(site, logger_of(site, gauge.logger), Reach(port, usb, through), address), _reader(gauge))
    outcome = comparison.compare(gauge, _asked(gauge) if typed.is_empty else typed, reading)
    record = record_of(gauge, COMPARISON, outcome, name, clock.now_ms())
    guarded(lambda: Book(records_folder(site_file, records)).append(record))
    _show(record, as_json)
    if not outcome.passed:
        raise typer.Exit(_FAILED)


def _reader(gauge: "Gauge"):  # type: ignore[no-untyped-def]
    """Return what reads the gauge's newest reading."""

    async def read(device: "Device") -> "LiveReading":
        from fieldtool.clock import clock_of_environment
        from fieldtool.gauge_reader import GaugeReader
        from fieldtool.identification import identify

        clock = clock_of_environment()
        return await GaugeReader(device, clock, await identify(device, clock), gauge).fresh()

    return read


def _asked(gauge: "Gauge") -> "Typed":
    """Ask for what suits the gauge."""
    from fieldtool.compare import Typed

    if gauge.is_wire:
        return Typed(digits=typer.prompt("Hand readout, digits", type=float, err=True))
    if gauge.primary.unit == "mA":
        return Typed(current_ma=typer.prompt("Multimeter, mA", type=float, err=True))
    return Typed(other=typer.prompt(f"Hand readout, {gauge.primary.unit}", type=float, err=True))


def _show(record: "Record", as_json: bool) -> None:
    from dataclasses import asdict

    from fieldtool.verdicts import cause_in_words

    if as_json:
        print_json(asdict(record))
        return
    rows = []
    for one in record.values["pairs"]:
        verdict = "pass" if one["passes"] else "FAIL"
        numbers = (_text(one[key]) for key in ("by_hand", "by_logger", "difference", "tolerance"))
        rows.append((one["what"], *numbers, one["unit"], verdict))
    heads = ("value", "by hand", "by logger", "difference", "tolerance", "unit", "verdict")
    print_table(f"{record.point}, {record.at}", heads, rows)
    for cause in record.causes:
        typer.echo(cause_in_words(cause))


def _text(number: float | None) -> str:
    return "-" if number is None else f"{number:.3f}"
