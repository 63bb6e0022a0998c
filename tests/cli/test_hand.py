"""`seepline hand inclinometer`: a survey's file looked at before it is signed."""

import json

import pytest
from typer.testing import CliRunner

from seepline.cli import app
from tests.collector.hand.conftest import dam_text, survey_text


@pytest.fixture
def look(tmp_path):
    (tmp_path / "site.toml").write_text(dam_text())
    (tmp_path / "base.csv").write_text(survey_text())

    def run(text, *words, taken="2016-01-02T08:00:00Z"):
        (tmp_path / "now.csv").write_text(text)
        site, now, base = (str(tmp_path / name) for name in ("site.toml", "now.csv", "base.csv"))
        about = ["--taken", taken, "--probe", "P77", "--base", base, *words]
        done = CliRunner().invoke(app, ["hand", "inclinometer", site, "INC1", now, *about])
        return done.exit_code, " ".join(done.output.split())

    return run


def test_a_survey_is_shown_and_written_for_signing(look, tmp_path):
    text = survey_text(shift=110.0)
    code, said = look(text, "--out", str(tmp_path / "body.json"))
    assert (code, "2.75" in said) == (0, True)
    body = json.loads((tmp_path / "body.json").read_text())
    assert (body["point"], body["taken_ms"], body["file"]) == ("INC1", 1_451_721_600_000, text)


def test_a_wrong_file_and_a_survey_turned_round_end_with_the_reason(look):
    code, said = look(survey_text().replace("50,", "x,"))
    assert (code, "now.csv: file, line 3, B0: found 'x'; expected a number" in said) == (2, True)
    code, said = look(survey_text(swap=True))
    assert (code, "turned round" in said) == (1, True)
    assert look(survey_text(), taken="today")[0] == 2
