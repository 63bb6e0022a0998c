"""What came of one step of commissioning, and every cause that a failure may name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fieldtool.words import N_, Say

PASS, FAIL, NOTED = N_("pass"), N_("FAIL"), N_("noted")

# {of} is what a cause is about: the serial on the gauge, the sheet that would fit, the unit that would.
CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "serial": N_("The gauge is not the one of the site file: another gauge, or a swapped cable."),
        "serial_elsewhere": N_("This gauge belongs to {of} in the site file: swapped cables, or swapped gauges."),
        "cable_length": N_(
            "The cable is not as long as the site file says: another gauge's cable, or a typing error."
        ),
        "cable_undeclared": N_("The site file declares no cable: its resistance is not taken off the thermistor."),
        "open": N_("The coil's circuit is open: conductor cut, not connected, or broken coil."),
        "short": N_("The conductors touch, or there is water in the cable."),
        "coil": N_(
            "Not this coil with this cable: another gauge, wrong length, a poor splice; check the maker's figure."
        ),
        "insulation": N_("Water in the cable or its splice, or a damaged sheath."),
        "no_signal": N_("No reading: cable cut or swapped, coil broken, or another channel."),
        "status": N_("The logger remarks on the reading: {of}."),
        "restless_none": N_("Not at rest: no whole reading yet."),
        "restless_time": N_("Not at rest: minutes of those needed: {of}. Leave it alone and wait."),
        "restless_few": N_("Not at rest: readings of those needed: {of}. Leave it alone and wait."),
        "restless_spread": N_("Not at rest: its readings spread over {of}. Out of sun and wind, and wait."),
        "restless_degc": N_("Not at rest: its temperature spreads over {of} degC. Out of sun and wind, and wait."),
        "no_pressure": N_("No station pressure of the same minute: without it the zero says nothing."),
        "other_sheet": N_("Wrong sheet or swapped cable: the readings fit the sheet of {of}."),
        "sea_level": N_(
            "The pressure may be reduced to sea level: the reading fits a station pressure of {of} kPa."
        ),
        "loaded": N_("Not in free air, over-ranged before, or not this sheet."),
        "wrong_sign": N_("Wrong sign in the sheet: the value falls where the pressure rises."),
        "wrong_unit": N_("Wrong unit in the sheet: the readings fit if the factor is in {of}."),
        "no_answer": N_("The reading does not answer to the water: swapped cable, or a blocked filter."),
        "air_in_filter": N_("Air in the filter, which creeps: de-air it under water and repeat."),
        "wrong_factor": N_("Wrong sheet: the factor is not that of this gauge; or the depths are wrong."),
        "wrong_zero": N_(
            "The change is right, the level is not: wrong zero in the sheet, or depths from another mark."
        ),
        "depths": N_("The two depths are too close to prove a factor."),
        "out_of_range": N_("Beyond the range of the sheet: wrong sheet, or over-ranged while placed."),
        "differs": N_("Logger and hand readout differ: wrong channel, poor contact, or one of them is off."),
        "unknown": N_("Not explained by the causes known here: stop and ask the engineer."),
    }
)


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause, by its key in CAUSES, and what it is about."""

    key: str
    of: str = ""

    @property
    def text(self) -> str:
        """Return the cause as records keep it: `key` or `key|of`."""
        return f"{self.key}|{self.of}" if self.of else self.key


def cause_in_words(text: str, say: Say = str) -> str:
    """Return a recorded cause as a sentence in a language.

    >>> cause_in_words("other_sheet|vw-crest")
    'Wrong sheet or swapped cable: the readings fit the sheet of vw-crest.'
    """
    key, _, of = text.partition("|")
    if key == "status":
        of = ", ".join(say(word) for word in of.split(", "))
    return say(CAUSES[key]).format(of=of) if key in CAUSES else text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step found: the numbers, the limits that judged them, the verdict, the likely causes, best first."""

    verdict: str
    values: Mapping[str, Any]
    limits: Sequence[Mapping[str, Any]] = ()
    causes: Sequence[Cause] = field(default=())

    @property
    def passed(self) -> bool:
        """Tell whether the walk may go on."""
        return self.verdict != FAIL


def judged(
    values: Mapping[str, Any], causes: Sequence[Cause], limits: Sequence[Mapping[str, Any]] = ()
) -> Outcome:
    """Return the outcome of a step that fails when there is a cause."""
    return Outcome(FAIL if causes else PASS, values, limits, causes)
