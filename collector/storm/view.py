"""The after-storm page as data: every number of the check as a person reads it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.storm.found import BusFound, DeviceFound, StormCheck, WireFound
from collector.web.scales import number
from collector.web.words import Moment, Translate, moment, noted
from seepline.storm.cut import Trunk
from seepline.storm.signs import Levels, Share
from seepline.wire.status import STATUS_NAMES

CAUSE_WORDS = {
    "cable_open": noted("no signal and the thermistor is open: the gauge's cable is probably cut"),
    "thermistor_pair": noted("the thermistor is open, the wire answers: its pair, a terminal or the thermistor"),
    "wire_silent": noted("the wire is silent and the thermistor answers: coil, its pair, or the excitation"),
    "short": noted("the thermistor is shorted: water in a splice or a crushed cable"),
    "loop": noted("the loop current says fault: transmitter, supply or cable"),
    "moisture": noted("weaker, with less resistance than in all of the baseline: measure the insulation"),
    "weak": noted("the wire answers more weakly than ever in the baseline: check terminals and insulation"),
    "hum": noted("the mains is the largest noise more often: shield, earth, or a power cable nearby"),
    "capture": noted("the captures of one scan differ, or the wire decays otherwise: look at the waveform"),
}

KIND_WORDS = {
    "vw_frequency": (noted("frequency"), "Hz", 2),
    "vw_thermistor": (noted("thermistor"), "Ω", 0),
    "vw_amplitude": (noted("amplitude"), "mV", 2),
    "vw_snr": (noted("signal to noise"), "", 1),
    "vw_decay": (noted("decay"), "", 3),
    "vw_noise_frequency": (noted("largest noise"), "Hz", 1),
    "vw_agreement": (noted("difference of two captures"), "Hz", 3),
    "current": (noted("loop current"), "mA", 3),
}

CHANGE_WORDS = {"": "", "fell": noted("below all of the baseline"), "rose": noted("above all of the baseline")}

STATUS_WORDS = {
    "no wire signal": noted("no wire signal"),
    "loop fault current": noted("loop fault current"),
    "at the end of the range": noted("at the end of the range"),
    "weak wire signal": noted("weak wire signal"),
    "thermistor open": noted("thermistor open"),
    "thermistor shorted": noted("thermistor shorted"),
    "captures disagree": noted("captures disagree"),
    "instrument fault": noted("instrument fault"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """One kind of value: '9.1 (8.9 to 9.4)' before, its median since, and how it moved."""

    kind: str
    before: str
    since: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """How often something was seen: '3 of 1344' before and since."""

    what: str
    before: str
    since: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRow:
    """One wire with everything that was seen of it."""

    logger: str
    name: str
    points: str
    cable_m: str
    heard: bool  # since the storm
    causes: tuple[str, ...]
    values: tuple[ValueRow, ...]
    seen: tuple[ShareRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One device of a bus; `trunk_m` is '' where nobody stated it."""

    device: str
    trunk_m: str
    silent: bool
    asked: ShareRow


@dataclass(frozen=True, slots=True, kw_only=True)
class BusRow:
    """One bus: a sentence on its trunk, and its devices."""

    bus: str
    verdict: str
    sentence: str
    devices: tuple[DeviceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StormPage:
    """The whole page; `storm_local` is what the form's input shows."""

    storm: Moment
    storm_local: str
    begin: Moment
    baseline_days: int
    buses: tuple[BusRow, ...]
    wires: tuple[WireRow, ...]


def storm_page(found: StormCheck, days: int, zone: ZoneInfo, _: Translate) -> StormPage:
    """Return the page."""
    storm = moment(found.times.storm_ms, zone)
    return StormPage(
        storm=storm,
        storm_local=storm.local.replace(" ", "T")[:16],
        begin=moment(found.times.from_ms, zone),
        baseline_days=days,
        buses=tuple(_bus(one, _) for one in found.buses),
        wires=tuple(_wire(one, _) for one in found.wires),
    )


def _wire(one: WireFound, _: Translate) -> WireRow:
    return WireRow(
        logger=one.logger,
        name=one.name,
        points=", ".join(one.points),
        cable_m=number(one.cable_m, 0) if one.cable_m else "",
        heard=any(levels.since is not None for levels in one.seen.values.values())
        or any(share.since[1] for share in one.seen.seen.values()),
        causes=tuple(_(CAUSE_WORDS[cause]) for cause in one.seen.causes),
        values=tuple(_value(kind, levels, _) for kind, levels in one.seen.values.items()),
        seen=tuple(_shares(one, _)),
    )


def _shares(one: WireFound, _: Translate) -> Iterator[ShareRow]:
    names = dict(STATUS_NAMES)
    for bit, share in one.seen.seen.items():
        yield _share(_(STATUS_WORDS[names[bit]]), share, _)
    if one.seen.hum and one.seen.hum.since[1]:
        yield _share(_("mains is the largest noise"), one.seen.hum, _)


def _value(kind: str, levels: Levels, _: Translate) -> ValueRow:
    word, unit, decimals = KIND_WORDS.get(kind, (kind.replace("_", " "), "", 3))
    before = ""
    if levels.before:
        low, middle, high = (number(one, decimals) for one in levels.before)
        before = f"{middle} ({low} … {high}) {unit}".rstrip()
    since = "" if levels.since is None else f"{number(levels.since, decimals)} {unit}".rstrip()
    change = levels.change if kind in ("vw_amplitude", "vw_snr", "vw_decay", "vw_thermistor") else ""
    return ValueRow(kind=_(word), before=before, since=since, change=change and _(CHANGE_WORDS[change]))


def _share(what: str, share: Share, _: Translate) -> ShareRow:
    text = _("%(count)s of %(total)s")
    if not share.before[1] and not share.since[1]:
        return ShareRow(what=what, before="", since="", more=False)
    before, since = (text % {"count": count, "total": total} for count, total in (share.before, share.since))
    return ShareRow(what=what, before=before, since=since, more=share.more)


def _bus(one: BusFound, _: Translate) -> BusRow:
    devices = tuple(_device(each, _) for each in one.devices)
    return BusRow(bus=one.bus, verdict=one.trunk.verdict, sentence=trunk_sentence(one.trunk, _), devices=devices)


def _device(one: DeviceFound, _: Translate) -> DeviceRow:
    trunk_m = "" if one.trunk_m is None else number(one.trunk_m, 0)
    asked = _share(_("requests without a right answer"), one.asked, _)
    return DeviceRow(device=one.device, trunk_m=trunk_m, silent=one.silent, asked=asked)


def trunk_sentence(found: Trunk, _: Translate) -> str:
    """Return what a bus's silence says, with metres of cable from the gateway where they are stated."""
    text = _(_TRUNK_WORDS[found.verdict])
    if found.verdict == "all_silent" and found.to_m is not None:
        text = _(_FIRST_STRETCH)
    metres = {"low": number(found.from_m or 0.0, 0), "high": number(found.to_m or 0.0, 0)}
    return text % {**metres, "silent": ", ".join(found.silent)}


_FIRST_STRETCH = noted(
    "All devices are silent: look from the gateway to %(high)s m of cable, for a short anywhere, and at the"
    " gateway's own port."
)
_TRUNK_WORDS = {
    "whole": noted("Every device was heard."),
    "cut": noted(
        "Exactly the devices behind one place are silent (%(silent)s): the trunk is probably cut between %(low)s m"
        " and %(high)s m of cable from the gateway."
    ),
    "single": noted("%(silent)s is silent and a device behind it answers: its stub, its supply or itself."),
    "several": noted(
        "%(silent)s are silent and devices behind them answer: look at each by itself, not at the trunk."
    ),
    "all_silent": noted("All devices are silent: the first stretch of cable, a short anywhere, or the port."),
    "unknown": noted(
        "%(silent)s: silent. Where the cable is cut can be told once every device of the bus has its trunk_m."
    ),
}
