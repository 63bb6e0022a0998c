"""What a wiring makes of each part of the gateway: plans by name; while a plan is the same, its part runs on."""

from dataclasses import replace
from typing import Literal

from gateway import judgement
from gateway.bus.exchange import TURN_ROUND_S, pace_of
from gateway.bus_task import BusPlan
from gateway.instruments.station import by_tcp, on_bus
from gateway.instruments.tcp_task import TcpPlan
from gateway.link_task import LinkPlan
from gateway.local_alarm import plan as local_alarm
from gateway.local_alarm.coil import place_of
from gateway.modbus_tcp.server import Door
from gateway.outbox.room import LIMITS, Limits
from gateway.settings import Port
from gateway.uplink.lines import names_of
from gateway.wiring import Wiring
from seepline.site_wiring import Bus


def limits(wiring: Wiring) -> Limits:
    """Return what the outbox may do on a full disk; rows of the last week go last in any case."""
    keeping = wiring.settings.outbox
    when_full: Literal["stop", "thin"] = "thin" if keeping.thin else "stop"
    return replace(LIMITS, keep_days=keeping.keep_days or LIMITS.keep_days, when_full=when_full)


def buses(wiring: Wiring) -> dict[str, BusPlan]:
    """Return the buses with their ports, their loggers and the instruments on them."""
    settings = wiring.settings
    ports = {port.bus: replace(port, path=settings.port_path(port)) for port in settings.ports}
    return {bus.id: _bus_plan(wiring, bus, ports[bus.id]) for bus in wiring.site.buses if bus.id in ports}


def _bus_plan(wiring: Wiring, bus: Bus, port: Port) -> BusPlan:
    loggers = tuple(one for one in wiring.site.loggers if one.bus == bus.id)
    instruments = tuple(on_bus(wiring.site, wiring.profiles, bus, pace_of(bus, port.turn_round_s or TURN_ROUND_S)))
    return BusPlan(bus, loggers, port, wiring.site.info.id, instruments)


def tcp(wiring: Wiring) -> dict[str, TcpPlan]:
    """Return the addresses at which instruments are read over Modbus TCP."""
    found = by_tcp(wiring.site, wiring.profiles, wiring.settings.gateway.id)
    return {where: TcpPlan(wiring.site.info.id, where, tuple(instruments)) for where, instruments in found.items()}


def links(wiring: Wiring) -> dict[str, LinkPlan]:
    """Return the destinations, with the names that the site gives to what is sent."""
    gateway, names = wiring.settings.gateway.id, names_of(wiring.site)
    return {one.name: LinkPlan(gateway, one, names) for one in wiring.destinations()}


def listeners(wiring: Wiring) -> dict[str, str]:
    """Return where Prometheus may ask."""
    metrics = wiring.settings.metrics
    return {"metrics": metrics.listen} if metrics else {}


def judging(wiring: Wiring) -> dict[str, judgement.Plan]:
    """Return what is judged here, shown to the plant, and sounded; nothing without [scada] and [bundle]."""
    scada = wiring.settings.scada
    if scada is None and wiring.policy is None:
        return {}
    door = Door(listen=scada.listen, allow=scada.allow) if scada else None
    gateway = wiring.settings.gateway.id
    plan = judgement.Plan(
        site=wiring.site, gateway=gateway, door=door, policy=wiring.policy, alarm=_local_alarm(wiring)
    )
    return {"judgement": plan}


def _local_alarm(wiring: Wiring) -> local_alarm.Plan | None:
    told = wiring.settings.local_alarm
    if told is None:
        return None
    return local_alarm.Plan(
        gateway=wiring.settings.gateway.id,
        pin=told.pin,
        pin_signal=told.pin_signal or "level",
        coil=place_of(told.coil) if told.coil else None,
        sms_to=told.sms_to,
        sms_settings=wiring.settings.path(told.sms_settings or ""),
        sms_from=local_alarm.LEVELS[told.sms_from],
        hand_over_s=told.hand_over_s,
        blind_after_s=told.blind_after_s,
        proof_test_days=told.proof_test_days,
    )
