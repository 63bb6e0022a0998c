"""The whole program through hangs, crashes and losses of power: what a master reads afterwards by function 20."""

import json
import shutil
import struct
import sys
import time
from pathlib import Path

import pytest

from seepline import logger_words
from seepline.wire import event, record, registers, rtu, seal, status

START_S = 1450425600  # as in conftest.py
END_S = START_S + 900 * 60
ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from firmware import supervise  # noqa: E402

KEY = bytes(range(32))
RESTART_CODE = 75
PATIENCE_S = 3
UNKNOWN = record.MISSING_I32


@pytest.fixture
def hasty(node):
    """A node whose watchdog waits for 3 s, and so a task's limit; with no past to make."""
    configure(node, patience_s=PATIENCE_S, history_from_s=None)
    return node


def configure(node, **more: object) -> None:
    path = node.directory / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


def besides(node, name: str):
    return node.flash.with_name(node.flash.name + "." + name)


def order(node, mishap: str) -> None:
    besides(node, "mishap").write_text(mishap)


def restarted(node) -> None:
    """Wait until the program has ended to be started again, and start it."""
    assert node.process.wait(40) == RESTART_CODE
    node.line.close()
    node.start()
    node.wait_ready()


def boots(node) -> list[tuple[int, tuple[int, ...]]]:
    return [(what.detail, what.values) for _, what in node.events(event.BOOT)]


def command(node, code: int, payload: bytes = b"") -> bytes:
    """Send a sealed command and return the answer."""
    nonce = struct.pack(">4H", *node.words(registers.NONCE_REGISTER, registers.NONCE_WORDS))
    data = seal.sealed(KEY, 116002, nonce, code, payload)
    words = struct.unpack(f">{len(data) // 2}H", data)
    return node.ask(rtu.write_request(registers.COMMAND_REGISTER, list(words)))


def with_key(node) -> None:
    folder = besides(node, "nvs")
    folder.mkdir(exist_ok=True)
    (folder / "key").write_bytes(KEY)


def test_the_first_events_are_the_boot_and_the_formatting(node) -> None:
    node.start()
    node.wait_ready()
    ((entry, boot),) = node.events(event.BOOT)
    assert (boot.detail, boot.values) == (1, (1, UNKNOWN, UNKNOWN, UNKNOWN, 0))
    assert (entry.sequence, entry.utc_s, entry.boot, entry.status) == (1, START_S, 1, status.TIME_RTC)
    ((_, formatted),) = node.events(event.RING_FORMATTED)
    assert formatted.detail == node.identification("ring")


def test_power_off_and_on_is_told_as_lost_without_a_sign_and_a_dip_as_brown_out(hasty) -> None:
    hasty.start()
    hasty.wait_ready()
    hasty.kill()
    hasty.start()
    hasty.wait_ready()
    assert boots(hasty)[-1] == (101, (2, UNKNOWN, UNKNOWN, UNKNOWN, 1))
    hasty.kill()
    besides(hasty, "cause").write_text("1 dip")
    hasty.start()
    hasty.wait_ready()
    detail, values = boots(hasty)[-1]
    assert (detail, values[0], values[4]) == (100, 3, 2)
    assert values[2] >= 0


@pytest.mark.parametrize("mishap", ["hang", "block"])
def test_a_task_that_hangs_is_named_after_the_reset(hasty, mishap: str) -> None:
    hasty.start()
    hasty.wait_ready()
    order(hasty, mishap)
    restarted(hasty)
    assert hasty.identification("reset_cause") == 3
    detail, values = boots(hasty)[-1]
    assert (detail, values[0], values[4]) == (3, 2, 1)
    if mishap == "hang":  # a whole program that blocks says only which task moved last
        assert values[1] == supervise.SCAN
        assert hasty.identification("last_reset_task") == supervise.SCAN


def test_a_crash_loop_ends_in_safe_mode_and_a_command_leads_out_of_it(hasty) -> None:
    with_key(hasty)
    hasty.start()
    hasty.wait_ready()
    assert hasty.identification("mode") == 0
    while hasty.identification("newest_sequence") < 4:  # one scan
        time.sleep(0.05)
    order(hasty, "crash-always")
    for _ in range(5):
        restarted(hasty)
    assert hasty.identification("mode") == 1
    ((_, safe),) = hasty.events(event.SAFE_MODE)
    assert (safe.detail, safe.values) == (5, (1,))
    for block in (0, 1):
        words = hasty.words(registers.live_address(block), 60)
        assert record.decode(struct.pack(">60H", *words)).sequence == 0
    time.sleep(1.5)
    assert hasty.process.poll() is None
    assert hasty.ask(rtu.write_request(registers.FAST_SCAN_REGISTER, [1]))[0] == 0x90
    besides(hasty, "mishap").unlink()
    assert command(hasty, seal.RESTART)[0] == rtu.WRITE_MULTIPLE
    restarted(hasty)
    assert (hasty.identification("mode"), hasty.identification("reset_cause")) == (0, 2)
    assert boots(hasty)[-1][1][4] == 0
    assert len(boots(hasty)) == 7


@pytest.mark.parametrize("node", ["64-bit"], indirect=True)
@pytest.mark.parametrize("broken", ["firmware/scan.py", "firmware/instruments.py"])
def test_a_module_that_cannot_be_loaded_leaves_a_logger_that_answers(hasty, tmp_path: Path, broken: str) -> None:
    copied = tmp_path / "program"
    for folder in ("firmware", "seepline", "simulator"):
        shutil.copytree(ROOT / folder, copied / folder, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    (copied / broken).write_text("from firmware import no_such_module\n")
    hasty.environment["MICROPYPATH"] = f"{copied}:.frozen"
    logger = json.loads((hasty.directory / "config.json").read_text())["logger"]
    supply = {"driver": "supply", "at": ["1:0"], "upper_ohm": 100000, "lower_ohm": 10000, "noise_uv": 5000}
    configure(hasty, logger={**logger, "instruments": [supply]})
    for _ in range(5):
        hasty.launch()
        assert hasty.process.wait(40) == RESTART_CODE
    hasty.start()
    hasty.wait_ready()
    assert (hasty.identification("mode"), hasty.identification("logger_id")) == (1, 116002)
    assert hasty.events(event.SAFE_MODE)[-1][1].detail == 5


def test_a_configuration_that_went_bad_leaves_a_logger_that_answers_under_its_own_address(hasty) -> None:
    hasty.start(rate=60)
    hasty.wait_ready()
    line = besides(hasty, "nvs") / "line"
    while not line.exists():  # the boot is good
        hasty.words(0, 2)
        time.sleep(0.1)
    hasty.kill()
    path = hasty.directory / "config.json"
    path.write_text(path.read_text().replace('"scan_s": 900', '"scan_s": 1'))
    hasty.start()
    hasty.wait_ready()
    assert (hasty.identification("mode"), hasty.identification("logger_id")) == (1, 116002)
    assert hasty.events(event.SAFE_MODE)[-1][1].values == (2,)
    assert hasty.events(event.BOOT)[-1][0].logger_id == 116002


@pytest.mark.parametrize(
    ("rtc", "is_believed"), [(0, True), (7, True), ("stopped", False), (-15 * 365 * 86400, False)]
)
def test_the_time_after_power_on_is_that_of_the_rtc_if_it_can_be_believed(
    hasty, rtc: int | str, is_believed: bool
) -> None:
    configure(hasty, rtc=rtc)
    site_s = END_S + 10 * 365 * 86400  # the year 2025: a clock that shows less than 2024 is not believed
    hasty.start(site_s)
    hasty.wait_ready()
    steps = hasty.events(event.CLOCK_STEPPED)
    if not is_believed:
        assert (steps, hasty.identification("utc_s"), hasty.identification("time_quality")) == ([], 0, 0)
        assert {entry.utc_s for entry, _ in hasty.events(event.BOOT)} == {0}
        return
    ((_, step),) = steps
    assert step.detail == 3
    assert step.values[2] + event.EPOCH_2020_S - site_s - rtc in range(4)
    assert hasty.identification("time_quality") == status.TIME_RTC


def time_words(utc_s: int) -> bytes:
    return rtu.write_request(registers.TIME_REGISTER, [utc_s >> 16, utc_s & 0xFFFF, 0, 0])


def test_a_first_set_a_refusal_and_a_sealed_step_are_told(hasty) -> None:
    with_key(hasty)
    configure(hasty, rtc="stopped")
    hasty.start()
    hasty.wait_ready()
    assert hasty.ask(time_words(END_S))[0] == rtu.WRITE_MULTIPLE
    assert hasty.ask(time_words(END_S + 7200))[0] == 0x90
    assert command(hasty, seal.SET_CLOCK, struct.pack(">IH", END_S + 7200, 0))[0] == rtu.WRITE_MULTIPLE
    while len(stepped := hasty.events(event.CLOCK_STEPPED)) < 2 or not hasty.events(event.CLOCK_REFUSED):
        time.sleep(0.1)
    first, second = (what for _, what in stepped)
    assert (first.detail, first.values) == (1, (UNKNOWN, UNKNOWN, END_S - event.EPOCH_2020_S))
    assert (second.detail, second.values[2]) == (2, END_S + 7200 - event.EPOCH_2020_S)
    assert 7190 <= second.values[0] // 1000 <= 7200
    ((_, refused),) = hasty.events(event.CLOCK_REFUSED)
    assert (refused.detail, refused.values[0] in range(7195, 7202)) == (1, True)
    assert hasty.identification("times_refused") == 1


def test_the_boot_after_a_restart_is_dated_by_the_clock_that_went_on(hasty) -> None:
    hasty.start()
    hasty.wait_ready()
    hasty.kill()
    hasty.start(END_S + 5000)
    hasty.wait_ready()
    assert [entry.boot for entry, _ in hasty.events(event.BOOT)] == [1, 2]
    assert hasty.events(event.BOOT)[1][0].utc_s in range(END_S + 4998, END_S + 5010)


def test_the_tasks_have_the_numbers_that_people_are_told() -> None:
    named = {
        name.lower(): number
        for name, number in vars(supervise).items()
        if isinstance(number, int) and not name.endswith("_S") and name.isupper()
    }
    named["none"] = named.pop("no_task")
    assert {name: number for number, name in enumerate(logger_words.TASKS)} == named
