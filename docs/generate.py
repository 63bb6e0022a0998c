"""Writes the pages of docs/ that are made from code: register maps, command line, API.

`python docs/generate.py` writes them; tests/test_repository.py fails when a committed page is not what this makes.
"""

import io
from pathlib import Path

import typer
from api_page import api
from rich.console import Console

from gateway.scada import register_map as scada
from seepline.channels import CHANNEL_KINDS
from seepline.cli import app
from seepline.derive.formulas import FORMULAS
from seepline.logger_words import EVENTS, MEANINGS, REFUSALS, RESULTS, WRITABLE
from seepline.quality.table import TESTS, Test
from seepline.quantities import QUANTITIES
from seepline.sentinels import SENTINELS
from seepline.site_file import read_site
from seepline.wire import event, record, registers, status

HERE = Path(__file__).parent
_SCADA_RULES = """\
The gateway is a Modbus TCP server. Addresses are counted from 0; functions 3 and 4 read the same registers,
at most 125 at once; any unit id. Big-endian, high word first. Nothing can be written: every other function is
exception 1, an address that does not exist exception 2, a wrong count exception 3.

**Alarm on the heartbeat.** A register keeps what was last written into it, so a value that looks well proves
nothing. Raise an alarm in the SCADA when `heartbeat` has not changed for 30 s, when `age_s` of a point passes
twice its scan interval, when `level` is 0 and when `grey` is 1. Level 0 is unknown, never green. Levels here
are what readings say now, by the gateway, of the points wired to it. The collector's are of record: there orange
and red stand until an engineer has assessed them, here they go with the reading, so let the SCADA latch them.

## State

Registers 0 to 79 can be read in one piece.

"""
_SCADA_ADDRESSES = """\
## Which address is whose

`seepline gateway scada-map SITE.toml` prints it, with `--csv` and `--json` for machines. Without more, points
stand in the order of SITE.toml: add new ones at its end. Where points may be removed or sorted, give each
`[[point]]` a number of its own, `scada = 0` and so on, that is never used again. `scada-map SITE.toml
--against OLD.json` ends with code 2 when an address of an older map holds something else now; `map_crc` tells
the SCADA that the list is another.

The demo site:

"""
_DERIVED_RULES = """\
What engineers make of readings: heads, gradients, freeboard, rates, rain sums, a factor of safety read from their
own analyses. Each is declared in SITE.toml, and none has a parameter with a default:

    [[derived]]
    point = "TOE-P1"
    quantity = "piezometric_elevation"
    formula = "piezometric_elevation"
    version = 1
    inputs = { pressure = "TOE-P1/pore_pressure" }
    parameters = { tip_elevation_m = 19.0, density_kg_m3 = 1000.0 }
    valid_from = 2016-01-01T00:00:00Z      # optional: the newest whose date has come is in force
    source = "survey of 12 December 2015"  # optional

**A derived value is a reading like any other.** It has a time, a quality, limits and a level; its calibration is
`formula:version`, its inputs name the readings it was made of (`POINT/quantity@ms`, a window as `@first..last
(count)`). Whoever changes inputs or parameters raises the version. A crest that is raised is a second declaration
with its `valid_from`: the past keeps its own.

**When.** At every reading of the first input of the table below (of an expression and a factor of safety: of the
first in `inputs`). Other inputs are taken at that time, else the nearest with a value within 1800 s; another
logger's is waited for, two scans at most. Windows end at that time, which belongs to them. Whatever arrives late
makes everything again that it changes, so the store is equal for every order of arrival and to what `seepline
replay` makes.

**Quality** is the worst of the inputs', of the result's plausible range and of the formula's own word. A
statistical flag takes nothing out of alarm evaluation. An input without a value withholds the result, with the
reason. "At least" and "at most" carry over where more of an input always means more or less of the result; where
nobody can tell, the value is suspect. A formula that has nothing to tell now (no acceleration, frost) is not
evaluated, and no fault.

**Readings from before a new declaration** are not made by it: the store holds what was declared when they came,
until history is made again (docs/recompute.md). `seepline replay` makes all of them. A parameter in m may name a
survey, `"@crest/A"`: the number in force at each reading's time.

## Formulas

The first input drives. A released formula is never changed; a better one gets another name.

"""
_DERIVED_SAFETY = """\
## The factor of safety

It is the engineer's own table, never a measurement: `axis_<input>` for each input, `values` with the last input's
axis running fastest, and who analysed it how. Outside its box there is no number. It expires when a ground
profile of the section begins that is newer than `geometry_from` (the `valid_from` of the profile it was made
for). For material declared contractive a drained analysis is refused. A bound of an input is carried to the result
where the table rises or falls all along that input, else the result is suspect.

**It counts when it is signed.** Until the engineer of record or the deputy has signed the very table that
stands in SITE.toml, it has no value and raises its own alarm; one changed number is another table. `seepline
surface` shows a table, where it reads a factor (`--safety`), and the act that signs it. `signed_by` and
`signature` name the report behind it.

    seepline surface SITE.toml TOE-P1 --at pond=56 --safety 1.5 --safety 1.3
    seepline act response_surface point=TOE-P1 version=1 digest=... reason="report 12, checked" \\
        --key anna.pem --person anna --site SITE --to http://127.0.0.1:8000

    [[derived]]
    point = "TOE-P1"
    quantity = "factor_of_safety"
    formula = "factor_of_safety"
    version = 1
    inputs = { toe = "TOE-P1/piezometric_elevation", pond = "POND/water_level" }
    [derived.parameters]
    axis_toe = [19.0, 24.0]
    axis_pond = [50.0, 58.0]
    values = [1.9, 1.7, 1.6, 1.3]
    condition = "undrained_peak"
    material = "contractive"
    method = "Spencer"
    analysed_on = "2015-11-01"
    signed_by = "the engineer of record"
    signature = "report 12, page 4"
    geometry_from = "2015-01-01T00:00:00Z"

## What a reading should be: regression trained at night

`hst_residual` and `hst_sigmas` compare a pressure, level or flow with what pond (behind `lag_d`), rain, season
and time made of it from `trained_from` to `trained_to`. The collector trains at the first tick of a UTC day
when readings of that window changed, and makes what follows from it again, a piece with each tick. One reading
a day teaches, the median; flagged ones and bounds do not. A window in which a limit was reached is refused
(nobody trains through an alarm), so are less than `least_days`. Outside of the pond and rain that were seen the
value is suspect.

    [[derived]]
    point = "TOE-P1"
    quantity = "residual_sigmas"
    formula = "hst_sigmas"
    version = 1
    inputs = { value = "TOE-P1/pore_pressure", pond = "POND/water_level", rain = "PD-RAIN/antecedent_rain" }
    [derived.parameters]
    trained_from = "2014-01-01T00:00:00Z"
    trained_to = "2016-01-01T00:00:00Z"
    reference = "2010-01-01T00:00:00Z"   # time since then, ln(1 + years)
    lag_d = 5.0
    window_s = 2592000                    # how far back the pond is looked at, three lags or more
    least_days = 600

## Along a section

`inclinometer_node` adds up the tilt of segments from the fixed end on, in the order of `inputs`: one
declaration for each node that is watched. A segment without a reading keeps its last tilt within `window_s`,
and the value is suspect; it is never 0 deg. `dupuit_elevation` gives the water between two wells (points
declared phreatic, or water levels) where a named person assumes one soil over a level base. How the page draws
a section's water line is declared too; without it the line is straight, which is too low, and the page says so.
Behind a dry well it is an upper bound.

    [[phreatic_line]]
    section = "A"
    method = "dupuit"                     # or "monotone", without a base
    base_elevation_m = 17.0
    valid_from = 2015-01-01T00:00:00Z
    source = "assumed by the engineer of record, report 3"

## Strong motion

The logger computes an earthquake's numbers; the collector takes them over as readings of a point, at the time
when it began: `peak_acceleration`, `peak_acceleration_z`, `arias_intensity`, `cumulative_absolute_velocity`,
`shaking_duration`, `significant_duration`. A record that was clipped, cut short or lost samples is "at
least", and so is the largest of two axes.
Limits on them count at once (`delay_count = 1`), and no event is no silence: give the point the sensor's
temperature too, so that its health counts. The plant's SCADA and a file replay do not see them.

    [[strong_motion]]
    point = "BERM-P1"
    logger = "pond"
    valid_from = 2016-01-01T00:00:00Z

## At the gateway

For the plant's SCADA the gateway makes what needs nothing but its own instruments and at most a day of them;
the rest (`limits_elsewhere` in the registers counts its limits) is judged at the collector only.

## Expressions

`formula = "expression"` with `text`: numbers, inputs, `+ - * / ^`, parentheses, abs min max sqrt ln exp sin cos
tan. A number may carry a unit, `9.80665 [kN/m3]`; without one it is a pure number. Every step is checked for its
dimension, and `seepline check` names the column of what is wrong. There are no loops, attributes or assignments;
500 characters and 20 levels at most.

    inputs = { u = "TOE-P1/pore_pressure", air = "PD-BARO/barometric_pressure" }
    parameters = { text = "u - 0.4 * (air - 97.5 [kPa])" }

## Where the numbers come from

Formulas are tested by worked numbers (docstrings of seepline/derive/). The form of the V-notch equation and of
the regression are known from secondary literature only: compare them with the primary document before limits
stand on them. Coefficients of weirs, k of the antecedent index, guard rails and strengths are the engineer's, for
none of them has a default. The inverse velocity says little before a brittle failure; a limit on
`days_to_failure` raises a level only with a second quantity (`only_with`).
"""
_MADE = "<!-- made by docs/generate.py from the code: do not edit -->\n\n"


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return (
        "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |\n" for row in lines) + "\n"
    )


def register_map() -> str:
    """Return docs/register-map.md."""
    writable = [(start, words, f"`{name}`", text) for start, words, name, text in WRITABLE]
    identification = [
        (start, words, f"`{name}`", MEANINGS[name]) for start, words, name in registers.IDENTIFICATION
    ]
    bits = [(f"0x{bit:04X}", name, "yes" if bit & status.EXCLUDES else "no") for bit, name in status.STATUS_NAMES]
    kinds = [
        (kind.name, record.PAYLOADS[kind.payload_type].name, kind.field, f"1/{kind.scale} {kind.unit}")
        for kind in CHANNEL_KINDS.values()
    ]
    events = [
        (code, f"`{name}`", detail, ", ".join(f"`{value}`" for value in values))
        for code, name, detail, values in EVENTS
    ]
    return (
        f"# Register map of the logger, version {record.MAP_VERSION}\n\n{_MADE}"
        "Big-endian, high word first. Reads by function 3 or 4, history by function 20, writes by 6 or 16.\n\n"
        "## Identification\n\n"
        + _table(("register", "words", "name", "meaning"), identification)
        + f"## Live blocks\n\nBlock k stands at {registers.LIVE_BASE} + {registers.LIVE_STRIDE} k: "
        f"{record.RECORD_REGISTERS} registers of the newest record (seepline/wire/record.py draws it), then the "
        f"heartbeat (+{registers.LIVE_HEARTBEAT}) and the record's age in s (+{registers.LIVE_AGE_S}). When it is "
        "too old or there is none, every value is its type's out-of-range integer and the sequence is 0.\n\n"
        "## Writes\n\n" + _table(("register", "words", "name", "meaning"), writable) + "## Sealed commands\n\n"
        f"Nonce at {registers.NONCE_REGISTER} ({registers.NONCE_WORDS} words), result of the last command at "
        f"{registers.RESULT_REGISTER} (commands since boot, code, result, detail), the command itself by one "
        f"function 16 to {registers.COMMAND_REGISTER}. seepline/wire/seal.py draws them.\n\n"
        + _table(("result", "meaning"), list(RESULTS))
        + "Details of result 5, refused:\n\n"
        + _table(("detail", "meaning"), list(REFUSALS))
        + "## Self-check\n\n"
        f"From {registers.SELF_CHECK_BASE}, {registers.SELF_CHECK_WORDS} registers per configured channel: block "
        "<< 8 | slot, check (0 pending, 1 pass, 2 weak, 3 fail), fault (firmware/drivers/driver.py), its detail, "
        "scans without a reading since boot.\n\n"
        + "## History\n\nFunction 20: sequence n stands in file 1 + (n // 160) mod 65535, record number "
        "60 (n mod 160), length 60; two records an answer at most; exception 2 = not held. The sequence in the "
        "answer decides.\n\n"
        "## Channel kinds: integers on the wire\n\n"
        + _table(("kind", "payload", "field", "one step"), kinds)
        + "## Status bits of a channel\n\n"
        + _table(("bit", "meaning", "excludes the reading"), bits)
        + f"## Event records\n\nBlock {event.EVENT_BLOCK}, payload type {record.PAYLOAD_EVENT}: code, detail, "
        "values.\n\n" + _table(("code", "event", "detail", "values (i32)"), events)
    )


def quantities() -> str:
    """Return docs/quantities.md."""
    rows = [
        (f"`{one.name}`", one.unit, one.meaning, f"{one.plausible_min:g} to {one.plausible_max:g}")
        for one in QUANTITIES.values()
    ]
    return f"# Quantities\n\n{_MADE}" + _table(("quantity", "unit", "meaning", "plausible range"), rows)


_QUALITY = """A flag stands beside a value and explains it. It never alters the value, and never takes a
reading out of alarm evaluation: a failing dam looks like an outlier. Codes are QARTOD's: 1 good, 2 not evaluated,
3 suspect, 4 fail, 9 missing. Unlike QARTOD's own rule, a good test does not hide one that was not run:
fail, suspect, not evaluated, good.

Always run: nature's own range of the quantity ([quantities](quantities.md)), and the flat line of each
raw channel (`stuck_after` equal readings within `resolution` in its `[[channel]]`; without both it is
not evaluated, which is right for a channel whose step is coarser than nature). A reading dated more than
ten minutes ahead is kept and not judged, a second value for one time is kept as a conflict.

Every other test is asked for, by one entry for a point, quantity and test. No parameter has a default.

    [[quality]]
    point = "TOE-P1"
    quantity = "pore_pressure"
    test = "spike"
    valid_from = 2026-01-01T00:00:00Z # a changed parameter is a new entry from a later date on
    method = "average"
    suspect = 5.0 # in the quantity's unit: kPa
    within_s = 1800

`suspect` and `fail` are in the quantity's unit (`rate`: per hour). A test that looks at readings after a
value is not evaluated for the newest one, says so, and is made again when the next reading comes; so are
the flags of later readings when one comes late. So a replay gives the same flags.

"""

_SENTINELS = """## Makers' sentinels

Numbers by which a maker says that there is no reading. They are the instrument's own evidence: the value
is withheld and the instrument's own alarm raised. A channel is asked for them where SITE.toml says whose
they are (`sentinels = "campbell"` in its `[[channel]]`), for one maker's sentinel is another's true
value.

"""


def _quality_row(test: Test) -> tuple[object, ...]:
    needs = ", ".join(f"`{name}`" for name in test.required) or "none"
    may = "".join(f", [`{name}`]" for name in test.optional)
    methods = f" (`method`: {' or '.join(test.methods)})" if test.methods else ""
    channels = f"; channel {', '.join(test.channels)} in the wire's slot" if test.channels else ""
    return f"`{test.name}`", test.meaning, needs + may + methods, test.look.value + channels


def quality_control() -> str:
    """Return docs/quality-control.md."""
    numbers = [
        (maker, f"{number:.0f}", said) for maker, known in SENTINELS.items() for number, said in known.items()
    ]
    return (
        f"# Quality control\n\n{_MADE}{_QUALITY}"
        + _table(
            ("test", "suspect or failed when the value ...", "parameters", "looks at"),
            [*map(_quality_row, TESTS.values())],
        )
        + _SENTINELS
        + _table(("`sentinels`", "number", "meaning"), numbers)
        + _RESPONSE
    )


_RESPONSE = """## How a gauge answers the air

An unvented gauge feels between none and all of a change of the air's pressure, each its own share. `seepline
quality barometric SITE.toml POINT --data DIR --from .. --to ..` fits it over a quiet period (no rain, no
pumping, some days of changing weather) with an interval, and prints what accepts it: an act `barometric_factor`
in an engineer's name, or a `[[quality]]` entry. From then on the test says when the gauge answers otherwise.
The share corrects nothing by itself: it becomes the factor of the sheet's barometric term only where the act
says `use_as_factor=true`, from its signature on, under a sheet id of its own; a later act without the choice
brings the sheet's own term back. The page lists what is in force.
"""


def derived_quantities() -> str:
    """Return docs/derived-quantities.md."""
    rows = []
    for one in FORMULAS.values():
        inputs = "; ".join(f"`{name}`: {', '.join(kinds)}" for name, kinds in one.inputs.items())
        parameters = "; ".join(f"`{name}`: {kind.expected}" for name, kind in one.parameters.items())
        makes = ", ".join(one.quantities) or "any"
        rows.append((f"`{one.name}`", one.meaning, makes, inputs or "named by you", parameters, one.source))
    head = ("formula", "meaning", "makes", "inputs", "parameters", "source")
    return f"# Derived quantities\n\n{_MADE}{_DERIVED_RULES}" + _table(head, rows) + _DERIVED_SAFETY


def scada_register_map() -> str:
    """Return docs/scada-register-map.md: the map of the demo site."""
    state = [(one.start, one.words, f"`{one.name}`", one.form, one.meaning) for one in scada.STATE]
    row = [(f"+{one.start}", one.words, f"`{one.name}`", one.form, one.meaning) for one in scada.ROW]
    rows = scada.entries(read_site(HERE.parent / "simulator" / "demo" / "site.toml"))
    demo = [(one.address, one.point, f"`{one.quantity}`", one.unit) for one in rows]
    return (
        f"# Registers for the plant's SCADA, version {scada.MAP_VERSION}\n\n{_MADE}{_SCADA_RULES}"
        + _table(("register", "words", "name", "form", "meaning"), state)
        + f"## One row\n\nPlaces begin at {scada.PLACES_BASE}: {scada.PLACE_REGISTERS} registers a point, "
        f"{scada.ROW_REGISTERS} for each of up to {scada.ROWS_A_POINT} quantities. A row that has no "
        "quantity reads as one without a value.\n\n"
        + _table(("register", "words", "name", "form", "meaning"), row)
        + _SCADA_ADDRESSES
        + _table(("register", "point", "quantity", "unit"), demo)
    )


def _help(command: typer.core.TyperCommand, path: str) -> str:
    context = typer.Context(command, info_name=path)
    out = io.StringIO()
    out.write(f"## {path}\n\n{command.help or ''}\n\n")
    rows = []
    for parameter in command.get_params(context):
        if parameter.name == "help":
            continue
        shown = f" {parameter.metavar}" if parameter.metavar else ""
        names = ", ".join(f"`{name}{shown}`" for name in parameter.opts)
        if parameter.param_type_name == "argument":
            names = f"`{parameter.metavar or (parameter.name or '').upper()}`"
        rows.append((names, getattr(parameter, "help", "") or ""))
    return out.getvalue() + (_table(("parameter", "meaning"), rows) if rows else "")


def _commands(command: typer.core.TyperCommand | typer.core.TyperGroup, path: str) -> str:
    if isinstance(command, typer.core.TyperGroup):
        return "".join(_commands(command.commands[name], f"{path} {name}") for name in sorted(command.commands))
    return _help(command, path)


def command_line() -> str:
    """Return docs/command-line.md."""
    return f"# The `seepline` command\n\n{_MADE}" + _commands(typer.main.get_command(app), "seepline")


def api_page() -> str:
    """Return docs/api.md."""
    return f"# The collector's API\n\n{_MADE}" + api(_table)


PAGES = {
    "api.md": api_page,
    "register-map.md": register_map,
    "scada-register-map.md": scada_register_map,
    "quantities.md": quantities,
    "quality-control.md": quality_control,
    "derived-quantities.md": derived_quantities,
    "command-line.md": command_line,
}


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (HERE / name).write_text(make(), encoding="utf-8")
        Console().print(f"docs/{name}")


if __name__ == "__main__":
    main()
