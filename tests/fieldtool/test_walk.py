"""`seepline logger commission` at a real logger program: air, two depths, place; broken off and taken up again."""

import asyncio
import json
import time

import pytest
from typer.testing import CliRunner

from fieldtool.clock import clock_of_environment
from fieldtool.connection import Way, connected
from fieldtool.gauge import gauge_at
from fieldtool.gauge_reader import GaugeReader
from fieldtool.identification import identify
from fieldtool.records import Book
from fieldtool.verdicts import cause_in_words
from fieldtool.walk import Walk
from fieldtool.water import pressure_kpa
from seepline.cli import app
from seepline.instruments.vw_signal import hz_of_digits
from tests.fieldtool.conftest import NOW_MS, SITE_FILE, STATION_KPA, digits_at

BARO_MV = (10 * STATION_KPA - 500) / 0.240
START_S = NOW_MS // 1000


def shown(gauge, depth_m, off_digits=0.0):
    """Return what the logger's channels show while P1's gauge hangs at a depth (0 = in air)."""
    hz = hz_of_digits(digits_at(gauge, pressure_kpa(depth_m, 998.2)) + off_digits)
    return {"p1_hz": hz, "p1_ohm": 3756.2, "p2_hz": 2900.0, "p2_ohm": 3746.5, "baro": BARO_MV, "level": 8.0}


class Person:
    """Answers as told; before an answer that moves the gauge, waits until the simulated gauge is there."""

    def __init__(self, clock, answers):
        self.clock, self.answers, self.said = clock, list(answers), []

    def tell(self, text):
        self.said.append(text)

    def waiting(self, rest):
        pass

    def _answer(self, question):
        self.said.append(question)
        at_s, answer = self.answers.pop(0)
        while self.clock.now_ms() < 1000 * (START_S + at_s):
            time.sleep(0.02)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    text = number = yes = _answer


def walk(here, site, book, answers, again=()):
    """Walk P1 once; return (finished, what was said)."""

    async def whole():
        clock = clock_of_environment()
        person = Person(clock, answers)
        way = Way(here.bus[1], False, 7, 115_200, "none")
        async with connected(way) as device:
            reader = GaugeReader(
                device, clock, await identify(device, clock), gauge_at(site, "P1", clock.now_ms())
            )
            finished = await Walk(reader, person, book, "Aigul").run(again)
        assert not person.answers, "not everything was asked"
        return finished, person.said

    return asyncio.run(whole())


TYPED = [(0, "A101"), (0, 100.0), (0, 190.0), (0, 60.0)]


def test_a_whole_commissioning_is_kept_step_by_step_with_its_zero(desk, gauge, site, tmp_path):
    book = Book(tmp_path / "book")
    phases = ((0, 0.0), (3000, 1.0), (6000, 4.0), (9000, 6.0))
    here = desk(*((at_s, shown(gauge, depth), {}) for at_s, depth in phases), rate=600)
    answers = [*TYPED, (3060, 1.0), (6060, 4.0), (9060, True)]
    finished, said = walk(here, site, book, answers)
    assert finished, said
    records = book.read("P1")
    kinds = [(one.record, one.step, one.verdict) for one in records]
    steps = ("serial", "cable", "coil", "insulation", "zero", "immersion", "placed")
    assert [step for kind, step, _ in kinds if kind == "step"] == list(steps)
    assert {verdict for _, _, verdict in kinds} == {"pass"}
    zero = next(one for one in records if one.record == "zero")
    assert zero.values["zero_read_digits"] == pytest.approx(digits_at(gauge, 0.0), abs=0.2)
    assert zero.values["station_pressure_kpa"] == pytest.approx(STATION_KPA, abs=0.01)  # the site's own barometer
    assert zero.values["temperature_degc"] == pytest.approx(20.0, abs=0.02)
    assert (zero.who, zero.instrument, zero.at[:11]) == ("Aigul", "vw-1", "2016-01-01T")
    immersed = next(one for one in records if one.step == "immersion")
    assert immersed.values["ratio"] == pytest.approx(1.0, abs=0.002)
    placed = next(one for one in records if one.step == "placed")
    assert placed.values["value"] == pytest.approx(pressure_kpa(6.0, 998.2), abs=0.05)


def test_broken_off_it_goes_on_and_a_failure_stops_it_with_the_cause(desk, gauge, site, tmp_path):
    book = Book(tmp_path / "book")
    here = desk((0, shown(gauge, 0.0, off_digits=80.0), {}), rate=600)
    with pytest.raises(KeyboardInterrupt):
        walk(here, site, book, [(0, "A101"), (0, 100.0), (0, KeyboardInterrupt())])
    finished, said = walk(here, site, book, TYPED[2:])  # serial and cable are not asked again
    assert not finished
    assert any(text.startswith("Serial number: pass, 2016-01-01T") for text in said)
    assert "  " + cause_in_words("loaded") in said, said[6:]
    assert [one.step for one in book.read("P1")] == ["serial", "cable", "coil", "insulation", "zero"]
    assert not [one for one in book.read("P1") if one.record == "zero"]  # a failed zero is no accepted zero


def test_a_step_that_passed_is_done_again_only_when_asked_for(desk, gauge, site, tmp_path):
    book = Book(tmp_path / "book")
    here = desk((0, shown(gauge, 0.0), {}))
    walk(here, site, book, [(0, "A103")])
    assert [one.verdict for one in book.read("P1")] == ["FAIL"]
    with pytest.raises(KeyboardInterrupt):
        walk(here, site, book, [(0, "A101"), (0, KeyboardInterrupt())])
    with pytest.raises(KeyboardInterrupt):
        walk(here, site, book, [(0, "A101"), (0, KeyboardInterrupt())], again=("serial",))
    assert [one.verdict for one in book.read("P1")] == ["FAIL", "pass", "pass"]


def test_the_command_asks_at_the_terminal_and_says_how_it_ended(desk, gauge, tmp_path):
    here = desk((0, shown(gauge, 0.0), {}))
    words = [
        "logger",
        "commission",
        SITE_FILE,
        "P1",
        *here.port,
        "--who",
        "Aigul",
        "--records",
        tmp_path,
        "--json",
    ]
    failed = CliRunner().invoke(app, list(map(str, words)), input="A101\nnan\n100,0\n12\n")
    assert failed.exit_code == 1, failed.output
    assert json.loads(failed.stdout[failed.stdout.index("{") :]) == {"points": {"P1": False}}
    assert "The conductors touch" in failed.stderr
    refused = CliRunner().invoke(app, [*map(str, words), "--again", "sero"])
    assert refused.exit_code == 2
    assert "expected one of serial, cable" in refused.stderr


def test_a_baseline_is_accepted_only_after_a_whole_commissioning(site, gauge, tmp_path):
    words = ["logger", "accept", SITE_FILE, "P1", "--engineer", "E. Record", "--reason", 'a "quiet" week']
    words = [str(word) for word in [*words, "--records", tmp_path]]
    early = CliRunner().invoke(app, words)
    assert early.exit_code == 1
    assert "has not passed every step" in early.stderr
    line = {"record": "step", "at": "2016-01-01T00:00:00Z", "who": "A", "point": "P1", "instrument": "vw-1"}
    steps = ("serial", "cable", "coil", "insulation", "zero", "immersion", "placed")
    rows = [json.dumps(line | {"step": step, "verdict": "pass"}) + "\n" for step in steps]
    (tmp_path / "P1.jsonl").write_text("".join(rows) + '{"torn')
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert Book(tmp_path).read("P1")[-1].record == "baseline_accepted"
    toml = done.stdout[done.stdout.index("[[baseline]]") :]
    changed = tmp_path / "site.toml"
    changed.write_text(SITE_FILE.read_text() + "\n" + toml)
    assert CliRunner().invoke(app, ["check", str(changed)]).exit_code == 0
