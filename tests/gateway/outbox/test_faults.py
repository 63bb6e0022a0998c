"""kill -9, a disk that is really full, read-only or failing: what was acknowledged is there, and it goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.outbox.room import LIMITS
from tests.gateway.outbox.opened import Opened

ROOT = Path(__file__).parents[3]

APPENDER = """
import os, sys
from pathlib import Path
from gateway.outbox.intake import Arrival, Outbox
from gateway.outbox.file import OutboxFile
from gateway.outbox.room import Limits
from seepline.wire import record as wire
limits = Limits(segment_bytes=40 << 10, ballast_bytes=64 << 10)
outbox = Outbox(OutboxFile(Path(sys.argv[1]), 0, limits))
first = outbox.wanted_from(501, 77)
for n in range(first, first + 100000, 3):
    records = [wire.Record(501, 0, 1, 2, 77, 1, s, 9, 0, 9, 1, 0, os.urandom(40)) for s in (n, n + 1, n + 2)]
    outbox.append([Arrival(wire.encode(record), 0, False) for record in records])
    os.write(1, b"%d\\n" % (n + 2))
"""


def kill_rounds(directory: Path, rounds: int) -> None:
    acknowledged = 0
    for round_ in range(rounds):
        child = subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(directory)], stdout=subprocess.PIPE, cwd=ROOT, bufsize=0
        )
        for _ in range(5 + 37 * (round_ % 12)):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        whole = rest[: rest.rfind(b"\n") + 1].split()
        acknowledged = int(whole[-1]) if whole else acknowledged
        opened = Opened(directory)
        sequences = list(opened.held().values())
        assert sequences == list(range(1, len(sequences) + 1))
        assert len(sequences) >= acknowledged
        assert opened.outbox.wanted_from(501, 77) == opened.backlog.unsent() + 1 == len(sequences) + 1
        assert opened.kinds() == []
        opened.file.close()


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path):
    kill_rounds(tmp_path, 3)


@pytest.mark.soak
def test_sixty_kills_lose_nothing(tmp_path):
    kill_rounds(tmp_path, 60)


SMALL_DISK = """
import json, os, subprocess, sys
from pathlib import Path
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxError, OutboxFile, OutboxFull
from gateway.outbox.intake import Arrival, Outbox
from gateway.outbox.packing import identity_of
from gateway.outbox.room import Limits
from seepline.wire import record as wire

disk, told = Path(sys.argv[1]), {}
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=True)
limits = Limits(segment_bytes=256 << 10, ballast_bytes=512 << 10, when_full=sys.argv[2])

def arrivals(first, live, at_ms):
    return [
        Arrival(wire.encode(wire.Record(501, 0, 1, 2, 77, 1, n, 1_450_000_000 + 10 * n, 0, n, 2, 1, noise())),
            at_ms, live)
        for n in range(first, first + 30)
    ]

def noise():
    return wire.encode_scalar([wire.ScalarChannel(0, int.from_bytes(os.urandom(2)))]) + os.urandom(60)

def open_all():
    file = OutboxFile(disk / "data", 0, limits)
    return file, Outbox(file), Backlog(file)

file, outbox, backlog = open_all()
n = 1
while outbox.append(arrivals(n, False, 0)):
    n += 30
told["history"], told["wanted"] = n - 1, outbox.wanted(501, 77, 10**6, 9)
while True:
    try:
        outbox.append(arrivals(n, True, 0))
    except OutboxFull as error:
        told["error"] = str(error)
        break
    n += 30
    if n > 60_000:
        break
told["all"] = n - 1
told["thinned"] = file.thinned_rows()
told["kinds"] = file.event_counts()
file.close()
told["ballast"] = (disk / "data" / "outbox" / "ballast").exists()

file, outbox, backlog = open_all()  # on the full disk
told["reopened"] = outbox.stored[501, 77]
rows = [row.outbox_sequence for row in file.rows(1, backlog.last_row())]
told["rows"] = len(rows)
sent = 0
while batch := backlog.pending(1000):
    backlog.settle([row.outbox_sequence for row in batch], [], 0)
    sent += len(batch)
backlog.heard(backlog.last_row(), 0)
told["sent"], told["unsent"] = sent, backlog.unsent()
told["stored_again"] = outbox.append(arrivals(n, True, 0))
while not file.event_counts().get("removed_early") and n < 300_000:
    n += 30
    outbox.append(arrivals(n, True, 0))
told["kinds_then"] = file.event_counts()
told["removed"] = file.remove_sent(1)
outbox.append(arrivals(n + 30, True, 0))
told["wanted_then"] = outbox.wanted(501, 77, 10**6, 3)
told["history_then"] = outbox.append(arrivals(n + 60, False, 0))
file.close()
subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
try:
    open_all()
except OutboxError as error:
    told["read_only"] = str(error)
subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
file, outbox, backlog = open_all()
told["goes_on"] = outbox.append(arrivals(n + 90, True, 0))
file.close()
print(json.dumps(told))
"""


def on_a_small_disk(directory: Path, when_full: str) -> dict:
    """Run a gateway's storage on a tmpfs of 3 MB, in a mount namespace of its own."""
    alone = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-Urm"]
    command = [*alone, sys.executable, "-c", SMALL_DISK, str(directory), when_full]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_full_disk_leaves_history_to_the_loggers_then_takes_live_readings_then_says_stop(tmp_path):
    told = on_a_small_disk(tmp_path, "stop")
    assert told["wanted"] == []  # nothing is read that could not be stored
    assert told["all"] - told["history"] >= 3000  # the reserve was for live readings
    assert "nothing stored is lost" in told["error"]
    assert told["thinned"] == 0
    assert not told["ballast"]
    assert told["reopened"] == told["rows"] == told["sent"] == told["all"]
    assert told["unsent"] == 0
    assert told["stored_again"] == 30  # a sent segment made room for it, though it is young
    assert told["kinds_then"]["removed_early"] >= 1
    assert told["wanted_then"] != []
    assert told["history_then"] == 30


def test_a_read_only_disk_is_said_at_the_start(tmp_path):
    told = on_a_small_disk(tmp_path, "stop")
    assert "choose another --data" in told["read_only"]
    assert told["goes_on"] == 30


def test_thinning_drops_by_its_rule_says_so_and_the_rest_is_sent(tmp_path):
    told = on_a_small_disk(tmp_path, "thin")
    assert told["thinned"] > 1000
    assert told["kinds"]["thinned"] >= 1
    assert told["sent"] == told["rows"] == told["all"] - told["thinned"]
    assert told["unsent"] == 0


# which call fails three times, with what, from which one on
FAILURES = (
    ("fdatasync", "EIO", 3),
    ("fdatasync", "EIO", 40),
    ("pwrite64", "EIO", 150),
    ("pwrite64", "EROFS", 90),
    ("pwrite64", "ENOSPC", 300),
)


def test_a_call_to_the_disk_that_fails_loses_nothing(tmp_path):
    """Real calls of a real process: strace makes the kernel answer an error for them."""
    for call, error, when in FAILURES:
        directory = tmp_path / f"{call}-{error}-{when}"
        inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}..{when + 2}"]
        command = [
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            *inject,
            sys.executable,
            "-c",
            STUBBORN,
            str(directory),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
        assert done.returncode == 0, done.stderr
        acknowledged, failures = json.loads(done.stdout)
        assert failures >= 1, f"{error} from {call} {when} on was never met"
        opened = Opened(directory, LIMITS)
        assert list(opened.held().values()) == list(range(1, acknowledged + 1))
        opened.file.close()


STUBBORN = """
import json, sys
from pathlib import Path
from gateway.outbox.intake import Arrival, Outbox
from gateway.outbox.file import OutboxError, OutboxFile, OutboxFull
from seepline.wire import record as wire
def opened():
    for _ in range(9):
        try:
            return OutboxFile(Path(sys.argv[1]), 0)
        except OutboxError as error:
            global failures
            failures += 1
    raise SystemExit("it never opened")
failures = 0
outbox = Outbox(opened())
n = 1
while n <= 300:
    record = wire.Record(501, 0, 1, 2, 77, 1, n, 9, 0, 9, 1, 0, b"")
    try:
        outbox.append([Arrival(wire.encode(record), 0, True)])
    except OutboxFull:
        failures += 1
        continue
    n += 1
failures += outbox._file.event_counts().get("disk_full", 0)
outbox._file.close()
print(json.dumps([n - 1, failures]))
"""
