"""What happens at the worst moment: the link is cut, the gauge reaches red and is destroyed, its data come late.

Whatever is drawn - how long the cut, what was read in it, how the gauge died, in which order and batches the rest
came, restarts between - red is told, and a red of a gauge that died stays until an engineer releases it.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.raw_lines import RawRow, RawValue
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.site import Site
from seepline.site_file import parse_site
from seepline.thresholds import Level
from seepline.wire import status as bits
from tests.acts import Persons
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, YELLOW, Chain
from tests.collector.conftest import Rows

ROWS, PERSONS = Rows(), Persons()
DEADLY = st.sampled_from([bits.MISSING, bits.NO_SIGNAL, bits.NOT_FITTED, bits.INSTRUMENT_FAULT, bits.IMPOSSIBLE])
EXAMPLES = pytest.mark.parametrize("examples", [12, pytest.param(400, marks=pytest.mark.soak)])
CHAIN_OF_TILTS = """
[[logger]]
id = "i"
serial = 4
bus = "bus1"
address = 3
scan_s = 900
silence_s = 3600
[[channel]]
id = "tilt1"
logger = "i"
block = 0
slot = 0
kind = "tilt"
unit = "deg"
[[channel]]
id = "tilt2"
logger = "i"
block = 0
slot = 1
kind = "tilt"
unit = "deg"
[[point]]
id = "I1"
name = "I1"
section = "A"
kind = "inclinometer"
easting_m = 0.0
northing_m = 0.0
elevation_m = 10.0
failure_mode = "slope instability"
critical = true
[[instrument]]
id = "ipi"
kind = "in_place_inclinometer"
maker = "test"
serial = "3"
[[assignment]]
point = "I1"
instrument = "ipi"
inputs = { tilt1 = "i/tilt1", tilt2 = "i/tilt2" }
valid_from = 2015-01-01T00:00:00Z
[[calibration]]
id = "ipi"
version = 1
instrument = "ipi"
valid_from = 2015-01-01T00:00:00Z
form = "segments"
sign = "R1-R0"
input_unit = "deg"
output_unit = "mm"
coefficients = { length1_m = 3.0, length2_m = 3.0 }
zero = { tilt1 = 0.0, tilt2 = 0.0 }
source = "invented"
[[threshold]]
set = "s1"
point = "I1"
quantity = "displacement"
direction = "above"
yellow = 5.0
orange = 10.0
red = 20.0
deadband = 1.0
delay_count = 1
"""


class Death(NamedTuple):
    """How a gauge died: the status of its channels, which of them, and how many scans still came."""

    status: int
    channels: tuple[bool, ...]
    scans: int


DEATHS = st.builds(Death, DEADLY, st.sampled_from([(True, False), (False, True), (True, True)]), st.integers(0, 4))


@pytest.fixture(scope="module")
def site() -> Site:
    return parse_site(Path(__file__).with_name("dam.toml").read_text() + CHAIN_OF_TILTS, "dam")


def tilts(scan: int, degrees: float, death: Death | None = None) -> RawRow:
    dead = death.channels if death else (False, False)
    values = [
        RawValue(f"tilt{number}", None if is_dead else degrees, death.status if is_dead and death else 0)
        for number, is_dead in enumerate(dead, 1)
    ]
    return ROWS.row("i", scan, tuple(values), None)


def restarted(chain: Chain) -> None:
    chain.close()
    chain.open()
    chain.judge()


@st.composite
def arrivals(draw, rows: list[RawRow]):
    """The rows in any order, cut into batches at any places, with or without a restart behind each."""
    order = draw(st.permutations(rows))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    ends = [*cuts, len(rows)]
    return [(order[a:b], draw(st.booleans())) for a, b in zip([0, *cuts], ends, strict=True)]


@EXAMPLES
def test_a_red_behind_a_cut_link_is_told_whatever_came_first(site, tmp_path_factory, examples):
    @settings(max_examples=examples, deadline=None)
    @given(data=st.data())
    def holds(data):
        _told(site, tmp_path_factory.mktemp("dam"), data)

    holds()


def _told(site: Site, folder: Path, data: st.DataObject) -> None:
    chain = Chain(site, folder)
    chain.take(ROWS.barometer(0), ROWS.piezometer(0, CALM))
    read = data.draw(st.lists(st.sampled_from([CALM, YELLOW, RED]), max_size=4), "read in the cut")
    read.insert(data.draw(st.integers(0, len(read))), RED)
    death = data.draw(DEATHS)
    rows = [
        row for scan, hertz in enumerate(read, 1) for row in (ROWS.barometer(scan), ROWS.piezometer(scan, hertz))
    ]
    for scan in range(len(read) + 1, len(read) + 1 + death.scans):
        dead = (RawValue("f", None, death.status), RawValue("t", 3000.0, 0))
        rows += [ROWS.barometer(scan), ROWS.row("a", scan, dead, None)]
    for hours in range(data.draw(st.integers(0, 4), "of silence")):
        chain.pass_time(T0_MS + 3_600_000 * (hours + 2))
    chain.now_ms = max(chain.now_ms, T0_MS + SCAN_MS * (len(read) + death.scans))
    for batch, is_killed in data.draw(arrivals(rows)):
        if batch:
            chain.now_ms += 1000
            chain.take(*batch, at_ms=chain.now_ms)
        if is_killed:
            restarted(chain)
    chain.pass_time(chain.now_ms + 2 * SCAN_MS)
    told = chain.reader.events(1000)
    reds = [one for one in told if one.kind in ("level", "late") and one.level_to == Level.RED]
    standing = chain.reader.standings()["P1/pore_pressure/above"]
    chain.close()
    assert reds
    assert {one.time_ms for one in reds} <= {
        T0_MS + SCAN_MS * n for n, hertz in enumerate(read, 1) if hertz == RED
    }
    assert len({one.id for one in told}) == len(told)
    assert standing.state.name != "NORMAL"  # nobody has seen it yet
    if read[-1] == RED:
        assert standing.level is Level.RED


@EXAMPLES
def test_a_red_inclinometer_that_dies_stays_red_until_an_engineer_releases_it(site, tmp_path_factory, examples):
    @settings(max_examples=examples, deadline=None)
    @given(data=st.data())
    def holds(data):
        _stays(site, tmp_path_factory.mktemp("dam"), data)

    holds()


def _stays(site: Site, folder: Path, data: st.DataObject) -> None:
    chain = Chain(site, folder)
    chain.journal.append_policy(PERSONS.policy_text(), T0_MS)
    for scan, degrees in enumerate((0.0, 0.3)):
        chain.take(tilts(scan, degrees))
    death = data.draw(DEATHS)
    hours = data.draw(st.lists(st.integers(1, 3), min_size=2, max_size=4), "then nothing for hours")
    levels = [level(chain)]
    for scan in range(2, 2 + death.scans):
        chain.take(tilts(scan, data.draw(st.sampled_from([0.0, 0.3])), death))
        levels.append(level(chain))
    for number, several in enumerate(hours):
        chain.pass_time(chain.now_ms + 3_600_000 * several)
        if data.draw(st.booleans()):
            restarted(chain)
        if number == 1:
            act(chain, "operator", "acknowledge", reason="seen")
        levels.append(level(chain))
    chain.take(tilts(2 + death.scans, 0.0), at_ms=chain.now_ms)  # it speaks again, and says that nothing is
    levels.append(level(chain))
    act(chain, "engineer_of_record", "assess", reason="x", finding="instrument_fault", decision="follow_readings")
    levels.append(level(chain))
    act(chain, "engineer_of_record", "release", reason="read by hand: 31 mm, and still")
    released = level(chain)
    chain.close()
    assert set(levels) == {Level.RED}
    assert released is Level.GREEN


def level(chain: Chain) -> Level:
    return chain.reader.standings()["I1/displacement/above"].level


def act(chain: Chain, person: str, kind: str, **body: str) -> None:
    about = {"alarm": "I1/displacement/above", "event": chain.reader.standings()["I1/displacement/above"].raised}
    signed = PERSONS.act(person, kind, about | body, chain.now_ms)
    accepted = checked(signed, PERSONS.policy(), chain.site, chain.now_ms)
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()
