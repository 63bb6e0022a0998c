"""The front end as ngspice decks, from parts.toml: what a coil is driven with, and what is heard of it.

    sensor       EMF behind the coil's resistance and inductance
    cable        five sections of resistance and capacitance, both legs
    protection   R1, R2, D1, D2; the relays closed
    receiver     R4 to R11, U2, U3, up to the converter's pin `adc`
    bridge       U1, C1, R3

Units: ohm, henry, farad, metre, volt. The EMF of a ring-down is a formula of ngspice, never integrated by it: its
trapezoidal rule would shift a resonator of 2800 Hz by 7 Hz at steps of 10 us.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PARTS: Mapping[str, Mapping[str, str]] = tomllib.loads((HERE / "parts.toml").read_text(encoding="utf-8"))
VCC, BRIDGE_V, DRIVER_OHM = 3.3, 5.0, 7.0
SECTIONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A coil as an LCR meter shows it (bench M6), and its EMF: start amplitude, decay time, frequency.

    The inductance is assumed: nobody publishes it. 150 to 180 ohm are published.
    """

    ohm: float = 160.0
    henry: float = 30e-3
    hz: float = 2800.0
    emf_v: float = 2e-3
    decay_s: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """A cable; per metre what a four-core 0.2 mm2 cable of this kind has, assumed."""

    m: float = 300.0
    ohm_per_m: float = 0.085  # of one core
    farad_per_m: float = 130e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong besides: mains at 50 Hz between the legs and on both, leakage of a clamp or a wet terminal."""

    between_v: float = 0.0
    common_v: float = 0.0
    leak_ohm: float = 1e9
    kick_v: float = 0.0  # on the cable when K2 turns


NO_TROUBLE = Trouble()


def value(name: str, parts: Mapping[str, Mapping[str, str]] = PARTS) -> str:
    """Return a part's value as ngspice reads it."""
    return parts[name]["value"].split()[0]


def number(name: str, parts: Mapping[str, Mapping[str, str]] = PARTS) -> float:
    """Return a part's value in its unit.

    >>> number("C2"), number("R7"), number("U4")
    (1e-07, 4700.0, 1.414)
    """
    text = value(name, parts)
    scale = {"p": 1e-12, "n": 1e-9, "u": 1e-6, "k": 1e3}
    return round(float(text[:-1]) * scale[text[-1]], 18) if text[-1] in scale else float(text)


def receiving(
    sensor: Sensor,
    cable: Cable,
    trouble: Trouble = NO_TROUBLE,
    parts: Mapping[str, Mapping[str, str]] = PARTS,
) -> str:
    """Return the deck of a coil at the amplifier; the EMF is the source `Vac` of an AC or noise analysis too."""
    lines = [
        "* a coil at the amplifier",
        f".include {HERE / 'models.lib'}",
        f"Bemf e e0 V = {sensor.emf_v}*exp(-time/{sensor.decay_s})*sin({2 * math.pi * sensor.hz!r}*time)",
        "Vac e0 e1 dc 0 ac 1",
        f"Vdm e1 cm sin(0 {trouble.between_v} 50)",
        f"Rcoil e n1 {sensor.ohm}",
        f"Lcoil n1 a0 {sensor.henry}",
        f"Vcm soil 0 sin(0 {trouble.common_v} 50)",
        "Ccm1 soil a0 1n",
        "Ccm2 soil cm 1n",
        "Rcm soil cm 10meg noisy=0",
        "Vb0 cm b0 0",
        *_cable(cable),
        *_protection(trouble, parts),
        *_kick(trouble),
        *_receiver(parts),
    ]
    return "\n".join(lines) + "\n"


def driving(
    sensor: Sensor, cable: Cable, half_periods_us: Sequence[int], parts: Mapping[str, Mapping[str, str]] = PARTS
) -> str:
    """Return the deck of a coil at the bridge, turned by the firmware's half-periods after 7 ms of rest."""
    lines = [
        "* a coil at the bridge; the pin rests low before and after",
        f".include {HERE / 'models.lib'}",
        f"Vpin pin 0 PWL({' '.join(_edges(half_periods_us))})",
        f"Bp up 0 V = {number('U1', parts)}*v(pin)",
        f"Bn un 0 V = {number('U1', parts)}*(1-v(pin))",
        f"Rp up p1 {DRIVER_OHM}",
        f"Rq un q1 {DRIVER_OHM}",
        f"R3 p1 p2 {value('R3', parts)}",
        f"C1 p2 ka {value('C1', parts)}",
        "Vq q1 kb 0",
        *_protection(NO_TROUBLE, parts),
        *_cable(cable),
        f"Rcoil a0 n1 {sensor.ohm}",
        f"Lcoil n1 n2 {sensor.henry}",
        "Vi n2 b0 0",
        "Rg b0 0 100meg",
    ]
    return "\n".join(lines) + "\n"


def _cable(cable: Cable) -> list[str]:
    ohm, farad = cable.m * cable.ohm_per_m / SECTIONS, cable.m * cable.farad_per_m / SECTIONS
    lines = []
    for k in range(SECTIONS):
        lines += [f"Ck{k} a{k} b{k} {farad}", f"Ra{k} a{k} a{k + 1} {ohm}", f"Rb{k} b{k} b{k + 1} {ohm}"]
    return lines


def _protection(trouble: Trouble, parts: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        f"R1 a{SECTIONS} ka {value('R1', parts)}",
        f"R2 b{SECTIONS} kb {value('R2', parts)}",
        "D1a x1 ka dtvs",
        "D1b x1 0 dtvs",
        "D2a x2 kb dtvs",
        "D2b x2 0 dtvs",
        f"Rleak a{SECTIONS} 0 {trouble.leak_ohm} noisy=0",
    ]


def _kick(trouble: Trouble) -> list[str]:
    """Return what the bridge left: both legs held apart until K2 turns, at 1 ms."""
    if not trouble.kick_v:
        return []
    return [
        f"Vk kk kb PWL(0 {trouble.kick_v} 1m {trouble.kick_v} 1.001m 0)",
        "Sk ka kk gate 0 sw",
        "Vg gate 0 PWL(0 1 1m 1 1.001m 0)",
        ".model sw SW(Vt=0.5 Ron=100 Roff=1g)",
    ]


def _receiver(parts: Mapping[str, Mapping[str, str]]) -> list[str]:
    p = {name: value(name, parts) for name in parts}
    return [
        f"Vcc vcc 0 {VCC}",
        f"Vref vref 0 {VCC / 2}",
        f"R4 ka ca {p['R4']}",
        f"R5 kb cb {p['R5']}",
        "D3a ca cb dlow",
        "D3b cb ca dlow",
        f"R6 ca cb {p['R6']}",
        f"C2 ca ha {p['C2']}",
        f"C3 cb hb {1.01 * number('C3', parts)}",  # parts of 1 % at their worst: common mode comes through
        f"R7 ha vref {p['R7']}",
        f"R8 hb vref {p['R8']}",
        f"X2 ha hb vref o1 vcc inamp g={p['U2']}",
        f"C4 o1 p2s {p['C4']}",
        f"R9 p2s m2 {p['R9']}",
        f"R10 m2 o2 {p['R10']}",
        f"C5 m2 o2 {p['C5']}",
        "X3 vref m2 o2 vcc opamp gbw=10meg en=10n",
        f"C6 o2 adc {p['C6']}",
        f"R11 adc vref {p['R11']}",
    ]


def _edges(half_periods_us: Sequence[int], rest_us: int = 7000) -> list[str]:
    """Return time and level of the pin: low, up at the first half-period, low again at the end."""
    at_us, level, found = rest_us, 0, ["0 0"]
    for half_us in half_periods_us:
        found += [f"{at_us}u {level}", f"{at_us + 0.2}u {1 - level}"]
        at_us, level = at_us + half_us, 1 - level
    return found
