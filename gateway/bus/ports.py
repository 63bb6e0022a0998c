"""Where a serial port is at the moment: adapters come back under other names. Only reads names and sysfs.

/dev/ttyAMA0                                     as it stands
/dev/serial/by-id/usb-FTDI_*-if00-port0          the one path that fits
usb:A50285BI                                     the one adapter with this USB serial number
"""

import glob
from pathlib import Path

SYS_TTY = Path("/sys/class/tty")
_USB = "usb:"
_LEVELS_TO_USB_DEVICE = 6  # /sys/devices/.../1-1.2 (serial) / 1-1.2:1.0 / ttyUSB0


class NotFoundError(Exception):
    """No port, or more than one, is what was asked for: one sentence that says what to do."""


def find(port: str, sys_tty: Path = SYS_TTY) -> str:
    """Return the path of a port given as a path, as a pattern of one, or as `usb:` and a serial number.

    Raises
    ------
    NotFoundError
        When a pattern or a serial number fits no port, or several.
    """
    if port.startswith(_USB):
        serial = port.removeprefix(_USB)
        found = sorted(f"/dev/{tty.name}" for tty in sys_tty.glob("tty*") if _usb_serial(tty) == serial)
    elif glob.has_magic(port):
        found = sorted(glob.glob(port))  # noqa: PTH207 - the pattern is absolute
    else:
        return port
    if not found:
        raise NotFoundError(f"{port} fits no port: plug in the adapter, or correct the port")
    if len(found) > 1:
        raise NotFoundError(f"{port} fits {' and '.join(found)}: name one of them, one master owns a bus")
    return found[0]


def _usb_serial(tty: Path) -> str | None:
    """Return the serial number of the USB device behind a tty, None when there is none."""
    device = (tty / "device").resolve()
    for folder in (device, *device.parents)[:_LEVELS_TO_USB_DEVICE]:
        if (folder / "idVendor").exists():
            number = folder / "serial"
            return number.read_text(encoding="ascii", errors="replace").strip() if number.exists() else None
    return None


def latency_ms(path: str, sys_tty: Path = SYS_TTY) -> int | None:
    """Return how long an FTDI adapter holds bytes back, in milliseconds; None for every other port."""
    try:
        text = (sys_tty / Path(path).resolve().name / "device/latency_timer").read_text(encoding="ascii")
    except OSError:
        return None
    return int(text) if text.strip().isdecimal() else None
