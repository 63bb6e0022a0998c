"""`seepline logger check`: the logger's own check of itself and of each channel, with likely causes."""

from typing import TYPE_CHECKING

import typer

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
    print_table,
    run,
    way,
)

if TYPE_CHECKING:
    from fieldtool.connection import Device
    from fieldtool.self_check import Finding

_FAILED = 1


@app.command()
def check(  # noqa: PLR0913 - one argument per option
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    site: SiteOption = None,
    as_json: AsJson = False,
) -> None:
    """Check program, clock, supply, memory and every channel; exit code 1 when something fails."""
    from fieldtool import live, self_check
    from fieldtool.clock import clock_of_environment
    from fieldtool.identification import identify

    async def look(device: "Device") -> "list[Finding]":
        found = await identify(device, clock_of_environment())
        checks = await self_check.entries(device, found)
        blocks = await live.live_blocks(device, found)
        return self_check.findings(found, checks, blocks, channels_for(site, found.serial))

    findings = run(way(Reach(port, usb, through), address, baud, parity), look)
    failed = any(one.verdict == self_check.FAIL for one in findings)
    if as_json:
        print_json({"passed": not failed, "findings": [one.as_dict() for one in findings]})
    else:
        rows = [(one.what, one.verdict, one.found, one.cause) for one in findings]
        print_table("Self-check", ("what", "verdict", "found", "likely cause"), rows)
    if failed:
        raise typer.Exit(_FAILED)
