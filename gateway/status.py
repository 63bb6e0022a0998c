"""What the gateway tells about itself: one JSON file, written whole, for people, pages and the demo."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from gateway.loggers.watch import Watch
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from gateway.uplink.uplink import Link


def logger_status(watch: Watch, outbox: Outbox) -> dict[str, object]:
    """Return what is known of one logger: what its ring holds, and what the outbox has of that ring."""
    identity = watch.identity
    return {
        "serial": watch.serial,
        "ring": watch.ring if watch.ring >= 0 else None,
        "held_oldest": identity.oldest if identity else None,
        "held_newest": watch.newest,
        "wanted": outbox.wanted_from(watch.serial, watch.ring),
        "stored": outbox.stored[watch.serial, watch.ring],
        "polled_ms": watch.polled_ms if watch.polled_ms >= 0 else None,
        "clock_offset_ms": watch.clock_offset_ms,
        "failures": watch.failures,
        "last_error": watch.last_error,
        "silent": watch.silent,
        "sleeps": watch.sleeps,
        "windows_missed": watch.sleep.missed,
    }


def outbox_status(outbox: Outbox, backlog: Backlog, file: OutboxFile) -> dict[str, object]:
    """Return the state of the outbox: rows stored, waiting, and on the collector's disk."""
    return {
        "id": file.id,
        "rows": outbox.stored.total(),
        "unsent": backlog.unsent(),
        "newest": backlog.last_row(),
        "committed": backlog.committed(),
        "events": file.event_counts(),
    }


def uplink_status(link: Link) -> dict[str, object]:
    """Return how the uplink fares."""
    return {
        "batches": link.batches,
        "rows": link.rows,
        "failures": link.failures,
        "last_error": link.last_error,
    }


def bus_status(path: str, is_open: bool, last_error: str, counters: Counter[str]) -> dict[str, object]:
    """Return the state of one bus."""
    return {"port": path, "open": is_open, "last_error": last_error, "counters": dict(sorted(counters.items()))}


def write_status(path: Path, status: Mapping[str, object]) -> None:
    """Replace the status file in one step; it need not survive a power cut."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105 - the atomic one by name
