"""The picture of this folder: how hard a clamp is pressed over the strength of a 10/700 us surge."""

from pathlib import Path

from hardware.plot import Axis, Curve, chart, write
from hardware.surge.cases import Strike, felt
from hardware.surge.decks import TELECOM, bus, bus_without_first_clamp, coil

SHARES = "shares.svg"
VOLTS = (250, 500, 750, 1000, 1500, 2000, 2500, 2900, 3000, 3500, 4000)


def shares() -> str:
    """Return the chart."""
    curves = []
    for name, port in (("bus", bus()), ("bus without SMBJ12CA", bus_without_first_clamp()), ("coil", coil())):
        asked = [Strike(port, TELECOM, volt) for volt in VOLTS]
        points = [(one.volt / 1000, felt(one)[f"{one.name}.clamp_share"]) for one in asked]
        curves.append(Curve(name, points))
    title = "10/700 us on both legs: a clamp's power over what it bears"
    return chart(title, Axis("surge, kV", 0, 4, range(5)), Axis("share; above 1 it dies", 0, 4, range(5)), curves)


def draw(path: Path) -> None:
    """Write it."""
    write(path, shares())
