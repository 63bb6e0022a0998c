"""What the gateway tells about itself: one JSON file, written whole, for people, pages, metrics and the demo."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gateway.bus_task import BusTask
from gateway.clock import Clock
from gateway.disk import Disk
from gateway.loggers.watch import Watch
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from gateway.uplink.link import LinkSnapshot


def logger_status(watch: Watch, bus: str, outbox: Outbox, now_s: float) -> dict[str, Any]:
    """Return what is known of one logger: what its ring holds, and what the outbox has of that ring."""
    identity = watch.identity
    return {
        "serial": watch.serial,
        "bus": bus,
        "address": watch.client.logger.address,
        "ring": watch.ring if watch.ring >= 0 else None,
        "held_oldest": identity.oldest if identity else None,
        "held_newest": watch.newest,
        "wanted": outbox.wanted_from(watch.serial, watch.ring),
        "stored": outbox.stored[watch.serial, watch.ring],
        "polled_ms": watch.polled_ms if watch.polled_ms >= 0 else None,
        "heard_s_ago": None if watch.ring < 0 else round(now_s - watch.heard_at_s, 1),
        "clock_offset_ms": watch.clock_offset_ms,
        "failures": watch.failures,
        "last_error": watch.last_error,
        "silent": watch.silent,
        "sleeps": watch.sleeps,
        "windows_missed": watch.sleep.missed,
    }


def outbox_status(outbox: Outbox, backlog: Backlog, file: OutboxFile, directory: Path) -> dict[str, Any]:
    """Return the state of the outbox: rows stored, waiting, and dropped unsent (0 unless thinning is allowed)."""
    return {
        "id": file.id,
        "rows": outbox.stored.total(),
        "bytes": sum(path.stat().st_size for path in (directory / "outbox").iterdir()),
        "unsent": backlog.unsent(),
        "oldest_unsent_ms": backlog.oldest_unsent_ms(),
        "newest": backlog.last_row(),
        "committed": backlog.committed(),
        "dropped": file.thinned_rows(),
        "commits": _rounded(asdict(file.commit_times)),
        "events": file.event_counts(),
    }


def link_status(link: LinkSnapshot, url: str) -> dict[str, Any]:
    """Return how one link fares."""
    return {"url": url, **_rounded(asdict(link))}


def bus_status(bus: BusTask, now_s: float) -> dict[str, Any]:
    """Return the state of one bus, and of the devices on it by address."""
    master = bus.master
    return {
        "port": bus.line.path,
        "open": bus.line.is_open,
        "last_error": bus.last_error,
        "use": round(bus.use(now_s), 4),
        "busy_s": round(master.busy_s, 3),
        "quarantine_s": round(master.quarantine_s, 3),
        "counters": dict(sorted(master.counters.items())),
        "stations": bus.instruments.status(),
        "devices": {str(address): tally.status() for address, tally in sorted(master.devices.items())},
    }


def clock_status(clock: Clock) -> dict[str, Any]:
    """Return whether the gateway knows what time it is, and by what."""
    return {"known": clock.known, "by": clock.known_by}


def disk_status(disk: Disk | None, troubles: frozenset[str]) -> dict[str, Any] | None:
    """Return what is known of the disk, None when it cannot be asked."""
    return None if disk is None else {**disk._asdict(), "troubles": sorted(troubles)}


def sentence(status: Mapping[str, Any]) -> str:
    """Return the gateway's state in one sentence, as `systemctl status` shows it."""
    loggers = status["loggers"].values()
    heard = sum(one["heard_s_ago"] is not None and not one["failures"] for one in loggers)
    links = [f"{name} {'offline' if link['failures'] else 'well'}" for name, link in status["links"].items()]
    return f"{heard} of {len(loggers)} loggers answer, {status['outbox']['unsent']} rows wait, {', '.join(links)}"


def write_status(path: Path, status: Mapping[str, object]) -> None:
    """Replace the status file in one step; it need not survive a power cut."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105 - the atomic one by name


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in values.items()}
