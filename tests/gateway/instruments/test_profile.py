"""Profile files: the shipped ones say only what is verified; a wrong one is told everything at once."""

import contextlib
import tomllib
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.instruments.profile_file import ProfileError, parse_profile, read_profile, shipped

HERE = Path()
GIVEN = {
    "keller-30-40": {},
    "geokon-6150f": {"trigger_register": 0x118, "error_register": 0x119, "wait_ms": 300},
    "campbell-table": {"word_order": "low_first"},
    "current-converter": {
        "function": 4, "first": 0, "type": "u16", "ma_per_count": 0.001, "word_order": "high_first",
    },
}  # fmt: skip

GOOD = """
[profile]
maker = "Anybody"
model = "Probe"
source = "manual, edition 3, page 12"
[device]
byte_order = "high_first"
word_order = "high_first"
pause_ms = 0
turn_round_ms = 50
most_registers = 4
read_gaps = false
bauds = [9600]
parities = ["none"]
[field.level]
function = 3
register = 10
type = "i32"
scale = 0.001
unit = "m"
"""


def faults(text: str, settings=()) -> dict[str, str]:
    with pytest.raises(ProfileError) as refused:
        parse_profile(text, "mine.toml", dict(settings))
    return {one.path: f"found {one.found}; expected {one.expected}" for one in refused.value.problems}


def test_every_shipped_profile_can_be_read_with_what_the_site_must_say():
    assert shipped().keys() == GIVEN.keys()
    for name, settings in GIVEN.items():
        profile = read_profile(name, HERE, settings)
        assert profile.fields
        assert profile.about.source


@pytest.mark.parametrize("name", ["geokon-6150f", "campbell-table", "current-converter"])
def test_what_is_not_verified_has_no_default(name):
    with pytest.raises(ProfileError) as refused:
        read_profile(name, HERE, {})
    missing = {one.path.removeprefix("settings.") for one in refused.value.problems}
    assert missing == set(GIVEN[name])
    assert all(one.found == "nothing" for one in refused.value.problems)


def test_the_geokon_profile_holds_only_what_was_read_in_the_manual():
    profile = read_profile("geokon-6150f", HERE, GIVEN["geokon-6150f"])
    assert set(profile.fields) == {"tilt_a", "error"}
    assert profile.fields["tilt_a"].first == 0x100
    assert profile.device.word_order == "low_first"


def test_values_stand_one_behind_the_other():
    floats = read_profile("campbell-table", HERE, {"word_order": "low_first", "first": 100})
    assert floats.fields["value3"].first == 104
    assert floats.fields["coil3"].first == 2
    words = read_profile("current-converter", HERE, GIVEN["current-converter"])
    assert words.fields["loop3"].first == 2


def test_a_good_profile_of_ones_own(tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD)
    assert read_profile("mine.toml", tmp_path, {}).fields["level"].registers == 2


def test_everything_wrong_is_told_at_once_with_its_place():
    text = GOOD + 'sentinels = "NaN"\nvalid = [5, 1]\n'
    for change in (
        ('"i32"', '"int32"'),
        ("scale = 0.001", "scale = 0"),
        ("register = 10", "register = -1"),
        ('maker = "Anybody"', 'maker = ""'),
        ("bauds = [9600]", "bauds = [9601]"),
        ("pause_ms = 0", "pause = 0"),
    ):
        text = text.replace(*change)
    found = faults(text)
    assert found.keys() == {
        "profile.maker",
        "device.pause",
        "device.pause_ms",
        "device.bauds",
        "field.level.type",
        "field.level.scale",
        "field.level.register",
        "field.level.sentinels",
        "field.level.valid",
    }
    assert found["field.level.register"] == "found -1; expected 0 to 65535"
    assert '"u16", "i16"' in found["field.level.type"]


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (("most_registers = 4", "most_registers = 1"), "field.level.type", "no value is read in two requests"),
        (("function = 3", "function = 1"), "field.level.type", '"bits" for functions 1 and 2'),
        (("register = 10", "register = 65535"), "field.level.place", "ends at register 65535"),
        (('unit = "m"', 'unit = "m"\nfault_field = "status"'), "field.level.fault_field", "one of the fields"),
        (("register = 10", 'register = "$first"'), "field.level.register", "a whole number"),
        (('word_order = "high_first"\n', ""), "device.word_order", '"high_first", "low_first"'),
        (("[field.level]", "[fields.level]"), "fields", "did you mean field?"),
        (("[profile]", "[[profile]]"), "profile", "a [profile] table"),
    ],
)
def test_each_kind_of_fault(change, place, words):
    assert change[0] in GOOD
    assert words in faults(GOOD.replace(*change))[place]


def test_settings_that_nobody_knows_or_that_have_the_wrong_type():
    text = GOOD.replace("register = 10", 'register = "$first"') + '[settings.first]\ntext = "from the manual"\n'
    assert parse_profile(text, "mine.toml", {"first": 10}).fields["level"].first == 10
    assert faults(text) == {"settings.first": "found nothing; expected from the manual"}
    assert "an unknown table or key" in faults(text, {"first": 1, "frist": 2})["settings.frist"]
    assert "a whole number" in faults(text, {"first": "ten"})["field.level.register"]


a_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([one for one in tomllib.loads(GOOD)]), st.data(), a_value)
def test_no_value_anywhere_gets_past_as_anything_but_a_profile_or_a_problem(table, data, value):
    document = tomllib.loads(GOOD)
    place = document[table]["level"] if table == "field" else document[table]
    key = data.draw(st.sampled_from(sorted(place)) | st.text(max_size=8))
    place[key] = value
    loads = mock.patch("gateway.instruments.profile_file.parse_toml", return_value=document)
    with loads, contextlib.suppress(ProfileError):
        assert parse_profile("", "mine.toml", {}).fields["level"]


def test_a_file_that_is_none(tmp_path):
    for name, words in (("keler-30-40", "did you mean keller-30-40?"), ("none.toml", "that can be read")):
        with pytest.raises(ProfileError, match=words):
            read_profile(name, tmp_path, {})
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match="UTF-8"):
        read_profile("bytes.toml", tmp_path, {})
    assert "TOML 1.0" in faults("= 1")["mine.toml"]
