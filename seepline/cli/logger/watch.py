"""`seepline logger watch`: the live blocks in units, refreshed while somebody wiggles a cable."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from seepline.cli.logger import app
from seepline.cli.logger.options import (
    BAUD,
    PARITY,
    Address,
    AsJson,
    Baud,
    Parity,
    Port,
    Reach,
    SiteOption,
    Through,
    Usb,
    channels_for,
    print_json,
    run,
    way,
)

if TYPE_CHECKING:
    from fieldtool.connection import Device
    from fieldtool.live import LiveBlock
    from fieldtool.record_rows import Channels, Row

_DECIMALS = {"Hz": 3, "ohm": 1, "mV": 3, "mA": 4, "deg": 5, "kPa": 3, "degC": 2, "1": 3}
_WIRE_HEADS = {
    "Hz": "vw_frequency",
    "digits": "digits",
    "ohm": "vw_thermistor",
    "mV": "vw_amplitude",
    "SNR": "vw_snr",
    "decay": "vw_decay",
    "noise": "vw_noise_frequency",
    "agree": "vw_agreement",
}
_WIRE_DECIMALS = {"vw_amplitude": 2, "vw_snr": 1, "vw_decay": 2, "vw_noise_frequency": 0}


@app.command()
def watch(  # noqa: PLR0913 - one argument per option
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    site: SiteOption = None,
    once: Annotated[bool, typer.Option("--once", help="Show it once.")] = False,
    every_s: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Show the newest reading of every channel, with what tells how good a vibrating wire's is."""
    from fieldtool import live
    from fieldtool.clock import clock_of_environment
    from fieldtool.connection import FieldError
    from fieldtool.identification import identify

    async def follow(device: "Device") -> None:
        found = await identify(device, clock_of_environment())
        if found.values["mode"]:
            raise FieldError("The logger is in safe mode and does not measure: see `check` and `read-log`.")
        channels = channels_for(site, found.serial)
        blocks = await live.live_blocks(device, found)
        if as_json:
            print_json({"logger": found.serial, "blocks": [live.as_dict(one, channels) for one in blocks]})
            return
        console = Console()
        if once:
            console.print(_shown(found.serial, blocks, channels))
            return
        with Live(_shown(found.serial, blocks, channels), console=console, auto_refresh=False) as screen:
            while True:
                await asyncio.sleep(every_s)
                blocks = await live.live_blocks(device, found)
                screen.update(_shown(found.serial, blocks, channels), refresh=True)

    run(way(Reach(port, usb, through), address, baud, parity), follow)


def _shown(serial: int, blocks: "list[LiveBlock]", channels: "Channels") -> Group:
    parts = ((Text(_title(serial, one), style="italic"), _table(one, channels)) for one in blocks)
    return Group(*(part for pair in parts for part in pair))


def _table(block: "LiveBlock", channels: "Channels") -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True)
    rows = block.rows(channels)
    wires = [row for row in rows if row.field.startswith("vw_")]
    heads = (
        ("slot", "channel", *_WIRE_HEADS, "status") if wires else ("slot", "channel", "value", "unit", "status")
    )
    for head in heads:
        words = head in ("channel", "unit", "status")
        table.add_column(head, justify="left" if words else "right", no_wrap=not words, overflow="fold")
    for slot in dict.fromkeys(row.slot for row in wires):
        table.add_row(*_wire_cells([row for row in wires if row.slot == slot]))
    for row in rows:
        if row not in wires:
            table.add_row(str(row.slot), row.what, _number(row), row.unit, row.status)
    return table


def _title(serial: int, block: "LiveBlock") -> str:
    from fieldtool.clock import iso

    held = block.record
    age = "age unknown" if block.age_s is None else f"{block.age_s} s old"
    when = f"record {held.sequence}, {iso(1000 * held.utc_s)}, {age}" if block.is_reading else "no fresh scan"
    return f"Logger {serial}, block {held.block}: {when}, heartbeat {block.heartbeat}"


def _wire_cells(rows: "list[Row]") -> list[str]:
    """Return one line for a vibrating wire: its reading and what tells how good it is."""
    from fieldtool.gauge import digits

    by_field = {row.field: row for row in rows}
    hz = by_field["vw_frequency"].value
    names = [row.what for row in rows if row.what != row.field] or ["vw"]
    own = (by_field["vw_frequency"].status, by_field["vw_thermistor"].status)
    status = ", ".join(dict.fromkeys(words for words in own if words))
    values = {field: _number(row, _WIRE_DECIMALS.get(field)) for field, row in by_field.items()}
    values["digits"] = "-" if hz is None else f"{digits(hz):.1f}"
    return [str(rows[0].slot), " ".join(names), *(values[field] for field in _WIRE_HEADS.values()), status]


def _number(row: "Row", decimals: int | None = None) -> str:
    decimals = _DECIMALS.get(row.unit, 0) if decimals is None else decimals
    return "-" if row.value is None else f"{row.value:.{decimals}f}"
