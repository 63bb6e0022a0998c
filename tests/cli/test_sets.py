"""`seepline sets` and `audit` on a desk: the empty form, a check with everything wrong, what cannot be done."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seepline.cli import app
from tests.sets import RULE, actions_of, set_text

DAM = Path(__file__).parents[1] / "collector" / "dam.toml"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_a_new_form_holds_no_number_and_is_a_set_once_it_is_filled_in(run):
    form = run("sets", "new", str(DAM), "--id", "2016-1")
    assert re.findall(r"^(?:yellow|orange|red|deadband|delay_count|within_s) = *(\S.*)$", form, re.MULTILINE) == []
    Path("form.toml").write_text(form)
    empty = run("sets", "check", "form.toml", code=2).splitlines()
    assert empty[0] == "form.toml, line 6, valid_from: found nothing; expected a value"
    assert len(empty) == len(re.findall(r"^\w+ =\s*(?:#.*)?$", form, re.MULTILINE))
    values = {"yellow": 40, "orange": 60, "red": 80, "deadband": 1, "delay_count": 1, "within_s": 60}
    filled = re.sub(r"^(\w+) =$", lambda found: f"{found[1]} = {values[found[1]]}", form, flags=re.MULTILINE)
    filled = re.sub(r"valid_from = .*", "valid_from = 2016-01-02T00:00:00Z", filled)
    day = "2016-01-01"
    words = {"role": "operator", "sha256": "0" * 64, "date": day, "geometry_date": day, "follows": ""}
    put = lambda found: f'{found[1]} = "{words.get(found[1], "x")}"'  # noqa: E731
    filled = re.sub(r'^(\w+) = ""', put, filled, flags=re.MULTILINE)
    Path("filled.toml").write_text(filled)
    assert "set 2016-1: 1 rules" in run("sets", "check", "filled.toml", "--site", str(DAM))


def test_a_check_says_everything_at_once_and_what_changes(run):
    Path("bad.toml").write_text(set_text(rules=(RULE | {"red": 50.0, "quantity": "rain"},), critical=("P9",)))
    said = run("sets", "check", "bad.toml", "--site", str(DAM), code=2)
    for place in ("set.critical", "threshold[1].red", "threshold[1].quantity"):
        assert place in said
    Path("old.toml").write_text(set_text())
    Path("new.toml").write_text(set_text("b", rules=(RULE | {"red": 70.0, "delay_count": 3},)))
    said = run("sets", "check", "new.toml", "--against", "old.toml")
    assert "tighter" in said
    assert said.endswith("It loosens.\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (set_text().replace("2016-01-01T00:00:00Z", "2016"), "set.valid_from: found 2016"),
        (set_text(more="[[rule]]\n"), "rule: found an unknown table"),
        (set_text().replace("yellow = 40.0\n", ""), "threshold[1].yellow: found nothing"),
        (set_text().replace("[[threshold]]\n", '[[threshold]]\nset = "x"\n'), "no such key: the file is the set"),
        (set_text(follows="a b"), "set.follows: found 'a b'"),
        (set_text(reason=" "), "set.reason: found ' '"),
        (set_text(geometry_date="1 May"), "set.geometry_date: found '1 May'"),
        (set_text().replace("0" * 64, "x"), "document.sha256: found 'x'"),
        (set_text().replace('title = "Decision"', 'title = ""'), "document.title: found ''"),
        (set_text(follows="2026-1"), "set.follows: found '2026-1'; expected the set before it"),
        (
            set_text(rules=(), actions=actions_of(RULE | {"point": "P7"})),
            "action[1].point: found P7",
        ),
        (set_text(actions=2 * actions_of(RULE)), "action[1].id: found 'P1-pore_pressure-above-yellow'"),
        ("x" * 700_001, "found 700001 characters; expected at most 700000"),
        ("set = 5\ndocument = 5\nthreshold = 5\n", "set: found 5; expected one [set] table"),
        (set_text(rules=()), "threshold: found nothing"),
        (set_text(rules=(RULE, RULE)), "one row for a point, quantity and direction"),
        (set_text(rules=(RULE | {"failure_mode": ""},)), "threshold[1].failure_mode"),
        (set_text(rules=(RULE | {"deadband": -1.0},)), "threshold[1].deadband: found -1.0"),
        (set_text().replace('role = "operator"', 'role = "boss"', 1), "recipient[1].role: found 'boss'"),
        (set_text().replace("within_s = 3600", "within_s = -1", 1), "action[1].within_s: found -1"),
        (set_text().replace('page = "OMS 7.2"', 'page = ""', 1), "action[1].page: found ''"),
        (set_text().replace('["engineer_of_record"]', '["chief"]', 1), "action[1].notify: found 'chief'"),
        (set_text(more=2 * '[[vote]]\nid = "toe"\nneeded = 2\n'), "vote[1]: found 'toe' 2 times"),
        (set_text(more=2 * '[[observation]]\nkind = "boil"\nlevel = "red"\n'), "observation[1]: found 'boil' 2"),
    ],
)
def test_what_is_wrong_with_a_set_is_named_with_its_place(run, text, problem):
    Path("set.toml").write_text(text)
    assert problem in run("sets", "check", "set.toml", code=2)


K = (
    '[[criterion]]\npoint = "{}"\nquantity = "pore_pressure"\ndirection = "above"\n'
    'k1 = {}\nk2 = {}\nact = "{}"\ndate = "2015-01-01"\n'
)


@pytest.mark.parametrize(
    ("criterion", "problem"),
    [
        (
            K.format("P1", 55.0, 80.0, "7"),
            "k1: found 55.0; expected orange of the rule, 60.0, to begin",
        ),
        (K.format("P1", 60.0, 79.0, "7"), "criterion[1].k2: found 79.0"),
        (K.format("P2", 60.0, 80.0, "7"), "criterion[1].point: found P2 pore_pressure above"),
        (K.format("P1", 60.0, 80.0, ""), "criterion[1].act: found ''"),
        (2 * K.format("P1", 60.0, 80.0, "7"), "one criterion for a rule"),
    ],
)
def test_k1_and_k2_are_kept(run, criterion, problem):
    Path("set.toml").write_text(set_text(more=criterion))
    assert problem in run("sets", "check", "set.toml", code=2)


def test_a_criterion_that_is_kept_passes(run):
    Path("set.toml").write_text(set_text(more=K.format("P1", 60.0, 85.0, "7")))
    run("sets", "check", "set.toml")


P = (
    '[[percentile]]\npoint = "{}"\nquantity = "pore_pressure"\ndirection = "above"\nlevel = "yellow"\n'
    "percentile = {}\nreadings_a_year = {}\n"
)


def test_a_percentile_says_its_false_alarms_before_it_is_proposed(run):
    Path("set.toml").write_text(set_text(more=P.format("P1", 99.0, 35_040)))
    said = run("sets", "check", "set.toml")
    assert "P1 pore_pressure above, yellow: percentile 99 means about 3.47 alarms a year by chance" in said
    for values, place in (
        (("P2", 99.0, 9), "point"),
        (("P1", 100.0, 9), "percentile"),
        (("P1", 9.0, 0), "readings"),
    ):
        Path("set.toml").write_text(set_text(more=P.format(*values)))
        assert f"percentile[1].{place}" in run("sets", "check", "set.toml", code=2)


NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("sets", "list", "--to", "ftp://x"), 2, "expected http:// or https://"),
        (("sets", "list", "--to", NOBODY), 1, "does not answer as a collector"),
        (("audit", "verify"), 2, "Give --from URL or --data DIR"),
        (("audit", "verify", "--data", "."), 2, "holds no journal"),
        (("audit", "verify", "--from", NOBODY), 1, "does not answer as a collector"),
        (("audit", "keep", "bad.json", "--from", NOBODY), 2, "expected what `seepline audit keep` wrote"),
        (("sets", "check", "none.toml"), 2, "none.toml: found No such file"),
        (("audit", "dossier", "none.json"), 2, "none.json cannot be read"),
        (("audit", "dossier", "bad.json"), 1, "Not proven: this is no dossier"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, arguments, code, sentence):
    Path("bad.json").write_text(json.dumps([{"day": 1}]))
    assert sentence in " ".join(run(*arguments, code=code).split())
