"""The surge generators of the standards and the two ports that a cable comes to, as ngspice decks.

    combination    1.2/50 us open, 8/20 us shorted, 2 ohm; IEC 61000-4-5, ed. 3; topology: Carobbi and Bonci,
                   "Elementary and ideal equivalent circuit model of the 1,2/50-8/20 us combination wave generator"
    telecom        10/700 us open, 5/320 us shorted through 25 ohm; IEC 61000-4-5, annex A, and ITU-T K.44

The standards were not at hand. Their waveforms are held by gates (front, time to half value, peak), so the parts
of the generators, which are from memory, need no trust. A pair is struck on both legs against earth: 80 ohm a leg
for the combination wave (IEC 61000-4-5: 40 ohm in all for unshielded symmetrical lines, from memory), 25 ohm a leg
for the telecom wave (K.44, likewise).

Values of parts: front_end/parts.toml for a coil, carrier/sheets/line.py for the bus: its stages are read out of
the circuit, from the terminal's net to the receiver. Volt, ohm, henry, farad.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hardware.carrier import clamps
from hardware.carrier.part import Part
from hardware.carrier.sheets import line
from hardware.front_end.decks import PARTS, number

HERE = Path(__file__).parent
MODELS = {"SM712": "sm712", "SMAJ6.0CA": "smaj6", "SMBJ12CA": "smbj12", "": ""}  # a clamp's value: in models.lib
BOND = (1e-3, 30e-9)  # EARTH to GND: R510, and a few centimetres of copper


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A generator: which parts stand between its capacitor and a leg, how long it is looked at."""

    name: str
    parts: tuple[str, ...]
    leg_ohm: float
    rise_us: float
    step_s: float
    end_s: float


COMBINATION = Wave(
    name="combination",
    parts=(
        "Cg g 0 6.038u ic={1.082*kv*1000}",
        "Rg1 g 0 25.105",
        "Rm g g1 0.941",
        "Lg g1 w 10.37u",
        "Rg2 w 0 19.80",
    ),
    leg_ohm=80.0,
    rise_us=1.2,
    step_s=2e-8,
    end_s=1.2e-4,
)
TELECOM = Wave(
    name="telecom",
    parts=("Cg g 0 20u ic={kv*1000}", "Rg1 g 0 50", "Rg2 g w 15", "Cg2 w 0 0.2u"),
    leg_ohm=25.0,
    rise_us=10.0,
    step_s=1e-7,
    end_s=1.2e-3,
)
WAVES = (COMBINATION, TELECOM)


class Stage(NamedTuple):
    """A resistor in each leg and, behind it, a clamp from each leg to ground; "" is a clamp that is not there."""

    leg_ohm: float
    clamp: str


class Port(NamedTuple):
    """Where a cable comes in: arrester, stages, and what is to live behind the last one's legs, `ka` and `kb`."""

    name: str
    stages: tuple[Stage, ...]
    behind: tuple[str, ...]
    pin: str  # the node and the current that are asked
    has_arrester: bool = True


# A receiver's pin: 96 kohm, and a structure that conducts from 18 V on through 1 ohm: assumed, no sheet says it.
_PINS = tuple(
    text
    for leg in "ab"
    for text in (
        f"Rin{leg} k{leg} 0 96k",
        f"Vpin{leg} k{leg} p{leg} 0",
        f"Dup{leg} p{leg} t{leg} dpin",
        f"Vt{leg} t{leg} 0 17.4",
        f"Ddn{leg} s{leg} p{leg} dpin",
        f"Vs{leg} s{leg} 0 -17.4",
    )
)


def bus(leg: str = "A", parts: Sequence[Part] | None = None) -> Port:
    """Return the carrier's bus as its circuit has it: arrester, resistors and clamps of a leg, receiver."""
    way = clamps.stages(line.parts() if parts is None else parts, f"LINE_{leg}", "U501")
    return Port("bus", tuple(Stage(ohm, MODELS[clamp]) for ohm, clamp in way), _PINS, "ka")


def bus_without_first_clamp() -> Port:
    """Return a broken copy: the SM712 alone, behind all of the resistors."""
    parts = [part for part in line.parts() if part.ref not in ("D502", "D503")]
    return bus(parts=parts)._replace(name="bare_bus")


def coil(parts: Mapping[str, Mapping[str, str]] = PARTS) -> Port:
    """Return a coil's terminals while both relays lead to the amplifier: a third of a second in a reading."""
    p = {name: part["value"].split()[0] for name, part in parts.items()}
    behind = (
        "Vref vref 0 1.65",
        f"R4 ka ca {p['R4']}",
        f"R5 kb cb {p['R5']}",
        "D3a ca cb dlow",
        "D3b cb ca dlow",
        f"R6 ca cb {p['R6']}",
        f"C2 ca ha {p['C2']}",
        f"C3 cb hb {p['C3']}",
        f"R7 ha vref {p['R7']}",
        f"R8 hb vref {p['R8']}",
    )
    return Port("coil", (Stage(number("R1", parts), "smaj6"),), behind, "ha")


def spark_v(wave: Wave, kilovolt: float) -> float:
    """Return where the arrester fires at a wave's own slope, a fifth above the typical.

    2036-09-SM (Bourns): 250 V at 100 V/us, 550 V at 1000 V/us, typical; between and beyond along the logarithm.

    >>> round(spark_v(TELECOM, 1.0)), round(spark_v(COMBINATION, 1.2))
    (300, 660)
    """
    slope = kilovolt * 1000 / wave.rise_us
    return 1.2 * max(90.0, 250.0 + 300.0 * math.log10(slope / 100.0))


def struck(port: Port, wave: Wave, kilovolt: float, sign: int = 1) -> str:
    """Return the deck of a wave into a port: on both legs against earth; `sign` 0: one leg, the other at earth."""
    lines = [
        f"* {wave.name} of {kilovolt} kV into {port.name}",
        f".include {HERE / 'models.lib'}",
        f".param kv={kilovolt * (sign or 1)}",
        *wave.parts,
        f"Rla w la {wave.leg_ohm}",
        f"Rlb {'w' if sign else 'earth'} lb {wave.leg_ohm}",
        "Vga la ga 0",
        f"Xg ga lb earth gdt3 spark={spark_v(wave, kilovolt):.4g}" if port.has_arrester else "Rg ga earth 1g",
        f"Rbond earth be {BOND[0]}",
        f"Lbond be 0 {BOND[1]}",
        *_stages(port),
        *port.behind,
        ".options reltol=2e-3 abstol=1e-9 vntol=1e-4 method=gear",
    ]
    return "\n".join(lines) + "\n"


def _stages(port: Port) -> Iterator[str]:
    """Yield resistors and clamps; stage 1's current is i(Vra1), its clamp's i(Vca1) at v(na1)."""
    last = len(port.stages)
    for leg in "ab":
        before = f"l{leg}"
        for n, stage in enumerate(port.stages, 1):
            here = f"k{leg}" if n == last else f"n{leg}{n}"
            yield f"R{leg}{n} {before} r{leg}{n} {stage.leg_ohm}"
            yield f"Vr{leg}{n} r{leg}{n} {here} 0"
            yield f"Vc{leg}{n} {here} c{leg}{n} 0"
            yield f"X{leg}{n} c{leg}{n} 0 {stage.clamp}" if stage.clamp else f"R{leg}{n}o c{leg}{n} 0 1g"
            before = here


def alone(wave: Wave, kilovolt: float, load: str) -> str:
    """Return the deck of a generator by itself: `load` is open, or short through what the standard says."""
    ohm = {"open": "1g", "short": "1u" if wave is COMBINATION else "25"}[load]
    return "\n".join(
        [f"* {wave.name}, {load}", f".param kv={kilovolt}", *wave.parts, f"Ro w x {ohm}", "Vo x 0 0", ""]
    )
