"""What a gateway tells its collector of the devices on its buses: counts since the program began. Pure.

POST /api/v1/gateways/{id}/bus    {"run": ..., "at_ms": ..., "devices": [{"device", "bus", "ok", "counts"}]}
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

MOST_DEVICES = 1000
_MOST_COUNTS = 64
_COUNT = range(2**53)


class DeviceCounts(NamedTuple):
    """Of one device of a bus: right answers, and what else happened, by name (crc, timeout, retries ...)."""

    device: str
    bus: str
    ok: int
    counts: Mapping[str, int]

    @property
    def failed(self) -> int:
        """Requests that got no right answer, each try counted: a repeat is a request of its own."""
        return sum(count for name, count in self.counts.items() if name in FAILURES)


# What gateway.bus.master counts when a request got no right answer.
FAILURES = ("timeout", "crc", "foreign", "wrong_length", "never_silent")


class BusReport(NamedTuple):
    """All devices of a gateway at a time; `run` is the program that counts: another one begins at 0."""

    run: str
    at_ms: int
    devices: tuple[DeviceCounts, ...]


class ReportError(ValueError):
    """What came is no report: one sentence with its place."""


def report_json(report: BusReport) -> dict[str, Any]:
    """Return a report as it is posted."""
    devices = [{**one._asdict(), "counts": dict(one.counts)} for one in report.devices]
    return {"run": report.run, "at_ms": report.at_ms, "devices": devices}


def read_report(said: object) -> BusReport:
    """Return the report in a JSON value.

    Raises
    ------
    ReportError
        With the place, what was found and what was expected.
    """
    about = _table(said, "the report")
    run, at_ms, devices = about.get("run"), about.get("at_ms"), about.get("devices")
    if not isinstance(run, str) or not 0 < len(run) <= 64 or not run.isalnum():
        raise ReportError("run: expected up to 64 letters and digits")
    if type(at_ms) is not int or at_ms not in _COUNT:
        raise ReportError("at_ms: expected UTC milliseconds")
    if not isinstance(devices, list) or len(devices) > MOST_DEVICES:
        raise ReportError(f"devices: expected a list of at most {MOST_DEVICES}")
    return BusReport(run, at_ms, tuple(_devices(devices)))


def _devices(devices: Sequence[object]) -> Iterable[DeviceCounts]:
    for number, raw in enumerate(devices, 1):
        place = f"devices[{number}]"
        one = _table(raw, place)
        names = {key: one.get(key) for key in ("device", "bus")}
        for key, name in names.items():
            if not isinstance(name, str) or len(name) > 200 or not name.isprintable():
                raise ReportError(f"{place}.{key}: expected a text of at most 200 printable characters")
        counts = _table(one.get("counts"), f"{place}.counts")
        if len(counts) > _MOST_COUNTS or not all(len(key) <= 64 and key.isprintable() for key in counts):
            raise ReportError(f"{place}.counts: expected at most {_MOST_COUNTS} with printable names")
        whole = {key: _whole(value, f"{place}.counts.{key[:40]}") for key, value in counts.items()}
        yield DeviceCounts(str(names["device"]), str(names["bus"]), _whole(one.get("ok"), f"{place}.ok"), whole)


def _table(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ReportError(f"{place}: expected an object")
    return value


def _whole(value: object, place: str) -> int:
    if type(value) is not int or value not in _COUNT:
        raise ReportError(f"{place}: expected a whole number of 0 or more")
    return value
