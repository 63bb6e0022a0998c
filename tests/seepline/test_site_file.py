"""Reading SITE.toml: its bytes, its TOML, the shape of each entry; everything wrong is reported at once."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.site import Site
from seepline.site_file import SiteError, parse_site, read_site
from seepline.site_rules.draft import Problem

DEMO_FILE = Path("simulator/demo/site.toml")
DEMO = DEMO_FILE.read_text(encoding="utf-8")
LINES = DEMO.splitlines()
POND = '[[logger]]\nid = "pond"\n'


def edited(anchor: str, old: str, new: str, text: str = DEMO) -> str:
    """Return the text with the first `old` at or after `anchor` replaced."""
    start = text.index(anchor)
    at = text.index(old, start)
    return text[:at] + new + text[at + len(old) :]


def problems_of(text: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(SiteError) as caught:
        parse_site(text)
    return {problem.path: (problem.found, problem.expected) for problem in caught.value.problems}


def only_problem(path: Path) -> tuple[str, str, str]:
    with pytest.raises(SiteError) as caught:
        read_site(path)
    (problem,) = caught.value.problems
    return problem.path, problem.found, problem.expected


def test_a_file_that_is_there_is_read():
    assert read_site(DEMO_FILE).info.name == "Mukilteo demo dam"


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path):
    assert only_problem(tmp_path / "none.toml")[:2] == (str(tmp_path / "none.toml"), "No such file or directory")
    assert only_problem(tmp_path)[:2] == (str(tmp_path), "Is a directory")


def test_a_byte_that_is_not_utf_8_is_named_with_its_place(tmp_path: Path):
    path = tmp_path / "site.toml"
    path.write_bytes(b'[site]\nname = "D\xe4mm"\n')
    place, found, expected = only_problem(path)
    assert place == str(path)
    assert found == "byte 0xe4 at byte 16 (line 2), which is not UTF-8"
    assert expected == "text saved as UTF-8"


def test_a_huge_file_is_not_read_whole(tmp_path: Path):
    path = tmp_path / "site.toml"
    with path.open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    assert only_problem(path)[1] == "more than 16777216 bytes"


def test_a_mistake_in_the_toml_is_named_with_line_and_column(tmp_path: Path):
    path = tmp_path / "site.toml"
    path.write_text("[site]\nid = demo\n", encoding="utf-8")
    place, found, _ = only_problem(path)
    assert place == str(path)
    assert "line 2, column 6" in found


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5_000], ids=["nested", "long number"])
def test_toml_that_python_cannot_hold_is_a_problem_too(text: str):
    assert list(problems_of(text)) == ["SITE.toml"]


def test_an_empty_file_lacks_a_site():
    assert problems_of("") == {"site": ("nothing", "one [site] table")}


def test_the_shape_of_every_value_is_checked_and_all_of_it_reported_at_once():
    text = edited(POND, "serial = 116003", 'serial = "abc"')
    text = edited(POND, "address = 3", "adress = 3", text)
    text = edited(POND, "scan_s = 900", "scan_s = true", text)
    text = edited('[[point]]\nid = "POND"', "critical = true", 'critical = "yes"', text)
    text = edited('[[point]]\nid = "POND"', "elevation_m = 48.0", "elevation_m = nan", text)
    text = edited('[[calibration]]\nid = "vw-toe"', "factor = 0.05", "factor = false", text)
    text = edited('[[calibration]]\nid = "vw-toe"', "R0 = 8900.0", "R0 = inf", text)
    text = edited('[[calibration]]\nid = "rain-pond"', "{ resolution = 0.254 }", "0.254", text)
    text = edited("[[profile]]", "[0.0, 60.0]", "[0.0]", text)
    text = edited("[[threshold]]", 'direction = "above"', 'direction = "over"', text)
    assert problems_of(text) == {
        "profile[1].line[4][2]": ("nothing", "a list of [x m, elevation m] pairs"),
        "logger[pond].serial": ("'abc'", "a whole number"),
        "logger[pond].address": ("nothing", "a whole number"),
        "logger[pond].adress": ("an unknown key", "a known name; did you mean address?"),
        "logger[pond].scan_s": ("true", "a whole number"),
        "point[POND].critical": ("'yes'", "true or false"),
        "point[POND].elevation_m": ("nan", "a number"),
        "calibration[vw-toe:1].thermal.factor": ("false", "a text in quotes or a number"),
        "calibration[vw-toe:1].zero.R0": ("inf", "a number"),
        "calibration[rain-pond:1].coefficients": ("0.254", "a table { key = value }"),
        "threshold[1].direction": ("'over'", 'one of "above", "below", "rate_up", "rate_down"'),
    }


def test_shape_values_and_rules_are_reported_together():
    text = edited("[site]", "timezone =", "time_zone =")
    text = edited(POND, "address = 3", "address = 2", text)
    text = edited('id = "battery"', 'unit = "mV"', "", text)
    text = edited('[[calibration]]\nid = "vw-toe"', '"R1-R0"', '"digits"', text)
    text = edited('point = "POND"\nquantity', "deadband = 0.05", "deadband = -0.05", text)
    assert set(problems_of(text)) == {
        "site.timezone",
        "site.time_zone",
        "logger[pond].address",
        "channel[waterton-a/battery].unit",
        "calibration[vw-toe:1].sign",
        "threshold[3].deadband",
    }


def test_an_entry_that_cannot_be_read_brings_no_complaint_about_what_depends_on_it():
    for anchor, old in (
        (POND, "scan_s = 900"),
        ('id = "toe_frequency"', 'unit = "Hz"'),
        ('[[point]]\nid = "POND"', "critical = true"),
        ('[[instrument]]\nid = "vw-toe"', 'maker = "invented for the demo"'),
        ('[[assignment]]\npoint = "TOE-P1"', "valid_from = 2015-01-01T00:00:00Z"),
        ('[[calibration]]\nid = "vw-toe"', 'output_unit = "kPa"'),
        ("[[threshold_set]]", 'source = "invented for the demo"'),
        ("[[gateway]]", 'id = "gw1"'),
    ):
        found = problems_of(edited(anchor, old, ""))
        key = old.split(" =", maxsplit=1)[0]
        assert [path.rsplit(".", maxsplit=1)[-1] for path in found][:1] == [key], found
        assert len(found) == (2 if key == "id" else 1), found


@pytest.mark.parametrize(
    "date", ["2015-01-01T00:00:00", "2015-01-01", "07:32:00", "1420070400", '"2015-01-01T00:00:00Z"']
)
def test_a_date_without_offset_is_refused(date: str):
    text = edited("[[threshold_set]]", "2015-01-01T00:00:00Z", date)
    expected = "a date and time with offset, such as 2015-12-01T00:00:00Z"
    assert problems_of(text)["threshold_set[demo-1].valid_from"][1] == expected


def test_a_date_with_any_offset_is_the_same_moment():
    text = edited("[[threshold_set]]", "2015-01-01T00:00:00Z", "2015-01-01T05:00:00.250+05:00")
    assert parse_site(text).threshold_sets[0].valid_from_ms == 1_420_070_400_250


def test_the_key_of_a_date_has_no_unit_in_the_file():
    found = problems_of(edited("[[threshold_set]]", "valid_from =", "valid_from_ms ="))
    assert found["threshold_set[demo-1].valid_from_ms"] == (
        "an unknown key",
        "a known name; did you mean valid_from?",
    )


def test_unknown_tables_are_named():
    found = problems_of(DEMO.replace("[[gateway]]", "[[gatway]]") + "\n[[zzz]]\n")
    assert found["gatway"] == ("an unknown table or key", "a known name; did you mean gateway?")
    assert found["zzz"][1].startswith("one of action, assignment, baseline, bus, calibration, c")
    assert found["bus[bus1].gateway"][1] == "the id of a [[gateway]]"


def test_a_table_in_single_brackets_is_named():
    found = problems_of(DEMO.replace("[[gateway]]", "[gateway]"))
    assert found["gateway"] == ("a table", "[[gateway]] in double brackets")


def test_entries_with_the_same_name_are_numbered():
    text = edited('[[logger]]\nid = "pond"', '"pond"', '"mvd116"')
    text = edited('[[logger]]\nid = "waterton-a"', "address = 2", "address = 0", text)
    found = problems_of(text)
    assert found["logger[3].id"][0] == "'mvd116', as in logger[1]"
    assert "logger[waterton-a].address" in found


def test_a_number_beyond_64_bits_is_refused_in_a_short_sentence():
    text = edited(POND, "scan_s = 900", "scan_s = 0x" + "f" * 9_000)
    assert problems_of(text) == {"logger[pond].scan_s": ("a number of more than 64 bits", "a whole number")}


def test_an_error_is_one_sentence_for_each_problem():
    with pytest.raises(SiteError, match=re.escape("logger[pond].address: found 0; expected a Modbus address")):
        parse_site(edited(POND, "address = 3", "address = 0"))


_VALUES = st.one_of(
    st.sampled_from(
        ["0", "-1", "1e308", "nan", "inf", "true", '""', '"A"', "[]", "[[1, 2], [3]]", "{}", "{ sign = 1 }",
         "2015-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "'\\u0000'", '"\\u0007"',
         "0xffffffffffffffffffff", '{ form = "steinhart_hart", A = 0, B = 0, C = 0 }', "{ c0 = 1, c99999 = 2 }",
         "{ length1_m = 1e308 }"]
    ),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)  # fmt: skip
_KEYS = sorted({line.split(" =")[0] for line in LINES if " = " in line and not line.startswith(("#", " "))})


def read_or_problems(text: str) -> tuple[Site | None, tuple[Problem, ...]]:
    try:
        return parse_site(text), ()
    except SiteError as error:
        return None, error.problems


def mutated(line: int, what: str, key: str, value: str) -> str:
    lines = list(LINES)
    own_key = lines[line].split(" =")[0]
    lines[line : line + 1] = {
        "value": [f"{own_key} = {value}"],
        "key": [lines[line].replace(own_key, key, 1)],
        "gone": [],
        "twice": [lines[line]] * 2,
        "more": [lines[line], f"{key} = {value}"],
        "table": [lines[line], f"[[{key}]]", "id = 'x'"],
    }[what]
    return "\n".join(lines)


@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["value", "value", "value", "key", "gone", "twice", "more", "table"]),
    st.sampled_from(_KEYS),
    _VALUES,
)
def test_whatever_one_line_becomes_the_answer_is_a_site_or_its_problems(line, what, key, value):
    site, problems = read_or_problems(mutated(line, what, key, value))
    assert isinstance(site, Site) != bool(problems)
    assert all(problem.path and problem.found and problem.expected for problem in problems)


_TOML_VALUE = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
    max_leaves=5,
)


_TABLE = st.sampled_from(["site", "logger", "channel", "calibration", "threshold", "assignment"])


@given(st.lists(st.tuples(_TABLE, st.dictionaries(st.sampled_from(_KEYS), _TOML_VALUE, max_size=6)), max_size=4))
def test_a_file_of_nonsense_gives_problems_and_nothing_else(tables):
    text = "\n".join(
        "\n".join((f"[[{table}]]", *(f"{key} = {value}" for key, value in entries.items())))
        for table, entries in tables
    )
    with pytest.raises(SiteError):
        parse_site(text)
