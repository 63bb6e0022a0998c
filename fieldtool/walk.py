"""The walk through commissioning: asks, reads the live gauge, judges by the pure steps, keeps each step when done.

It can be broken off anywhere and taken up again: a step that passed is not done twice, unless asked for. Who asks
and who answers is given (`Shell`), so that tests walk it too.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fieldtool import commissioning
from fieldtool.clock import iso
from fieldtool.gauge import Gauge, LiveReading
from fieldtool.gauge_reader import GaugeReader
from fieldtool.immersion import Depth, immersion
from fieldtool.records import STEP, ZERO, Book, Record, latest_steps
from fieldtool.stability import Stability
from fieldtool.verdicts import Outcome, cause_in_words

LONGEST_WAIT_S = 7200.0


class Shell(Protocol):
    """Who stands at the gauge."""

    def tell(self, text: str) -> None:
        """Say something."""

    def waiting(self, rest: Stability) -> None:
        """Show how far the gauge is from rest."""

    def text(self, question: str) -> str:
        """Ask for a text."""

    def number(self, question: str) -> float | None:
        """Ask for a number; None when there is none to give."""

    def yes(self, question: str) -> bool:
        """Ask yes or no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Figures of the maker that the operator states in place of ours."""

    coil_ohm: float | None = None
    cable_ohm_per_km: float | None = None
    insulation_megohm: float | None = None
    density_kg_m3: float | None = None


@dataclass
class Walk:
    """One gauge's commissioning by one person."""

    reader: GaugeReader
    shell: Shell
    book: Book
    who: str
    stated: Stated = Stated()

    @property
    def gauge(self) -> Gauge:
        """The gauge."""
        return self.reader.gauge

    async def run(self, again: Sequence[str] = ()) -> bool:
        """Do every step that has not passed yet (and those in `again`); stop at the first failure.

        Returns whether all steps have passed. Raises FieldError when the logger no longer answers.
        """
        done = latest_steps(self.book.read(self.gauge.point), self.gauge.instrument.id)
        for step in commissioning.steps_of(self.gauge):
            before = done.get(step)
            if before and before.verdict != "FAIL" and step not in again:
                self.shell.tell(f"{commissioning.STEP_NAMES[step]}: {before.verdict}, {before.at}, {before.who}")
                continue
            outcome = await _STEPS[step](self)
            self._keep(step, outcome)
            if not outcome.passed:
                return False
        return True

    def _keep(self, step: str, outcome: Outcome) -> None:
        self.book.append(self.record(STEP, outcome, step))
        if step == "zero" and outcome.passed:
            self.book.append(self.record(ZERO, outcome, step))
        self.shell.tell(f"{commissioning.STEP_NAMES[step]}: {outcome.verdict}")
        for cause in outcome.causes:
            self.shell.tell(f"  {cause_in_words(cause.text)}")

    def record(self, kind: str, outcome: Outcome, step: str = "") -> Record:
        """Return the record of an outcome, dated now."""
        return record_of(self.gauge, kind, outcome, self.who, self.reader.clock.now_ms(), step)

    async def serial(self) -> Outcome:
        """Ask for the number on the gauge."""
        return commissioning.serial(self.gauge, self.shell.text("Serial number on the gauge"))

    async def cable(self) -> Outcome:
        """Ask for the cable's length."""
        return commissioning.cable(self.gauge, self._number("Cable length, m"))

    async def coil(self) -> Outcome:
        """Ask for the resistance between the coil's leads."""
        cable_m = float(self._done("cable").get("cable_m", 0.0))
        ohm = self._number("Coil resistance at the cable's end, ohm")
        return commissioning.coil(ohm, cable_m, self.stated.coil_ohm, self.stated.cable_ohm_per_km)

    async def insulation(self) -> Outcome:
        """Ask for the insulation between a lead and the shield."""
        megohm = self._number("Insulation between a lead and the shield, Mohm (over the meter's range: its range)")
        return commissioning.insulation(megohm, self.stated.insulation_megohm)

    async def zero(self) -> Outcome:
        """Read the gauge in free air until it is at rest, with the station pressure of the same minute."""
        self.shell.tell("Hang the gauge in free air, in the shade, filter saturated or removed. Do not touch it.")
        readings, pressure_kpa = await self._rest()
        return commissioning.zero(self.gauge, readings, pressure_kpa)

    async def immersion(self) -> Outcome:
        """Read the gauge at two depths."""
        depths = []
        for name in ("first", "second"):
            depth_m = self._number(f"Lower the gauge; {name} depth of its diaphragm below the water, m")
            readings, pressure_kpa = await self._rest()
            depths.append(Depth(depth_m, readings, pressure_kpa))
        return immersion(self.gauge, depths[0], depths[1], self.stated.density_kg_m3)

    async def placed(self) -> Outcome:
        """Read the gauge where it stays."""
        if not self.shell.yes("Is the gauge in its place"):
            raise KeyboardInterrupt
        reading = await self.reader.fresh()
        self.reader.readings.append(reading)
        return commissioning.placed(self.gauge, [reading], await self._pressure())

    async def _rest(self) -> tuple[list[LiveReading], float | None]:
        refused = await self.reader.hurry()
        if refused:
            self.shell.tell(refused)
        readings = await self.reader.at_rest(LONGEST_WAIT_S, self.shell.waiting)
        return readings, await self._pressure()

    async def _pressure(self) -> float | None:
        if not self.gauge.needs_barometer:
            return None
        found = await self.reader.station_pressure_kpa()
        if found is not None:
            self.shell.tell(f"Station pressure {found:.2f} kPa, from the site's barometer.")
            return found
        return self.shell.number("Station pressure now, kPa, not reduced to sea level (empty: none)")

    def _number(self, question: str) -> float:
        while True:
            found = self.shell.number(question)
            if found is not None:
                return found
            self.shell.tell("A number is needed here.")

    def _done(self, step: str) -> Mapping[str, float]:
        done = latest_steps(self.book.read(self.gauge.point), self.gauge.instrument.id).get(step)
        return done.values if done else {}


_STEPS: Mapping[str, Callable[[Walk], Awaitable[Outcome]]] = {
    "serial": Walk.serial,
    "cable": Walk.cable,
    "coil": Walk.coil,
    "insulation": Walk.insulation,
    "zero": Walk.zero,
    "immersion": Walk.immersion,
    "placed": Walk.placed,
}


def record_of(gauge: Gauge, kind: str, outcome: Outcome, who: str, now_ms: int, step: str = "") -> Record:
    """Return the dated record of an outcome."""
    return Record(
        record=kind,
        at=iso(now_ms),
        who=who,
        point=gauge.point,
        instrument=gauge.instrument.id,
        logger=gauge.logger,
        step=step,
        values=dict(outcome.values),
        limits=list(outcome.limits),
        verdict=outcome.verdict,
        causes=[cause.text for cause in outcome.causes],
    )


def is_finished(gauge: Gauge, records: Sequence[Record]) -> bool:
    """Tell whether every step of a gauge has passed."""
    done = latest_steps(records, gauge.instrument.id)
    return all(step in done and done[step].verdict != "FAIL" for step in commissioning.steps_of(gauge))
