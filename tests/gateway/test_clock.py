"""Whether the gateway knows what time it is: by its kernel, by a logger that agrees, never by hope."""

import subprocess
import sys

import pytest

from gateway import clock as door
from gateway.clock import AGREE_MS, WRITTEN_MS, Clock, clock_of_environment
from seepline.wire.status import TIME_NEVER_SET, TIME_RTC, TIME_SYNCED

NOW_MS = WRITTEN_MS + 86_400_000


@pytest.fixture
def machine(monkeypatch):
    """A machine whose time and synchronisation a test sets."""

    class Machine:
        now_ms = NOW_MS
        synchronised = False

    machine = Machine()
    monkeypatch.setattr(door, "_real_ms", lambda: machine.now_ms)
    return machine


@pytest.fixture
def clock(machine):
    return Clock(None, lambda: machine.synchronised)


def test_a_machine_that_is_not_synchronised_does_not_know_the_time(clock, machine):
    assert not clock.known
    machine.synchronised = True
    assert clock.known_by == "synchronised"
    machine.synchronised = False
    assert clock.known  # it runs on well without the network


@pytest.mark.parametrize("quality", [TIME_RTC, TIME_SYNCED])
def test_a_logger_that_agrees_confirms_it(clock, quality):
    clock.compare(-AGREE_MS, quality)
    assert clock.known_by == "a logger"


@pytest.mark.parametrize(
    ("offset_ms", "quality"), [(0, TIME_NEVER_SET), (AGREE_MS + 1, TIME_RTC), (-AGREE_MS - 1, TIME_SYNCED)]
)
def test_a_logger_that_does_not_know_or_does_not_agree_confirms_nothing(clock, offset_ms, quality):
    clock.compare(offset_ms, quality)
    assert not clock.known


def test_a_time_before_the_program_was_written_is_not_believed_from_anybody(clock, machine):
    machine.now_ms, machine.synchronised = WRITTEN_MS - 1, True
    clock.compare(0, TIME_RTC)
    assert not clock.known
    machine.now_ms = NOW_MS
    assert clock.known
    machine.now_ms = 0  # the clock falls back to 1970
    assert not clock.known


def test_a_site_clock_is_known(monkeypatch):
    monkeypatch.setenv("SEEPLINE_CLOCK", "2016-01-01T00:00:00Z@900")
    assert clock_of_environment().known_by == "setting"


def test_the_kernel_is_asked_and_answers_as_its_own_tool_does():
    """`adjtimex --print` reads the same status word; without that tool, Python reads it here by its offset."""
    read = (
        "import ctypes;"
        "asked = (ctypes.c_long * 64)();"
        "code = ctypes.CDLL(None).adjtimex(asked);"
        "status = ctypes.cast(asked, ctypes.POINTER(ctypes.c_int))[5 * ctypes.sizeof(ctypes.c_long) // 4];"
        "print(int(not status & 0x40 and code != -1))"
    )
    found = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True)
    if not door._SYNCHRONISED.exists():
        assert door.kernel_synchronised() == bool(int(found.stdout))
