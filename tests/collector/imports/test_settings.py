"""imports.toml: every fault at once, with its place and what was expected; the example is read."""

import re
import textwrap
from pathlib import Path

import pytest

from collector.imports.settings import parse_sources, read_sources
from seepline.site_file import parse_site, read_site
from seepline.toml_file import Faulty
from tests.collector.imports.foreign import CSV, DAM, LC2, TOA5, site

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "import"


def problems_of(text: str) -> dict[str, str]:
    with pytest.raises(Faulty) as caught:
        parse_sources(text, site())
    return {one.path: f"{one.found} | {one.expected}" for one in caught.value.problems}


def test_the_example_is_read():
    sources = read_sources(EXAMPLE, read_site(EXAMPLE / "site.toml"))
    assert [(one.intake.id, len(one.wanted)) for one in sources] == [("mvd116", 4), ("waterton", 1)]


def test_without_the_file_nothing_is_imported(tmp_path):
    assert read_sources(tmp_path, site()) == ()


# what is wrong -> (mapping, old, new, place, a part of what is said)
FAULTS = {
    "a point that is not there": (
        TOA5,
        'channel = "t"',
        'channel = "p"',
        "column[2].channel",
        "'p' | a [[channel]] of cr",
    ),
    "a channel twice": (
        TOA5,
        'channel = "t"',
        'channel = "f"',
        "column[2].channel",
        "another channel than column[1]",
    ),
    "a unit that is no hertz": (TOA5, 'unit = "Hz"', 'unit = "kPa"', "column[1].unit", "'Hz', the channel's"),
    "degrees without constants": (
        TOA5,
        'unit = "ohm"',
        'unit = "degC"',
        "column[2].thermistor",
        "Steinhart and Hart's",
    ),
    "an unknown logger": (
        TOA5,
        'logger = "cr"',
        'logger = "cr2"',
        "source[north].logger",
        "[[foreign]] logger; did you mean cr?",
    ),
    "our own logger": (TOA5, 'logger = "cr"', 'logger = "a"', "source[north].logger", "comes through the gateway"),
    "no form": (TOA5, 'form = "toa5"\n', "", "source[north].form", "nothing | one of toa5, lc2, csv"),
    "an unknown form": (TOA5, '"toa5"', '"toa6"', "source[north].form", "'toa6' | one of toa5"),
    "a key of another form": (
        TOA5,
        'station = "North"',
        'station = "North"\ngauges = 4',
        "source[north].gauges",
        "unknown",
    ),
    "no time zone": (TOA5, 'time_zone = "+05:00"\n', "", "source[north].time_zone", "nothing | a text"),
    "a zone that is none": (TOA5, '"+05:00"', '"+5"', "source[north].time_zone", "an offset such as"),
    "no processing": (TOA5, 'processing = "Smp"\n', "", "column[1].processing", "as line 4 of the file says it"),
    "processing of a CSV": (
        CSV,
        'unit = "Hz"',
        'unit = "Hz"\nprocessing = "Smp"',
        "column[1].processing",
        "only TOA5",
    ),
    "a folder without files": (
        TOA5,
        'form = "',
        'folder = "/srv"\nform = "',
        "source[north].files",
        "folder and files together",
    ),
    "files in another folder": (
        TOA5,
        'form = "',
        'folder = "/srv"\nfiles = "../*.dat"\nform = "',
        "source[north].files",
        "a pattern of file names",
    ),
    "no column": (TOA5, 'source = "north"', 'source = "nord"', "source[north]", "no column | a [[column]] with"),
    "a misspelt source": (TOA5, 'source = "north"', 'source = "nord"', "column[1].source", "did you mean north?"),
    "two gauges' logger of three": (LC2, "gauges = 1", "gauges = 3", "source[north].gauges", "one of 1, 4, 16"),
    "a column that no array has": (
        LC2,
        '"reading_1"',
        '"Reading"',
        "column[1].column",
        "reading_1, temperature_1",
    ),
    "a comma between numbers of commas": (
        CSV,
        'delimiter = ";"',
        'delimiter = ","',
        "source[north].decimal",
        "another sign",
    ),
    "a head behind the rows": (
        CSV,
        "header_line = 2",
        "header_line = 3",
        "source[north].header_line",
        "before first_line",
    ),
    "a time format that is none": (
        CSV,
        '"%d.%m.%Y %H:%M"',
        '"dd.mm.yyyy"',
        "source[north].time_format",
        '"iso", "excel_days"',
    ),
    "an unknown table": (TOA5, "[[column]]", "[[colum]]", "colum", "did you mean column?"),
    "two sources of one name": (
        TOA5,
        "[[column]]",
        TOA5[: TOA5.index("[[column]]")] + "[[column]]",
        "source[2].id",
        "no other",
    ),
}


@pytest.mark.parametrize(("mapping", "old", "new", "place", "said"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_named_with_its_place(mapping, old, new, place, said):
    found = problems_of(mapping.replace(old, new, 2 if "source =" in old or old == "[[column]]" else 1))
    assert place in found, found
    assert said in found[place], found[place]


def test_all_faults_are_found_at_once():
    text = (
        TOA5.replace('"+05:00"', '"x"')
        .replace('unit = "Hz"', 'unit = "m"')
        .replace('channel = "t"', 'channel = "x"')
    )
    assert problems_of(text).keys() == {"source[north].time_zone", "column[1].unit", "column[2].channel"}


def test_the_page_s_own_lines_are_read():
    page = (EXAMPLE.parents[1] / "imports.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:    .*\n|\n(?=    ))+", page)
    described, mapping = (next(one for one in blocks if head in one) for head in ("[[foreign]]", "[[source]]"))
    dam = DAM.read_text(encoding="utf-8") + textwrap.dedent(described)
    sources = parse_sources(textwrap.dedent(mapping), parse_site(dam))
    assert [one.channels for one in sources] == [("p1_frequency",)]
