"""What a site's wiring may not be: a wire behind too much cable, a probe that its supply does not reach.

A vibrating wire: hardware/front_end is simulated, and its gates hold, up to 1000 m of cable (130 pF/m, 85 ohm/km).
A loop: its probe gets the supply less shunt and both conductors at 22.5 mA, which a fault current reaches.
`seepline logger budget` asks this of SITE.toml, hardware/channel_rules.py of hardware/channels.toml.
"""

from collections.abc import Iterator

from seepline.site_rules.draft import Problem
from seepline.site_wiring import Channel

LONGEST_WIRE_M = 1000.0
LOOP_MA = 22.5


def wire_problems(channel: Channel) -> Iterator[Problem]:
    """Yield what is wrong with the cable of a vibrating wire.

    >>> long = Channel(id="p1", logger="toe", unit="Hz", kind="vw_frequency", cable_m=1400)
    >>> [str(problem) for problem in wire_problems(long)]
    ['channel[toe/p1].cable_m: found 1400; expected at most 1000 m, for which the excitation is simulated']
    """
    if channel.cable_m > LONGEST_WIRE_M:
        right = f"at most {LONGEST_WIRE_M:g} m, for which the excitation is simulated"
        yield Problem(f"channel[{channel.name}].cable_m", f"{channel.cable_m:g}", right)


def sensor_v(supply_v: float, shunt_ohm: float, cable_m: float, ohm_per_km: float, current_ma: float) -> float:
    """Return what a sensor gets at its terminals: the supply less shunt and both conductors.

    >>> round(sensor_v(12.0, 82.0, 500, 85, LOOP_MA), 2)
    8.24
    """
    return supply_v - (shunt_ohm + 2 * cable_m * ohm_per_km / 1000) * current_ma / 1000


def loop_problems(channel: Channel, supply_v: float, shunt_ohm: float, least_v: float) -> Iterator[Problem]:
    """Yield what is wrong with the supply of a loop whose probe needs `least_v` by its sheet.

    >>> loop = Channel(id="weir", logger="toe", unit="mA", cable_m=500, cable_ohm_per_km=85)
    >>> [problem.found for problem in loop_problems(loop, 12.0, 82.0, 9.0)]
    ['8.2 V at the probe (12 V less shunt and 500 m of cable)']
    """
    got_v = sensor_v(supply_v, shunt_ohm, channel.cable_m, channel.cable_ohm_per_km, LOOP_MA)
    if got_v < least_v:
        found = f"{got_v:.1f} V at the probe ({supply_v:g} V less shunt and {channel.cable_m:g} m of cable)"
        yield Problem(f"channel[{channel.name}]", found, f"{least_v:g} V or more: a thicker cable, another probe")
