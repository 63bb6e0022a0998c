"""A gateway's status as a person reads it: three tables and a few lines, in 80 columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

Status = Mapping[str, Any]

_STALE_S = 10.0
_BUSY = 0.6
_CLOCK_OFF_S = 2.0
_FAILURES = ("timeout", "crc", "wrong_length", "foreign", "late_drained")


def shown(status: Status, age_s: float) -> Group:
    """Return the view of a status that was written `age_s` ago."""
    gap = Text()
    parts: list[Table | Text] = [_loggers(status), gap, _buses(status), gap, _links(status), gap]
    if any(stations_in(status)):
        parts[2:2] = [_stations(status), gap]
    parts += [Text(line) for line in (_outbox(status), _disk(status), _local_alarm(status)) if line]
    return Group(*parts, *(Text(line, style="bold red") for line in _warnings(status, age_s)))


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 else "right", no_wrap=number > 0, overflow="fold")
    return table


def _loggers(status: Status) -> Table:
    table = _table(f"logger of {status['gateway']}", "seen", "clock", "ok", *map(_heading, _FAILURES), "to read")
    for name, one in status["loggers"].items():
        device = status["buses"].get(one["bus"], {}).get("devices", {}).get(str(one["address"]), {})
        style = "red" if one["failures"] else ""
        table.add_row(
            Text(name, style=style),
            "never" if one["heard_s_ago"] is None else _duration(one["heard_s_ago"]),
            _offset(one["clock_offset_ms"] / 1000) if one["heard_s_ago"] is not None else Text("-"),
            str(device.get("ok", 0)),
            *(_count(device.get(key, 0)) for key in _FAILURES),
            str(max(0, one["held_newest"] + 1 - one["wanted"])),
        )
    return table


def stations_in(status: Status) -> Iterator[tuple[str, str, Status]]:
    """Yield (bus or host:port, station, what is known of it) of every third-party station."""
    for where, one in (*status["buses"].items(), *status.get("tcp", {}).items()):
        for name, station in one.get("stations", {}).items():
            yield where, name, station


def _stations(status: Status) -> Table:
    table = _table("station", "at", "seen", "profile", "failed")
    for where, name, one in stations_in(status):
        table.add_row(
            Text(name, style="red" if one["failures"] else ""),
            where,
            _seen(one["polled_ms"], status["at_ms"]),
            one["profile"],
            _count(one["failures"]),
        )
    return table


def _buses(status: Status) -> Table:
    table = _table("bus", "port", "use", "ok", *map(_heading, _FAILURES), "silence")
    for name, one in status["buses"].items():
        counters = one["counters"]
        table.add_row(
            Text(name, style="" if one["open"] else "red"),
            one["port"].rpartition("/")[2] if one["open"] else Text("closed", style="red"),
            Text(f"{one['use']:.0%}", style="yellow" if one["use"] > _BUSY else ""),
            str(counters.get("ok", 0)),
            *(_count(counters.get(key, 0)) for key in _FAILURES),
            _duration(one["quarantine_s"]),
        )
    return table


def _links(status: Status) -> Table:
    table = _table("destination", "state", "sent", "waiting", "refused", "answers in", "offline")
    for name, one in status["links"].items():
        state = Text("offline", style="red") if one["failures"] else Text("well", style="green")
        rtt_s = one["rtt_s"]
        table.add_row(
            name,
            state,
            str(one["rows"]),
            _count(one["unsent"]),
            _count(one["refused"]),
            "-" if rtt_s is None else f"{1000 * rtt_s:.0f} ms",
            _duration(one["offline_s"]),
        )
    return table


def _outbox(status: Status) -> str:
    box = status["outbox"]
    text = f"Outbox: {box['rows']} records, {_size(box['bytes'])}, {box['unsent']} waiting"
    if box["oldest_unsent_ms"] is not None:
        text += f", the oldest for {_duration((status['at_ms'] - box['oldest_unsent_ms']) / 1000)}"
    return f"{text}; acknowledged up to {box['committed']} of {box['newest']}."


def _disk(status: Status) -> str:
    disk = status["disk"]
    if disk is None:
        return ""
    text = f"Disk: {_size(disk['free_bytes'])} of {_size(disk['total_bytes'])} free"
    if disk["life_used_percent"] is not None:
        text += f", {disk['life_used_percent']} % of its life used"
    commits = status["outbox"]["commits"]
    return (
        f"{text}; a commit takes {1000 * commits['recent_s']:.1f} ms, usually {1000 * commits['usual_s']:.1f} ms."
    )


def _local_alarm(status: Status) -> str:
    alarm = status.get("judgement", {}).get("local_alarm")
    if alarm is None:
        return ""
    held = "holds its contact" if alarm["outputs"]["held"] else "has let its contact go"
    count, others = len(alarm["rules_here"]), alarm["not_judged_here"]
    text = f"Local alarm: {held}; {count} limits are judged here, {len(others)} are not"
    return "\n  ".join((f"{text}{':' if others else '.'}", *others))


def _alarm_warnings(status: Status) -> Iterator[str]:
    alarm = status.get("judgement", {}).get("local_alarm")
    if alarm is not None:
        yield from (f"Local alarm: {fault}." for fault in alarm["faults"])
        errors = (alarm["outputs"]["pin_error"], alarm["sms"]["last_error"])
        yield from (f"Local alarm: {error}." for error in errors if error)
        if alarm["proof"]["due"]:
            yield "Local alarm: a proof test is due: seepline gateway alarm test."
        if alarm["proof"].get("failed"):
            yield f"Local alarm: the last proof test failed. {alarm['proof']['failed']}"
        if alarm.get("memory_error"):
            yield f"Local alarm: it cannot be remembered: {alarm['memory_error']}."


def _warnings(status: Status, age_s: float) -> Iterator[str]:
    """Yield what a person should act on, each thing once."""
    if age_s > _STALE_S:
        yield f"This is {_duration(age_s)} old: the gateway does not run."
    if not status["clock"]["known"]:
        yield "The gateway does not know what time it is; the loggers' times are used."
    yield from (_named(name, error) for name, error in _last_errors(status) if error)
    yield from _alarm_warnings(status)
    for trouble in (status["disk"] or {}).get("troubles", ()):
        yield f"Disk: {trouble.replace('_', ' ')}."


def _last_errors(status: Status) -> Iterator[tuple[str, str]]:
    yield from ((name, one["last_error"]) for _, name, one in stations_in(status))
    for table in ("buses", "loggers", "links"):
        yield from ((name, one["last_error"]) for name, one in status[table].items())


def _named(name: str, error: str) -> str:
    return error if name in error else f"{name}: {error}"


def _heading(key: str) -> str:
    return {"wrong_length": "length", "late_drained": "late"}.get(key, key)


def _count(number: int) -> Text:
    return Text(str(number), style="yellow" if number else "dim")


def _seen(polled_ms: int | None, now_ms: int) -> str:
    return "never" if polled_ms is None else _duration(max(0, now_ms - polled_ms) / 1000)


def _offset(seconds: float) -> Text:
    """Return how far a clock is off; a year that is wrong is not shown to the tenth of a second."""
    text = f"{seconds:+.1f} s" if abs(seconds) < 1000 else ("-" if seconds < 0 else "+") + _duration(abs(seconds))
    return Text(text, style="yellow" if abs(seconds) > _CLOCK_OFF_S else "")


def _duration(seconds: float) -> str:
    """Return a time in one unit.

    >>> [_duration(seconds) for seconds in (0.4, 59, 3599, 86400, 864000)]
    ['0 s', '59 s', '59 min', '24 h', '10 d']
    """
    for limit_s, step_s, unit in ((60, 1, "s"), (3600, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit_s:
            return f"{int(seconds // step_s)} {unit}"
    return f"{int(seconds // 86_400)} d"


def _size(count: float) -> str:
    """Return a number of bytes in one unit.

    >>> _size(999), _size(68_000_000), _size(29_300_000_000)
    ('999 B', '68.0 MB', '29.3 GB')
    """
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
