"""What an entry names exists, and every channel has a place of its own in its logger's records."""

from collections.abc import Iterator, Mapping

from seepline.channels import CHANNEL_KINDS
from seepline.site_rules.draft import TABLES, Draft, Problem, one_of
from seepline.site_rules.identity import twins
from seepline.site_wiring import Channel
from seepline.wire.record import PAYLOADS
from seepline.wire.registers import MAX_BLOCKS

# (table, key, table of what the key names)
_REFERENCES = (
    ("profile", "section", "section"),
    ("bus", "gateway", "gateway"),
    ("logger", "bus", "bus"),
    ("channel", "logger", "source"),
    ("device", "logger", "logger"),
    ("point", "section", "section"),
    ("baseline", "point", "point"),
    ("commissioning", "point", "point"),
    ("casing", "point", "point"),
    ("assignment", "point", "point"),
    ("assignment", "instrument", "instrument"),
    ("assignment", "inputs", "channel"),
    ("assignment", "references", "point"),
    ("calibration", "instrument", "instrument"),
    ("threshold", "set", "threshold_set"),
    ("threshold", "point", "point"),
    ("quality", "point", "point"),
    ("quality", "neighbour", "point"),
)
_WHAT = {
    "channel": "the logger/channel of a [[channel]]",
    "source": "the id of a [[logger]], [[station]] or [[foreign]]",
}


def _named(value: str | Mapping[str, str] | None, key: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (keys below the entry, name) of what a value names: a text one thing, a table one thing per key."""
    if isinstance(value, str):
        yield (key,), value
    elif value is not None:
        yield from (((key, below), name) for below, name in value.items())


def references_exist(draft: Draft) -> Iterator[Problem]:
    """Check that every name of another entry is the name of one."""
    for table, key, target in _REFERENCES:
        known = draft.names[target]
        what = _WHAT.get(target, f"the id of a [[{target}]]")
        for entry in getattr(draft.site, TABLES[table][0]):
            for keys, name in _named(getattr(entry, key), key):
                if name not in known:
                    yield Problem(draft.path(entry, *keys), repr(name), one_of(sorted(known), name, what))


def loggers_channels(draft: Draft) -> list[Channel]:
    """Return the channels that have a place in a logger's record: others have a field, or a column of a file."""
    others = draft.names["station"] | draft.names["foreign"]
    whole = [one for one in draft.site.channels if one.kind and not _lacking(one)]
    return [one for one in whole if one.logger not in others]


def _lacking(channel: Channel) -> list[tuple[str, str]]:
    expected = {"block": f"a block from 0 to {MAX_BLOCKS - 1}", "slot": "0 or more"}
    return [(key, words) for key, words in expected.items() if getattr(channel, key) < 0]


def loggers_channels_have_a_place(draft: Draft) -> Iterator[Problem]:
    """Check that a channel of a logger says where it stands in the record, and of what kind it is."""
    for channel in draft.site.channels:
        if channel.logger in draft.names["station"] | draft.names["foreign"]:
            continue
        for key, words in _lacking(channel):
            yield Problem(draft.path(channel, key), "nothing", words)
        if not channel.kind:
            yield Problem(draft.path(channel, "kind"), "nothing", "one of " + ", ".join(sorted(CHANNEL_KINDS)))
        if channel.field:
            expected = "no field: only a channel of a [[station]] has one"
            yield Problem(draft.path(channel, "field"), repr(channel.field), expected)


def channel_kinds_are_known(draft: Draft) -> Iterator[Problem]:
    """Check that the kind of a channel is one that the wire can carry, in its one unit and within its record."""
    for channel in loggers_channels(draft):
        kind = CHANNEL_KINDS.get(channel.kind)
        if kind is None:
            yield Problem(
                draft.path(channel, "kind"), repr(channel.kind), one_of(list(CHANNEL_KINDS), channel.kind)
            )
            continue
        if channel.unit != kind.unit:
            yield Problem(
                draft.path(channel, "unit"), repr(channel.unit), f"{kind.unit!r}, the unit of {kind.name} channels"
            )
        payload = PAYLOADS[kind.payload_type]
        if channel.slot >= payload.channels:
            yield Problem(
                draft.path(channel, "slot"),
                str(channel.slot),
                f"a slot from 0 to {payload.channels - 1} of a {payload.name} block",
            )


def channels_have_their_own_place(draft: Draft) -> Iterator[Problem]:
    """Check that no two channels are one value of one record, and that a block has one payload type."""
    known = [channel for channel in loggers_channels(draft) if channel.kind in CHANNEL_KINDS]
    for before, channel in twins(known, lambda one: (one.logger, one.block, one.slot, one.kind)):
        yield Problem(
            draft.path(channel, "slot"),
            f"{channel.slot}, the {channel.kind} of {draft.path(before)}",
            "a slot of the block that no other channel of this kind has",
        )
    payload_of: dict[tuple[str, int], tuple[int, str]] = {}
    for channel in known:
        payload = CHANNEL_KINDS[channel.kind].payload_type
        first, where = payload_of.setdefault((channel.logger, channel.block), (payload, draft.path(channel)))
        if payload != first:
            yield Problem(
                draft.path(channel, "block"),
                f"{channel.block}, a {PAYLOADS[first].name} block by {where}",
                f"a block for {PAYLOADS[payload].name} channels",
            )


def stuck_tests_have_a_resolution(draft: Draft) -> Iterator[Problem]:
    """Check that stuck_after comes with a resolution: it decides whether readings are equal."""
    for channel in draft.site.channels:
        if channel.stuck_after is not None and channel.resolution is None:
            yield Problem(
                draft.path(channel, "resolution"),
                "nothing",
                f"the channel's resolution in {channel.unit}, for stuck_after",
            )


def silence_is_longer_than_a_scan(draft: Draft) -> Iterator[Problem]:
    """Check silence_s: what must speak more often than it is read is always silent."""
    for logger in draft.site.sources:
        if logger.silence_s <= logger.scan_s:
            yield Problem(
                draft.path(logger, "silence_s"), str(logger.silence_s), f"more than scan_s ({logger.scan_s})"
            )


RULES = (
    references_exist,
    loggers_channels_have_a_place,
    channel_kinds_are_known,
    channels_have_their_own_place,
    stuck_tests_have_a_resolution,
    silence_is_longer_than_a_scan,
)
