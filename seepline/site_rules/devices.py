"""What is wired to a logger fits it: a driver there is, its options, a channel of the right kind for each value.

The same tables (seepline.wire.drivers) check the configuration that a logger is given, so what passes here is
taken there.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from seepline.channels import CHANNEL_KINDS
from seepline.device import Device
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.values import shown
from seepline.site_wiring import Channel
from seepline.wire import drivers
from seepline.wire.record import PAYLOAD_VW, PAYLOADS

_WIRE = "vw"


def _known(draft: Draft) -> Iterator[tuple[Device, tuple[str, ...]]]:
    """Yield (device, kinds of its channels) of the devices whose driver and options are right."""
    for device in draft.site.devices:
        if device.driver in drivers.DRIVERS and not drivers.faults(device.driver, dict(device.options)):
            yield device, drivers.channels(device.driver, dict(device.options))


def drivers_are_known_and_told_what_they_need(draft: Draft) -> Iterator[Problem]:
    """Check the driver's name and its options."""
    for device in draft.site.devices:
        if device.driver not in drivers.DRIVERS:
            known = one_of(list(drivers.DRIVERS), device.driver)
            yield Problem(draft.path(device, "driver"), repr(device.driver), known)
            continue
        for option, expected in drivers.faults(device.driver, dict(device.options)):
            found = shown(device.options[option]) if option in device.options else "nothing"
            yield Problem(draft.path(device, "options", option), found, expected)


def _kind_of(channel: Channel) -> str:
    """Return a channel's kind as a driver's table has it: all values of one vibrating wire are one channel."""
    kind = CHANNEL_KINDS.get(channel.kind)
    return _WIRE if kind and kind.payload_type == PAYLOAD_VW else channel.kind


def channels_are_the_loggers_own(draft: Draft) -> Iterator[Problem]:
    """Check that a device names as many channels as its driver has, of its logger and of the right kinds."""
    for device, kinds in _known(draft):
        if device.logger not in draft.names["logger"]:
            continue
        path = draft.path(device, "channels")
        if len(device.channels) != len(kinds) or not any(device.channels):
            expected = f'a channel (or "") for each of {", ".join(kinds)}'
            yield Problem(path, f"{len(device.channels)} channels", expected)
            continue
        for number, (name, kind) in enumerate(zip(device.channels, kinds, strict=True), start=1):
            channel = draft.site.channel_by_name.get(f"{device.logger}/{name}")
            if name and channel is None and f"{device.logger}/{name}" not in draft.names["channel"]:
                own = [one.id for one in draft.site.channels if one.logger == device.logger]
                yield Problem(f"{path}[{number}]", repr(name), one_of(own, name, f"a channel of {device.logger}"))
            elif channel and _kind_of(channel) != kind:
                yield Problem(f"{path}[{number}]", f"{name!r} of kind {channel.kind}", f"a channel for {kind}")


def _filling(draft: Draft, device: Device) -> Iterator[Channel]:
    for name in device.channels:
        channel = draft.site.channel_by_name.get(f"{device.logger}/{name}")
        if channel:
            yield channel


def slots_are_filled_once(draft: Draft) -> Iterator[Problem]:
    """Check that no two devices fill one slot; two channels that cannot both be there are told as such."""
    filled: dict[tuple[str, int, int], tuple[Device, Channel]] = {}
    for device in draft.site.devices:
        for channel in _filling(draft, device):
            place = (device.logger, channel.block, channel.slot)
            before, other = filled.setdefault(place, (device, channel))
            twins = channel is not other and channel.kind == other.kind
            if before is not device and not twins:
                yield Problem(
                    draft.path(device, "channels"),
                    f"block {channel.block}, slot {channel.slot}, as in {draft.path(before)}",
                    "a slot that no other device fills",
                )


def blocks_are_filled_as_a_whole(draft: Draft) -> Iterator[Problem]:
    """Check that a block that devices fill has no channel without one; not where something could not be read."""
    if draft.unread.get("device") or draft.unread.get("channel") or any(map(_is_beyond, draft.site.channels)):
        return
    channels = [channel for device in draft.site.devices for channel in _filling(draft, device)]
    filled = {(channel.logger, channel.block, channel.slot) for channel in channels}
    blocks = {(logger, block) for logger, block, _ in filled}
    for channel in draft.site.channels:
        place = (channel.logger, channel.block, channel.slot)
        if place[:2] in blocks and place not in filled:
            yield Problem(
                draft.path(channel),
                f"no [[device]] for a channel of block {channel.block}",
                "one, since others of this block have theirs",
            )


def _is_beyond(channel: Channel) -> bool:
    """Tell whether a channel lies in no slot of its record, which its own rule tells."""
    kind = CHANNEL_KINDS.get(channel.kind)
    return kind is not None and channel.slot >= PAYLOADS[kind.payload_type].channels


def devices_share_the_board(draft: Draft) -> Iterator[Problem]:
    """Check that no two devices of one logger take the same input, coil, address or line."""
    known = sorted((device for device, _ in _known(draft)), key=attrgetter("logger"))
    for _, group in groupby(known, key=attrgetter("logger")):
        own = list(group)
        for later, before, thing in drivers.clashes([(one.driver, dict(one.options)) for one in own]):
            yield Problem(
                draft.path(own[later], "options"),
                f"{thing}, as in {draft.path(own[before])}",
                "one that no other device of this logger takes otherwise",
            )


def intervals_fit_the_logger(draft: Draft) -> Iterator[Problem]:
    """Check that a device's own interval is a multiple of its logger's, and that nothing is missed in sleep."""
    for device in draft.site.devices:
        logger = draft.site.logger_by_id.get(device.logger)
        if logger is None:
            continue
        if device.scan_s is not None and device.scan_s % logger.scan_s:
            expected = f"a multiple of the logger's scan_s ({logger.scan_s})"
            yield Problem(draft.path(device, "scan_s"), str(device.scan_s), expected)
        if logger.mode == "window" and device.driver in drivers.NEVER_ASLEEP:
            yield Problem(
                draft.path(device, "driver"),
                f"{device.driver!r}, which misses what happens while its logger sleeps",
                'a logger of mode "continuous"',
            )


RULES = (
    drivers_are_known_and_told_what_they_need,
    channels_are_the_loggers_own,
    slots_are_filled_once,
    blocks_are_filled_as_a_whole,
    devices_share_the_board,
    intervals_fit_the_logger,
)
