"""What the calculators say, as small charts; `seepline logger budget` says it for one's own site."""

from pathlib import Path

from hardware.plot import Axis, Curve, chart
from seepline.reckoning import accuracy, rs485, solar
from seepline.reckoning.of_channels import Assumed, of_sheet
from seepline.site import Site
from seepline.site_file import read_site

STATION = Path(__file__).parents[2] / "docs/examples/station.toml"
_BEADS = {10: (5967.6, 286.3), 25: (2999.0, 131.4)}  # degC: ohm and ohm/K of a 3 kohm bead (RST VW2100 p. 33)
_OHM_PER_KM = 85.0


def value() -> str:
    """Return the error of pressure and level over their range, in per cent of the span."""
    site = read_site(STATION)
    curves = [
        Curve("wire, the logger's part", _over_range(site, "vw-1", "pore_pressure", None)),
        Curve("wire with a gauge of 0.1 %", _over_range(site, "vw-1", "pore_pressure", 0.1)),
        Curve("4-20 mA, the logger's part", _over_range(site, "probe-1", "water_level", None)),
    ]
    x = Axis("place in the range, per cent", 0, 100, range(0, 101, 20))
    y = Axis("per cent of span", 0, 0.16, (0, 0.04, 0.08, 0.12, 0.16))
    return chart("Accuracy from sensor to database", x, y, curves)


def _over_range(site: Site, instrument: str, quantity: str, gauge: float | None) -> list[tuple[float, float]]:
    [sheet] = site.calibrations_by_instrument[instrument]
    [used] = [one for one in site.assignments if one.instrument == instrument]
    channels = {name: site.channel_by_name[channel] for name, channel in used.inputs.items()}
    points = []
    for percent in range(2, 99, 4):
        assumed = Assumed(10.0, 12.0, 0.1, bead_degc=0.5, gauge_percent=gauge, at_share=percent / 100)
        made = of_sheet(site.instrument_by_id[instrument].kind, sheet, channels, assumed)
        [one] = [one for one in made if one.quantity == quantity]
        points.append((float(percent), 100 * one.total / one.span))
    return points


def leads() -> str:
    """Return what a thermistor's leads do, left in and subtracted."""
    curves = []
    for degc, (_, ohm_per_k) in _BEADS.items():
        left_in = [(float(m), 2 * m * _OHM_PER_KM / 1000 / ohm_per_k) for m in range(0, 1001, 50)]
        curves.append(Curve(f"left in, at {degc} degC", left_in))
    ohm_per_k = _BEADS[25][1]
    rest = [(float(m), accuracy.lead_ohm(m, _OHM_PER_KM, 12) / ohm_per_k) for m in range(0, 1001, 50)]
    curves.append(Curve("subtracted, cable 12 K off, at 25 degC", rest))
    x, y = (
        Axis("cable, m (85 ohm/km a core)", 0, 1000, range(0, 1001, 200)),
        Axis("degC", 0, 1.4, (0, 0.4, 0.8, 1.2)),
    )
    return chart("Error of a 3 kohm thermistor from its leads", x, y, curves)


def sun() -> str:
    """Return the sun of mid-December over latitude."""
    south, north = (int(one) for one in solar.LATITUDES)
    curves = [
        Curve(
            f"{name} ({share:g})",
            [(deg, solar.plane_kwh_per_m2(deg, 60, share)) for deg in range(south, north + 1)],
        )
        for name, share in solar.CLEARNESS.items()
    ]
    x, y = Axis("latitude north", south, north, range(38, 57, 3)), Axis("kWh per m2 and day", 0, 4, range(5))
    return chart("Sun on a panel tilted 60 degrees, 15 December", x, y, curves)


def idle() -> str:
    """Return the level of a line at rest over its nodes."""
    curves = []
    for volt, ohm in ((5.0, 560.0), (5.0, 650.0), (3.3, 390.0), (3.3, 560.0)):
        line = rs485.Line(9600, 1, 0.125, 850, 1, 2, volt, ohm, 36, True)
        points = [(n, 1000 * rs485.idle_v(line._replace(nodes=n))) for n in range(1, 257, 5)]
        curves.append(Curve(f"{volt:g} V, 2 x {ohm:g} ohm", points))
    x, y = (
        Axis("nodes of 1/8 unit load, two ends of 120 ohm", 0, 256, range(0, 257, 32)),
        Axis("mV", 0, 300, (0, 100, 200, 300)),
    )
    return chart("RS-485 at rest (200 mV without true fail-safe)", x, y, curves)


CHARTS = {"value.svg": value, "leads.svg": leads, "sun.svg": sun, "idle.svg": idle}
