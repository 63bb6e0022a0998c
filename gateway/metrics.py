"""The gateway's figures for Prometheus: the text format 0.0.4, made of the status. Pure.

A figure is a row of a table: name, kind, meaning, and where in the status it stands. What the status does not know
has no sample: a number is never made up.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Status = Mapping[str, Any]
Labels = Mapping[str, str]
Sample = tuple[Labels, float]


class Figure(NamedTuple):
    """One metric: `read` yields its samples out of a status."""

    name: str
    kind: str
    meaning: str
    read: Callable[[Status], Iterator[Sample]]


def _number(value: object, scale: float) -> float | None:
    """Return a status value as a number: a flag is 0 or 1, what is not known or no number is None."""
    return float(value) * scale if isinstance(value, bool | int | float) else None


def _one(*path: str, scale: float = 1.0) -> Callable[[Status], Iterator[Sample]]:
    """Return a reader of one place in the status."""

    def read(status: Status) -> Iterator[Sample]:
        found: Any = status
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        number = _number(found, scale)
        if number is not None:
            yield {}, number

    return read


def _each(table: str, key: str, label: str, scale: float = 1.0) -> Callable[[Status], Iterator[Sample]]:
    """Return a reader of one key of every entry of a table of the status."""

    def read(status: Status) -> Iterator[Sample]:
        for name, entry in status[table].items():
            number = _number(entry.get(key), scale)
            if number is not None:
                yield {label: name}, number

    return read


def _devices(status: Status) -> Iterator[tuple[dict[str, str], Mapping[str, Any]]]:
    """Yield (labels, tally) of each device; one of the site's loggers is called by its name."""
    names = {(one["bus"], str(one["address"])): name for name, one in status["loggers"].items()}
    for bus, entry in status["buses"].items():
        for address, tally in entry["devices"].items():
            yield {"bus": bus, "address": address, "logger": names.get((bus, address), "")}, tally


def _outcomes(status: Status) -> Iterator[Sample]:
    for labels, tally in _devices(status):
        for outcome, count in tally.items():
            if outcome != "turn_round_ms":
                yield {**labels, "outcome": outcome}, float(count)


def _turn_rounds(status: Status) -> Iterator[Sample]:
    for labels, tally in _devices(status):
        for name, ms in tally.get("turn_round_ms", {}).items():
            yield {**labels, "of": name}, ms / 1000


def _events(status: Status) -> Iterator[Sample]:
    yield from (({"kind": kind}, float(count)) for kind, count in status["outbox"]["events"].items())


def _oldest_unsent_age_s(status: Status) -> Iterator[Sample]:
    oldest_ms = status["outbox"]["oldest_unsent_ms"]
    yield {}, 0.0 if oldest_ms is None else max(0.0, (status["at_ms"] - oldest_ms) / 1000)


def _offline(status: Status) -> Iterator[Sample]:
    yield from (({"destination": name}, float(link["failures"] > 0)) for name, link in status["links"].items())


def _behind(status: Status) -> Iterator[Sample]:
    for name, one in status["loggers"].items():
        yield {"logger": name}, float(max(0, one["held_newest"] + 1 - one["wanted"]))


FIGURES = (
    Figure("device_exchanges_total", "counter", "Exchanges with a device, by outcome.", _outcomes),
    Figure("device_turn_round_seconds", "gauge", "Time a device thought: min, median, max.", _turn_rounds),
    Figure("bus_open", "gauge", "Whether the serial port is open.", _each("buses", "open", "bus")),
    Figure("bus_use_ratio", "gauge", "Share of the last minute spent in exchanges.", _each("buses", "use", "bus")),
    Figure("bus_busy_seconds_total", "counter", "Time spent in exchanges.", _each("buses", "busy_s", "bus")),
    Figure(
        "bus_quarantine_seconds_total", "counter", "Silence kept after failures.",
        _each("buses", "quarantine_s", "bus"),
    ),
    Figure(
        "logger_clock_offset_seconds", "gauge", "The logger's clock less the gateway's.",
        _each("loggers", "clock_offset_ms", "logger", 0.001),
    ),
    Figure(
        "logger_heard_age_seconds", "gauge", "How long ago the logger answered.",
        _each("loggers", "heard_s_ago", "logger"),
    ),
    Figure(
        "logger_failures", "gauge", "Failed polls since the last that succeeded.",
        _each("loggers", "failures", "logger"),
    ),
    Figure("logger_behind_records", "gauge", "Records that the logger holds and the outbox lacks.", _behind),
    Figure("outbox_rows", "gauge", "Rows in the outbox.", _one("outbox", "rows")),
    Figure("outbox_bytes", "gauge", "Bytes of the outbox's files.", _one("outbox", "bytes")),
    Figure("outbox_unsent_rows", "gauge", "Rows that wait.", _one("outbox", "unsent")),
    Figure("outbox_oldest_unsent_age_seconds", "gauge", "How long the oldest row waits.", _oldest_unsent_age_s),
    Figure("outbox_dropped_total", "counter", "Rows dropped before they were sent.", _one("outbox", "dropped")),
    Figure("outbox_commits_total", "counter", "Commits.", _one("outbox", "commits", "count")),
    Figure("outbox_commit_seconds_total", "counter", "Time in commits.", _one("outbox", "commits", "total_s")),
    Figure("outbox_commit_recent_seconds", "gauge", "Mean commit lately.", _one("outbox", "commits", "recent_s")),
    Figure("outbox_commit_usual_seconds", "gauge", "Mean commit usually.", _one("outbox", "commits", "usual_s")),
    Figure("events_total", "counter", "Events by kind.", _events),
    Figure("link_batches_total", "counter", "Batches acknowledged.", _each("links", "batches", "destination")),
    Figure("link_rows_total", "counter", "Rows acknowledged.", _each("links", "rows", "destination")),
    Figure("link_refused_total", "counter", "Dead letters.", _each("links", "refused", "destination")),
    Figure("link_duplicates_total", "counter", "Rows sent again.", _each("links", "duplicates", "destination")),
    Figure("link_rtt_seconds", "gauge", "Time to the last answer.", _each("links", "rtt_s", "destination")),
    Figure(
        "link_offline_seconds_total", "counter", "Time without success.",
        _each("links", "offline_s", "destination"),
    ),
    Figure("link_unsent_rows", "gauge", "Rows that wait for it.", _each("links", "unsent", "destination")),
    Figure(
        "link_oldest_unsent_age_seconds", "gauge", "How long the oldest row waits for it.",
        _each("links", "oldest_unsent_age_s", "destination"),
    ),
    Figure("link_up_bytes_total", "counter", "Bytes sent.", _each("links", "up_bytes", "destination")),
    Figure("link_down_bytes_total", "counter", "Bytes received.", _each("links", "down_bytes", "destination")),
    Figure("link_quiet_seconds", "gauge", "Until the next try.", _each("links", "quiet_s", "destination")),
    Figure("link_opens_seconds", "gauge", "Until a window opens.", _each("links", "opens_in_s", "destination")),
    Figure("link_offline", "gauge", "Whether the last try failed.", _offline),
    Figure("clock_known", "gauge", "Whether the gateway knows what time it is.", _one("clock", "known")),
    Figure("disk_free_bytes", "gauge", "Free on the outbox's disk.", _one("disk", "free_bytes")),
    Figure("disk_bytes", "gauge", "Size of the outbox's disk.", _one("disk", "total_bytes")),
    Figure("disk_free_inodes", "gauge", "Files that the disk can still hold.", _one("disk", "free_inodes")),
    Figure("disk_read_only", "gauge", "Whether the disk is read-only.", _one("disk", "read_only")),
    Figure("disk_ext4_errors", "gauge", "Errors that ext4 has found.", _one("disk", "ext4_errors")),
    Figure(
        "disk_life_used_ratio", "gauge", "Life used, by the eMMC's word.",
        _one("disk", "life_used_percent", scale=0.01),
    ),
)  # fmt: skip


def exposition(status: Status) -> str:
    """Return all figures of a status in Prometheus's text format."""
    lines = []
    for figure in FIGURES:
        samples = list(figure.read(status))
        if samples:
            name = f"seepline_{figure.name}"
            lines += [f"# HELP {name} {figure.meaning}", f"# TYPE {name} {figure.kind}"]
            lines += [f"{name}{_labels(labels)} {number!r}" for labels, number in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
