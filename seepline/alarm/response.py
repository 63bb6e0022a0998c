"""How long it takes at most from the moment a limit is crossed until people are told, rule by rule.

    crossing -> next scan -> further readings -> poll -> other loggers' data -> link -> message -> next persons

A lost poll or a link that is down is not in it: silence has its own alarm after `silence_s`. The repeats that a
first reading beyond a limit asks for shorten the delay, and are not counted on.
"""

from typing import NamedTuple

from seepline.behind import driving_source, waits_s
from seepline.site import Site, Threshold
from seepline.site_wiring import ForeignLogger, Logger, Source

REPEATS = 3  # scans that are asked for
_WAIT_SCANS = 2  # CONTRACTS: a value waits for another logger's data at most so long
_FETCH_S = 60  # a gateway comes for wishes once a minute at least
_FAST_POLL_S = 10  # and reads a logger that was asked to repeat so often


class Response(NamedTuple):
    """The parts of the longest time in seconds; `link_s` is None where the gateway does not state it."""

    scan_s: int
    delay_s: int
    poll_s: float
    wait_s: int
    link_s: int | None
    escalation_s: int

    @property
    def message_s(self) -> float | None:
        """From the crossing to the first message."""
        if self.link_s is None:
            return None
        return self.scan_s + self.delay_s + self.poll_s + self.wait_s + self.link_s

    @property
    def longest_s(self) -> float | None:
        """From the crossing to the last step, when nobody acknowledges."""
        return None if self.message_s is None else self.message_s + self.escalation_s

    def words(self) -> str:
        """Return the parts, as a person adds them up.

        >>> Response(900, 900, 450.0, 0, 120, 3600).words()
        'scan 900 s, delay 900 s, poll 450 s, link 120 s, escalation 3600 s'
        """
        names = (field.removesuffix("_s") for field in self._fields)
        return ", ".join(f"{name} {value:g} s" for name, value in zip(names, self, strict=True) if value)

    def with_repeats_s(self) -> float | None:
        """From the crossing to the first message when the repeats come at once; None without a stated link."""
        if self.link_s is None:
            return None
        return self.scan_s + self.wait_s + 2 * self.link_s + self.poll_s + _FETCH_S + _FAST_POLL_S


def response(site: Site, rule: Threshold, time_ms: int) -> Response | None:
    """Return the parts of a rule's longest time, None where nothing measures its quantity at a time."""
    source = site.source_by_id.get(driving_source(site, rule.point, rule.quantity, time_ms))
    if source is None:
        return None
    more_scans = max(rule.delay_count - 1, -(-rule.delay_s // max(1, source.scan_s)))
    return Response(
        scan_s=source.scan_s,
        delay_s=more_scans * source.scan_s,
        poll_s=_poll_s(source),
        wait_s=waits_s(site, rule.point, rule.quantity, time_ms, _WAIT_SCANS),
        link_s=link_of(site, source),
        escalation_s=max(rule.escalate_after_s, default=0),
    )


def counts_by_repeats(site: Site, rule: Threshold, time_ms: int) -> bool:
    """Tell whether the repeats of a first reading can make up a rule's delay."""
    source = site.source_by_id.get(driving_source(site, rule.point, rule.quantity, time_ms))
    asked = rule.repeat and isinstance(source, Logger)
    return asked and not rule.delay_s and 1 < rule.delay_count <= REPEATS + 1


def link_of(site: Site, source: Source) -> int | None:
    """Return what the gateway of a source states as the longest time from its outbox to the collector."""
    gateway = gateway_of(site, source)
    return next((one.link_s for one in site.gateways if one.id == gateway), None)


def gateway_of(site: Site, source: Source) -> str:
    """Return the gateway that reads a source, '' for another system's: its files come when they come."""
    by_bus = {bus.id: bus.gateway for bus in site.buses}
    if isinstance(source, ForeignLogger):
        return ""
    return by_bus.get(source.bus, getattr(source, "gateway", ""))


def _poll_s(source: Source) -> float:
    """Return how long a record waits to be read: a station is read at its scan, a logger at half its interval."""
    if not isinstance(source, Logger):
        return 0.0
    return float(source.window_s) if source.mode == "window" else source.scan_s / 2
