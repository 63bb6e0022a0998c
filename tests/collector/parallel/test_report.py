"""PARALLEL.toml with each fault named, the report in both languages, and the file that is signed."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from collector import parallel
from collector.parallel.compare import compared
from collector.parallel.report import report
from collector.parallel.run import OtherFileError, outcome
from collector.parallel.settings import parse_settings
from collector.parallel.words import NOTICE, RUSSIAN, in_language
from seepline.paper.blocks import Chart, Heading, Table
from seepline.paper.pdf import PaperError, write_pdf
from seepline.site_file import read_site
from seepline.toml_file import Faulty
from tests.collector.parallel.test_compare import GAUGE, OURS, RUN

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "import"
TEXT = (EXAMPLE / "parallel.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site():
    return read_site(EXAMPLE / "site.toml")


def blocks(site, language="en", shift=0.0):
    found = compared(GAUGE, RUN, OURS, [(ms, value + shift) for ms, value in OURS])
    return report(site, RUN, [found], {"Report made": "now"}, {"P1 pore_pressure": 3}, in_language(language))


def test_the_example_is_read(site):
    settings = parse_settings(TEXT, site, "parallel.toml")
    assert [len(one.gauges) for one in settings.sources] == [4]


FILES = 'files = ["../../../tests/data/usgs-mukilteo/expected-mvd116.csv"]'

# what is wrong -> (old, new, place, a part of what is said)
FAULTS = {
    "no tolerance": ("tolerance = 0.01\n", "", "gauge[1].tolerance", "nothing; expected a number"),
    "a tolerance of nothing": ("tolerance = 0.01", "tolerance = 0.0", "gauge[1].tolerance", "more than 0"),
    "more than all": (
        "within_percent = 100",
        "within_percent = 101",
        "gauge[1].within_percent",
        "1 to 100 percent",
    ),
    "an unknown point": ('point = "MV-P1"', 'point = "MV-P9"', "gauge[1].point", "a point of SITE.toml"),
    "an unknown quantity": (
        'quantity = "pore_pressure"',
        'quantity = "presure"',
        "gauge[1].quantity",
        "a quantity",
    ),
    "a unit of something else": ('unit = "kPa"', 'unit = "mm"', "gauge[1].unit", "'kPa', the quantity's"),
    "an unknown source": ('source = "published"', 'source = "other"', "gauge[1].source", "the id of a [[source]]"),
    "no days": ("days = 14\n", "", "run.days", "a whole number"),
    "days that end before they begin": (
        "valid_to = 2016-01-01T08:00:00Z",
        "valid_to = 2015-01-01T08:00:00Z",
        "run.valid_to",
        "a time after valid_from",
    ),
    "no end": ("valid_to = 2016-01-01T08:00:00Z\n", "", "run.valid_to", "a time after valid_from"),
    "no file": (FILES, "files = []", "source[published].files", "one or"),
    "an unknown key": ("within_s = 60", "within_s = 60\nwith = 1", "run.with", "an unknown key"),
}


@pytest.mark.parametrize(("old", "new", "place", "said"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_named_with_its_place(site, old, new, place, said):
    with pytest.raises(Faulty) as caught:
        parse_settings(TEXT.replace(old, new, 1), site, "parallel.toml")
    found = {one.path: str(one) for one in caught.value.problems}
    assert place in found, found
    assert said in found[place], found


def test_files_that_overlap_say_the_same_or_are_refused_and_each_is_named(site, tmp_path):
    published = (EXAMPLE / "../../../tests/data/usgs-mukilteo/expected-mvd116.csv").read_text(encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_text(published, encoding="utf-8")
    settings = parse_settings(TEXT.replace(FILES, 'files = ["a/x.csv", "b/x.csv"]'), site, "parallel.toml")
    nothing_of_ours = SimpleNamespace(series=lambda *about: [])
    made = outcome(settings, tmp_path, nothing_of_ours)
    assert sorted(made.files) == ["a/x.csv", "b/x.csv"]
    assert made.found[0].theirs == 1344
    cells = published.splitlines()[-1].split(",")
    other = published.replace(published.splitlines()[-1], ",".join([cells[0], *("1" for _ in cells[1:])]))
    (tmp_path / "b" / "x.csv").write_text(other, encoding="utf-8")
    with pytest.raises(OtherFileError, match="other values than line"):
        outcome(settings, tmp_path, nothing_of_ours)


def test_every_word_of_the_report_is_in_russian():
    tree = ast.parse((Path(parallel.__file__).parent / "report.py").read_text(encoding="utf-8"))
    said = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "say"
        and isinstance(node.args[0], ast.Constant)
    }
    marks = {mark.name for mark in compared(GAUGE, RUN, OURS, OURS).marks}
    assert said | marks | {NOTICE} <= RUSSIAN.keys()
    assert all(re.search("[а-яА-Я]", word) for word in RUSSIAN.values())


def test_the_report_says_whether_each_gauge_passed_and_nothing_of_safety(site):
    text = repr(blocks(site))
    assert "1 of 1 gauges passed" in text
    assert "0 of 1 gauges passed" in repr(blocks(site, shift=0.7))
    assert "'336, 3'" in text  # our readings, of which suspect
    assert " safe" not in text
    kinds = [type(one) for one in blocks(site)]
    assert kinds.count(Chart) == 2
    assert Heading in kinds
    assert Table in kinds


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_file_that_is_signed_embeds_its_letters(site, tmp_path, language):
    file = tmp_path / "report.pdf"
    write_pdf(file, blocks(site, language), "t", "page")
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"/FontFile2" in data
    assert b"Roboto" in data


def test_a_file_that_cannot_be_written_is_one_sentence(site, tmp_path):
    with pytest.raises(PaperError, match="cannot be written"):
        write_pdf(tmp_path / "nowhere" / "report.pdf", blocks(site), "t", "page")
