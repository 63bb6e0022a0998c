"""Playing a scenario: dam, instruments and sensor faults together become one logger's scans."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from random import Random

from seepline.site import Site
from seepline.site_wiring import Channel
from seepline.wire import status as bits
from simulator import sensors
from simulator.dam import Moment, moments
from simulator.gauge import Gauge, gauge_at
from simulator.input_table import InputError, Scan
from simulator.scenario import Scenario, SensorFault

LOOP_FAULT_MA = 3.5  # a broken loop, below the fault current of NAMUR NE 43


def scans(scenario: Scenario, site: Site, start_ms: int) -> list[Scan]:
    """Return what the scenario's logger measures, from the quiet history to the end of the live hours.

    Raises
    ------
    InputError
        When a part does not fit the site, or drives a gauge out of its range.
    """
    settings = scenario.settings
    channels = {channel.id: channel for channel in site.channels if channel.logger == settings.logger}
    _check_faults(scenario.sensor_fault, channels)
    states = list(moments(scenario, site.logger_by_id[settings.logger].scan_s, start_ms // 1000))

    def gauge(point: str) -> Gauge:
        return gauge_at(site, point, settings.logger, start_ms)

    parts = [list(part) for part in _instruments(scenario, gauge, states)]
    found = [_scan(state.utc_s, [part[index] for part in parts]) for index, state in enumerate(states)]
    for fault in scenario.sensor_fault:
        found = _spoilt(found, states, fault, channels[fault.channel])
    return found


def _instruments(
    scenario: Scenario, gauge: Callable[[str], Gauge], states: Sequence[Moment]
) -> Iterable[Iterable[sensors.Shown]]:
    def noise(point: str) -> Random:
        return Random(f"{scenario.settings.seed}/{point}")  # noqa: S311 - repeatable noise, not a secret

    if pond := scenario.pond:
        yield sensors.pond_level(gauge(pond.point), states, noise(pond.point))
    for tip in scenario.piezometer:
        yield sensors.piezometer(tip, gauge(tip.point), states, noise(tip.point))
    for chain_ in scenario.inclinometer:
        yield sensors.inclinometer(chain_, gauge(chain_.point), states, noise(chain_.point), scenario.earthquake)
    if sky := scenario.weather:
        yield sensors.barometer(sky, gauge(sky.barometer), states, noise(sky.barometer))
        yield sensors.rain_gauge(gauge(sky.rain_gauge), states)


def _scan(utc_s: int, shown: Sequence[sensors.Shown]) -> Scan:
    values = dict(chain.from_iterable(part.items() for part, _ in shown))
    wire = dict(chain.from_iterable(part.items() for _, part in shown))
    return Scan(utc_s, values, wire=wire)


def _no_signal(scan: Scan, before: Scan, channel: Channel) -> Scan:
    place = (channel.block, channel.slot)
    left = replace(
        _cut(scan, before, channel), wire={key: value for key, value in scan.wire.items() if key != place}
    )
    return replace(left, status={**left.status, channel.id: bits.NO_SIGNAL})


def _loop_fault(scan: Scan, before: Scan, channel: Channel) -> Scan:
    status = {**scan.status, channel.id: bits.LOOP_FAULT}
    return replace(scan, values={**scan.values, channel.id: LOOP_FAULT_MA}, status=status)


def _stuck(scan: Scan, before: Scan, channel: Channel) -> Scan:
    return replace(scan, values={**scan.values, channel.id: before.values[channel.id]})


def _cut(scan: Scan, before: Scan, channel: Channel) -> Scan:
    return replace(scan, values={name: value for name, value in scan.values.items() if name != channel.id})


# What a fault makes of a scan, given the scan at its start; and the channel kind it needs, '' for any.
_FAULTS: dict[str, tuple[Callable[[Scan, Scan, Channel], Scan], str]] = {
    "no_signal": (_no_signal, "vw_frequency"),
    "loop_fault": (_loop_fault, "current"),
    "stuck": (_stuck, ""),
    "cut": (_cut, ""),
}


def _check_faults(faults: Sequence[SensorFault], channels: dict[str, Channel]) -> None:
    wrong = []
    for number, fault in enumerate(faults, start=1):
        path, needed = f"scenario.sensor_fault[{number}]", _FAULTS[fault.fault][1]
        if fault.channel not in channels:
            wrong.append(f"{path}.channel: no channel '{fault.channel}', expected one of {', '.join(channels)}")
        elif needed and channels[fault.channel].kind != needed:
            wrong.append(f"{path}.fault: {fault.fault} happens to a channel of kind {needed} only")
    if wrong:
        raise InputError(wrong)


def _spoilt(found: Sequence[Scan], states: Sequence[Moment], fault: SensorFault, channel: Channel) -> list[Scan]:
    during = [fault.from_h <= state.hour < fault.to_h for state in states]
    if not any(during):
        return list(found)
    change, first = _FAULTS[fault.fault][0], found[during.index(True)]
    return [change(scan, first, channel) if hit else scan for scan, hit in zip(found, during, strict=True)]
