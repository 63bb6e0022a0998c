"""`seepline logger identify`: who answers, how it is, and what its clock says."""

from typing import TYPE_CHECKING

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
    Through,
    Usb,
    print_json,
    print_table,
    run,
    way,
)

if TYPE_CHECKING:
    from fieldtool.connection import Device
    from fieldtool.identification import Identification


@app.command()
def identify(
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    as_json: AsJson = False,
) -> None:
    """Show who answers: versions, memory, clock against this computer, configuration, key, counters."""
    from fieldtool import identification
    from fieldtool.clock import clock_of_environment

    async def ask(device: "Device") -> "Identification":
        return await identification.identify(device, clock_of_environment())

    found = run(way(Reach(port, usb, through), address, baud, parity), ask)
    if as_json:
        print_json(identification.as_dict(found))
    else:
        print_table(f"Logger {found.serial}", ("", ""), identification.as_rows(found))
