"""A factor of safety counts when the engineer of record has signed its table, and not before."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.acts.errors import BadBody, NotEntitled
from seepline.cli import app
from seepline.derive.stability import digest
from seepline.reading import Quality
from seepline.site import Profile
from seepline.site_derived import Derived
from tests.acts import Persons
from tests.collector.chain import SCAN_MS, T0_MS, Chain
from tests.collector.conftest import DAM
from tests.seepline.test_derived_rules import SURFACE as TEXT

PERSONS = Persons()
GROUND = Profile(
    section="A", name="ground", valid_from_ms=1_420_070_400_000, line=((0.0, 1.0), (9.0, 1.0)), source="survey"
)
SURFACE = Derived(
    point="P1",
    quantity="factor_of_safety",
    formula="factor_of_safety",
    version=1,
    inputs={"u": "P1/pore_pressure"},
    parameters={
        "axis_u": (-50.0, 50.0, 150.0),
        "values": (1.8, 1.5, 1.2),
        "condition": "undrained_peak",
        "material": "contractive",
        "method": "Spencer",
        "analysed_on": "2015-11-01",
        "signed_by": "N. Nazarov",
        "signature": "report 12",
        "geometry_from": "2015-01-01T00:00:00Z",
    },
)


@pytest.fixture
def slope(dam, tmp_path):
    made = Chain(replace(dam, profiles=(GROUND,), derived=(SURFACE,)), tmp_path)
    yield made
    made.close()


def body(site, surface=SURFACE, **changed):
    return {"point": "P1", "version": 1, "digest": digest(site.info.id, surface), "reason": "as built", **changed}


def sign(chain, person="engineer_of_record", said=None):
    signed = PERSONS.act(person, "response_surface", said or body(chain.site), chain.now_ms)
    accepted = checked(signed, PERSONS.policy(), chain.site, chain.now_ms)
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()


def safety(chain):
    return chain.reader.latest()[("P1", "factor_of_safety")]


def test_an_unsigned_table_says_nothing_and_raises_its_own_alarm(slope, rows):
    slope.take(rows.barometer(0), rows.piezometer(0))
    found = safety(slope)
    assert (found.value, found.judged, found.quality) == (None, False, Quality.FAIL)
    assert "the table is not signed" in found.reasons[0]
    assert slope.kinds() == ["fault"]


def test_a_signature_makes_the_past_again_and_ends_the_fault_and_stays_after_a_restart(slope, rows):
    slope.take(rows.barometer(0), rows.piezometer(0), rows.barometer(1), rows.piezometer(1))
    sign(slope)
    slope.pass_time(slope.now_ms + 1000)
    series = slope.reader.series("P1", "factor_of_safety", T0_MS, T0_MS + 2 * SCAN_MS)
    assert [round(one.value, 2) for one in series] == [1.62, 1.62]
    assert safety(slope).reasons[0].endswith("N. Nazarov; signed by The engineer_of_record")
    assert slope.kinds() == ["fault", "surface", "fault_end"]
    slope.close()
    slope.open()
    slope.take(rows.barometer(2), rows.piezometer(2))
    assert safety(slope).value == pytest.approx(1.62, abs=0.01)


def test_whoever_may_not_sign_and_another_table_are_refused(slope):
    with pytest.raises(NotEntitled):
        sign(slope, "operator")
    other = replace(SURFACE, parameters={**SURFACE.parameters, "values": (1.8, 1.5, 1.3)})
    with pytest.raises(BadBody, match="look at it again"):
        sign(slope, said=body(slope.site, other))
    with pytest.raises(BadBody, match=r"version 2.*; .*reason") as refused:
        sign(slope, said=body(slope.site, version=2, reason=" "))
    assert len(refused.value.problems) == 2


def test_an_edited_table_is_unsigned(slope, rows, tmp_path):
    sign(slope)
    slope.close()
    slope.site = replace(slope.site, derived=(replace(SURFACE, source="corrected"),))
    slope.open()
    slope.take(rows.barometer(0), rows.piezometer(0))
    assert "is not signed" in safety(slope).reasons[0]


def test_the_command_shows_the_table_and_what_signs_it(tmp_path):
    file = tmp_path / "SITE.toml"
    file.write_text(DAM.read_text() + TEXT)
    shown = CliRunner().invoke(app, ["surface", str(file), "P1", "--safety", "1.3", "--safety", "1.0"])
    assert shown.exit_code == 0, shown.output
    assert "Spencer, undrained_peak, contractive, 2015-11-01, N. Nazarov" in shown.output
    assert "1.3 at u = 83.33" in shown.output
    assert "1 nowhere within its axis" in shown.output
    assert "seepline act response_surface point=P1 version=1" in shown.output
    for wrong, words in ((["P2"], "no [[derived]]"), (["P1", "--at", "u=9e9"], "within its axis")):
        refused = CliRunner().invoke(app, ["surface", str(file), *wrong])
        assert refused.exit_code == 2
        assert words in refused.output
    assert CliRunner().invoke(app, ["surface", str(file), "P1", "--at", "u=x"]).exit_code == 2
