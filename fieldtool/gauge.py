"""One gauge at its point, as commissioning sees it: its sheet, its channels, and what its live readings mean.

The engineering value is made by the same function of the instrument's module that the collector uses, with the
same lead resistance taken off (seepline.convert); the station pressure is given, live from the site's barometer or
typed by the operator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldtool.connection import FieldError
from seepline.convert import assignment_at, calibration_at, kind_of, lead_ohm
from seepline.instruments.kind import Converted, InstrumentKind
from seepline.instruments.vw_piezometer import full_scale_hz, hz_of_digits, sheet_input
from seepline.site import Assignment, Calibration, Instrument, Site
from seepline.site_wiring import Channel
from seepline.wire import status

_STEPS = 60
_BEYOND_HZ = 0.1  # of the sheet's range, to each side: a zero may lie a little outside of it


@dataclass(frozen=True, slots=True)
class LiveReading:
    """What a gauge's channels showed at one scan, by input name; `uptime_s` and `boot` need no clock."""

    utc_ms: int
    boot: int
    uptime_s: int
    values: Mapping[str, float | None]
    status: Mapping[str, int]

    @property
    def is_whole(self) -> bool:
        """Tell whether the instrument gave every input."""
        return all(value is not None for value in self.values.values()) and not any(
            bits & status.EXCLUDES for bits in self.status.values()
        )


@dataclass(frozen=True, slots=True)
class Gauge:
    """An instrument where the site says that it is, with the sheet that is valid now."""

    site: Site
    assignment: Assignment
    instrument: Instrument
    calibration: Calibration
    kind: InstrumentKind

    @property
    def point(self) -> str:
        """The monitoring point's id."""
        return self.assignment.point

    @property
    def is_wire(self) -> bool:
        """Tell whether it is a vibrating wire, read in digits."""
        return self.kind.primary == "frequency"

    @property
    def quantity(self) -> str:
        """The quantity that it is there for."""
        return next(iter(self.kind.needs(self.calibration)))

    @property
    def needs_barometer(self) -> bool:
        """Tell whether its value needs the station pressure."""
        return any("barometer" in names for names in self.kind.needs(self.calibration).values())

    def channel(self, name: str) -> Channel:
        """Return the channel of an input."""
        return self.site.channel_by_name[self.assignment.inputs[name]]

    @property
    def primary(self) -> Channel:
        """The channel of the instrument's own signal."""
        return self.channel(self.kind.primary)

    @property
    def logger(self) -> str:
        """The logger that it is connected to."""
        return self.primary.logger

    def made(
        self, values: Mapping[str, float | None], pressure_kpa: float | None, sheet: Calibration | None = None
    ) -> Mapping[str, Converted]:
        """Return what the sheet (another one, if given) makes of raw values; nothing where an input is missing."""
        known = {name: self._without_lead(name, value) for name, value in values.items() if value is not None}
        if pressure_kpa is not None:
            known["barometer"] = pressure_kpa
        sheet = sheet or self.calibration
        possible = any(known.keys() >= set(names) for names in self.kind.needs(sheet).values())
        return self.kind.convert(sheet, known) if possible else {}

    def value(
        self, values: Mapping[str, float | None], pressure_kpa: float | None, sheet: Calibration | None = None
    ) -> float | None:
        """Return the value of the quantity that the gauge is there for."""
        made = self.made(values, pressure_kpa, sheet).get(self.quantity)
        return made.value if made else None

    def temperature_degc(self, values: Mapping[str, float | None]) -> float | None:
        """Return the gauge's own temperature, None when it has no thermistor or the sheet does not name it."""
        made = self.made(values, None).get("temperature")
        return made.value if made else None

    def _without_lead(self, name: str, value: float) -> float:
        channel = self.channel(name)
        return value - lead_ohm(channel) if channel.unit == "ohm" else value

    def expected_zero_hz(
        self, values: Mapping[str, float | None], pressure_kpa: float | None, sheet: Calibration | None = None
    ) -> float | None:
        """Return the frequency at which the sheet gives no pressure at this temperature and station pressure.

        None when it gives none near its range: then it cannot be the sheet of a gauge that hangs in air.
        """
        sheet = sheet or self.calibration
        low, high = full_scale_hz(sheet.full_scale)
        low, high = low - _BEYOND_HZ * (high - low), high + _BEYOND_HZ * (high - low)

        def pressure(hz: float) -> float | None:
            return self.value({**values, "frequency": hz}, pressure_kpa, sheet)

        first, last = pressure(low), pressure(high)
        if first is None or last is None or first * last > 0:
            return None
        for _ in range(_STEPS):
            middle = (low + high) / 2
            found = pressure(middle)
            if found is None:
                return None
            low, high = (middle, high) if found * first > 0 else (low, middle)
        return (low + high) / 2

    def other_sheets(self) -> Sequence[Calibration]:
        """Return the sheets of all other instruments of this kind: behind a swapped cable is one of them."""
        kinds = {one.id: one.kind for one in self.site.instruments}
        return [
            sheet
            for sheet in self.site.calibrations
            if sheet.instrument != self.instrument.id and kinds[sheet.instrument] == self.instrument.kind
        ]


def digits(hz: float) -> float:
    """Return f^2/1000.

    >>> digits(3000.0)
    9000.0
    """
    return sheet_input(hz, "digits")


def sheet_zero_digits(sheet: Calibration) -> float | None:
    """Return the zero reading that a linear sheet prints, in digits; None where it prints none."""
    zero = sheet.zero.get("R0")
    if zero is None:
        return None
    return {
        "digits": lambda: zero,
        "digits/1000": lambda: 1000 * zero,
        "Hz": lambda: digits(zero),
        "period_1e-7s": lambda: digits(1e7 / zero),
    }[sheet.input_unit]()


def hz_from_hand(hz: float | None, typed_digits: float | None) -> float | None:
    """Return the frequency that a hand readout shows, in whichever of the two ways it does."""
    return hz if hz is not None or typed_digits is None else hz_of_digits(typed_digits)


def gauge_at(site: Site, point: str, now_ms: int) -> Gauge:
    """Return the gauge that is assigned to a point now.

    Raises
    ------
    FieldError
        When the point, its instrument or a sheet valid now is missing in the site file.
    """
    if point not in site.point_by_id:
        raise FieldError(f"The site has no point {point}.")
    assignment = assignment_at(site, point, now_ms)
    if assignment is None:
        raise FieldError(f"No instrument is assigned to {point} today: correct [[assignment]] in the site file.")
    sheet = calibration_at(site, assignment.instrument, now_ms)
    if sheet is None:
        raise FieldError(f"{assignment.instrument} has no calibration valid today: correct [[calibration]].")
    instrument = site.instrument_by_id[assignment.instrument]
    return Gauge(site, assignment, instrument, sheet, kind_of(site, assignment))


def points_of(site: Site, target: str, now_ms: int) -> list[str]:
    """Return the point named, or every point whose gauge hangs on the logger named.

    Raises
    ------
    FieldError
        When the site knows neither.
    """
    if target in site.point_by_id:
        return [target]
    if target not in site.logger_by_id:
        raise FieldError(f"The site has neither a point nor a logger {target}.")
    assigned = (assignment_at(site, point.id, now_ms) for point in site.points)
    return [
        one.point for one in assigned if one and one.inputs[kind_of(site, one).primary].split("/")[0] == target
    ]
