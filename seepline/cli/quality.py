"""`seepline quality`: what an engineer fits and accepts before a quality test can use it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused

if TYPE_CHECKING:
    from collector.air_response import Answer, Question

app = typer.Typer(no_args_is_help=True, help="Fit what quality tests are told by an engineer.")


@app.callback()
def _quality() -> None:
    """Fit what quality tests are told by an engineer."""


@app.command()
def barometric(
    site_file: SiteFile,
    point: Annotated[str, typer.Argument(help="Point of an unvented gauge.", metavar="POINT")],
    data: Annotated[Path, typer.Option(help="The collector's directory.", metavar="DIR")],
    begin: Annotated[str, typer.Option("--from", help="Begin of the quiet period, ISO 8601 with offset.")],
    end: Annotated[str, typer.Option("--to", help="Its end, exclusive.")],
    barometer: Annotated[str, typer.Option(help="Point of the barometer, else the assignment's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Fit how a gauge answers the air over a quiet period, and print the entry that an engineer accepts."""
    from collector.air_response import Question, ResponseError, answer
    from collector.store import StoreReader

    site = read_site_or_exit(site_file)
    asked = Question(point=point, barometer=barometer, from_ms=_ms("--from", begin), to_ms=_ms("--to", end))
    file = data / "store.sqlite"
    if not file.exists():
        raise refused(f"{file}: there is no such store; --data is the directory of a collector.")
    try:
        found = answer(site, StoreReader(file), asked)
    except ResponseError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    typer.echo(_json(asked, found) if as_json else "\n".join(_words(asked, found)))
    if not _is_plausible(found):
        raise refused("No gauge answers the air by less than 0 or more than 1: look at it first.", NOT_POSSIBLE)
    if not as_json:
        typer.echo(_entry(asked, found))


def _ms(option: str, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refused(f"{option}: found {text!r}, expected ISO 8601 with an offset, as 2016-01-01T08:00:00Z")
    return round(moment.timestamp() * 1000)


def _iso(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _interval(found: "Answer") -> tuple[float, float]:
    slope, half = found.response.slope, found.response.half_width
    return slope - half, slope + half


def _is_plausible(found: "Answer") -> bool:
    low, high = _interval(found)
    return low <= 1 and high >= 0


def _words(asked: "Question", found: "Answer") -> tuple[str, ...]:
    low, high = _interval(found)
    fitted = found.response
    return (
        f"{asked.point} {found.quantity}: {fitted.slope:.3f} kPa per kPa of air at {found.barometer}, "
        f"95 % interval {low:.3f} to {high:.3f}",
        f"{fitted.pairs} pairs, worth {fitted.independent:.0f} independent ones; the sheet takes off "
        f"{found.taken_off:g} kPa per kPa",
    )


def _json(asked: "Question", found: "Answer") -> str:
    low, high = _interval(found)
    fitted = found.response
    shown = {
        "point": asked.point,
        "quantity": found.quantity,
        "barometer": found.barometer,
        "from": _iso(asked.from_ms),
        "to": _iso(asked.to_ms),
        "response_kpa_per_kpa": fitted.slope,
        "interval_kpa_per_kpa": [low, high],
        "pairs": fitted.pairs,
        "independent_pairs": fitted.independent,
        "taken_off_kpa_per_kpa": found.taken_off,
    }
    return json.dumps(shown, indent=2)


def _entry(asked: "Question", found: "Answer") -> str:
    """Return the TOML to accept; without a name and a tolerance in it `seepline check` refuses it."""
    from collector.air_response import WITHIN_S

    fitted = found.response
    share = min(max(fitted.slope, 0.0), 1.0)
    return f"""
# Accept it by an act in your name, with the change that is to be told and why. As a correction it serves only if
# you choose so (use_as_factor=true): then the sheet's barometric term takes off this share from now on.
#   seepline act barometric_factor point={asked.point} barometer={found.barometer} \\
#     response_kpa_per_kpa={share:.3f} tolerance_kpa_per_kpa=... fitted_from_ms={asked.from_ms} \\
#     fitted_to_ms={asked.to_ms} pairs={fitted.pairs} use_as_factor=false reason=... \\
#     --key FILE --person YOU --site SITE --to URL
# Or write it into SITE.toml, as a test only:
[[quality]]
point = "{asked.point}"
quantity = "{found.quantity}"
test = "barometric_response"
neighbour = "{found.barometer}"
valid_from = {_iso(asked.to_ms)}
response_kpa_per_kpa = {share:.3f}
tolerance_kpa_per_kpa = 0 # more than 0, for you to say: a new fit alone may be {fitted.half_width:.3f} off
period_s = {(asked.to_ms - asked.from_ms) // 1000}
readings = {max(2, fitted.pairs // 2)} # half of the pairs at hand now
within_s = {WITHIN_S}
accepted_by = ""
source = "fitted {_iso(asked.from_ms)} to {_iso(asked.to_ms)}, {fitted.pairs} pairs, \
{fitted.slope:.3f} +- {fitted.half_width:.3f}"
"""
