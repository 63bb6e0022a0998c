"""gateway.toml and what it names: every fault at once, with its place; the example is read."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import gateway
from gateway.settings import parse_settings
from gateway.wiring import read_wiring, readable_by_all, reread
from seepline.cli import app
from seepline.toml_file import Faulty

EXAMPLE = Path(gateway.__file__).parent / "deploy" / "gateway.example.toml"
GOOD = EXAMPLE.read_text(encoding="utf-8")


def problems_of(text: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(Faulty) as caught:
        parse_settings(text, Path())
    return {one.path: (one.found, one.expected) for one in caught.value.problems}


def test_the_example_is_read():
    settings = parse_settings(GOOD, Path("/etc/seepline"))
    assert settings.path(settings.destinations[0].token_file) == Path("/etc/seepline/collector.token")
    assert settings.ports[0].direction == "hardware"
    assert settings.outbox.keep_days is None
    assert settings.scada is None


def test_every_key_that_the_example_shows_in_a_comment_is_one():
    lines = [
        line.removeprefix("# ") for line in GOOD.splitlines() if line.startswith(("# ", "[")) or " = " in line
    ]
    text = "\n".join(line for line in lines if line.startswith("[") or (" = " in line and not line[0].isupper()))
    settings = parse_settings(text, Path())
    assert settings.outbox.keep_days == 30
    assert settings.scada is not None
    assert settings.scada.allow == ("192.168.7.0/24",)
    assert settings.destinations[0].windows == ("22:00-04:30",)
    assert settings.local_alarm is not None
    assert (settings.local_alarm.pin, settings.local_alarm.proof_test_days) == (17, 31)


# (old text, new text, place, a part of what is said)
FAULTS = [
    ('id = "gw1"', 'id = "gw 1"', "gateway.id", "an id of letters"),
    ('id = "gw1"', "", "gateway.id", "a text in quotes"),
    ("[gateway]", "[gatway]", "gatway", "did you mean gateway?"),
    ('data = "/var/lib/seepline"', 'data = ""', "gateway.data", "the path of a folder"),
    ('direction = "hardware"', 'direction = "gpio"', "port[bus1].direction", "gpio:gpiochip0/17"),
    ('direction = "hardware"', "turn_round_s = 0", "port[bus1].turn_round_s", "more than 0"),
    ('direction = "hardware"', "direktion = 1", "port[bus1].direktion", "did you mean direction?"),
    ('bus = "bus1"', "", "port[1].bus", "a text in quotes"),
    ('kind = "seepline"', 'kind = "influx"', "destination[collector].kind", 'one of "seepline", "influxdb"'),
    (
        'kind = "seepline"',
        'kind = "influxdb"',
        "destination[collector].bucket",
        "the bucket that InfluxDB asks for",
    ),
    ('kind = "seepline"', 'kind = "seepline"\norg = "dam"', "destination[collector].org", "no such key"),
    ("https://collector.example:8443", "collector", "destination[collector].url", "an address such as https://"),
    ("https://collector.example:8443", "http://host:99999", "destination[collector].url", "an address such as"),
    ("https://collector.example:8443", "http://me:s3cret@host", "destination[collector].url", "without password"),
    ('token_file = "collector.token"', "", "destination[collector].token_file", "a text in quotes"),
    ("[outbox]", 'client_cert = "a.pem"\n[outbox]', "destination[collector].client_key", "belongs to client_cert"),
    ("[outbox]", "cap_bytes_per_s = 7\n[outbox]", "destination[collector].cap_bytes_per_s", "100 bytes a second"),
    ("[outbox]", 'windows = ["22-4"]\n[outbox]', "destination[collector].windows", "hours of UTC"),
    ("[outbox]", "[outbox]\nkeep_days = 6", "outbox.keep_days", "7 days or more"),
    ("[outbox]", '[scada]\nallow = ["plant"]\n[outbox]', "scada.allow", "addresses or networks"),
    ("[outbox]", "[local_alarm]\n[outbox]", "local_alarm", "pin, coil or sms_to"),
    ("[outbox]", "[local_alarm]\npin = 17\n[outbox]", "bundle", "signed limits alone"),
    ("[outbox]", "[local_alarm]\npin = 17\n[outbox]", "local_alarm.pin_signal", "belongs to pin"),
    ("[outbox]", "[local_alarm]\npin = 28\n[outbox]", "local_alarm.pin", "BCM number"),
    ("[outbox]", '[local_alarm]\ncoil = "192.168.7.9/1"\n[outbox]', "local_alarm.coil", "host:port/unit/coil"),
    ("[outbox]", '[local_alarm]\nsms_to = ["900"]\n[outbox]', "local_alarm.sms_to", "with their country"),
    ("[outbox]", '[local_alarm]\nsms_to = ["+992900000000"]\n[outbox]', "local_alarm.sms_settings", "sms_to"),
    ("127.0.0.1:9184", "9184", "metrics.listen", "address:port"),
    ("127.0.0.1:9184", "x" * 64 + ":9184", "metrics.listen", "address:port"),  # no name has such a label
    ("https://collector.example:8443", "https://a..example", "destination[collector].url", "an address such as"),
    ('data = "/var/lib/seepline"', 'data = "a\\u0000b"', "gateway.data", "the path of a folder"),
    (
        'token_file = "collector.token"',
        'token_file = "\\u0000"',
        "destination[collector].token_file",
        "the path of",
    ),
    ("127.0.0.1:9184", "127.0.0.1:70000", "metrics.listen", "address:port"),
    ('format = "auto"', 'format = "xml"', "log.format", 'one of "auto", "json", "text"'),
    ("[log]", '[[port]]\nbus = "bus1"\npath = "/dev/ttyUSB1"\n[log]', "port[2].bus", "another bus for each port"),
]


@pytest.mark.parametrize(("old", "new", "place", "says"), FAULTS)
def test_a_fault_is_named_with_its_place(old, new, place, says):
    assert old in GOOD
    found = problems_of(GOOD.replace(old, new, 1))
    assert place in found, found
    assert says in found[place][1]
    assert "s3cret" not in str(found)


def test_all_faults_come_at_once():
    text = GOOD.replace('id = "gw1"', 'id = "gw 1"').replace('"hardware"', '"wire"').replace('"auto"', '"xml"')
    assert list(problems_of(text)) == ["gateway.id", "log.format", "port[bus1].direction"]
    assert list(problems_of("")) == ["gateway", "destination"]


@given(
    st.text(max_size=300) | st.sampled_from(GOOD.splitlines()).map(lambda line: GOOD.replace(line, "x = [[1]]", 1))
)
def test_any_text_is_read_or_refused(text):
    try:
        parse_settings(text, Path())
    except Faulty as error:
        refused = error.problems
    else:
        refused = (None,)
    assert refused


# What gateway.toml and the files that it names say together.


@pytest.fixture
def write(tmp_path, demo_wiring):
    def write(old: str = "", new: str = "", *, more: str = "") -> Path:
        path = tmp_path / "gateway.toml"
        path.write_text(demo_wiring("/dev/ttyUSB0", "http://127.0.0.1:1").replace(old, new) + more)
        return path

    return write


def test_a_wiring_holds_its_token_and_does_not_show_it(write):
    wiring = read_wiring(write())
    assert wiring.tokens == {"collector": "s3cret"}
    assert "s3cret" not in repr(wiring)


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("id = 'gw1'", "id = 'gw9'", "gateway.id", "the id of a [[gateway]]"),
        ("bus = 'bus1'", "bus = 'bus9'", "port[bus9].bus", "did you mean bus1?"),
        ("bus = 'bus1'", "bus = 'bus9'", "port", "a [[port]] with bus"),
        ("= 'token'", "= 'nowhere'", "destination[collector].token_file", "seepline collector token"),
        ("= 'token'", "= 'two'", "destination[collector].token_file", "one token"),
        ("= 'token'", "= '/dev/zero'", "destination[collector].token_file", "one token"),
        ("= 'token'", "= 'pipe'", "destination[collector].token_file", "one token"),
        ("[[port]]", "[bundle]\npolicy = 'pipe'\n[[port]]", "bundle.policy: {folder}/pipe", "a policy file"),
        ("= 'token'", "= 'token'\nca_file = 'ca.pem'", "destination[collector].ca_file", "is there"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, write, old, new, place, says):
    (tmp_path / "two").write_text("one two")
    os.mkfifo(tmp_path / "pipe")  # nobody writes into it
    with pytest.raises(Faulty) as caught:
        read_wiring(write(old, new))
    found = {one.path: one.expected for one in caught.value.problems}
    assert says in found[place.format(folder=tmp_path)]


def test_faults_of_both_files_come_at_once(tmp_path, write):
    (tmp_path / "broken.toml").write_text("[site]\nid = 'x'\n")
    path = write("token_file = 'token'", "token_file = 'nowhere'")
    path.write_text(
        path.read_text().replace("data = 'data'", "data = 'data'").replace("site = '", "site = 'broken.toml' #")
    )
    result = CliRunner().invoke(app, ["gateway", "check", str(path), "--json"])
    assert result.exit_code == 2
    places = [one["path"] for one in json.loads(result.output)["problems"]]
    assert places[0] == "destination[collector].token_file"
    assert "site.name" in places


def test_check_says_what_is_wired(write):
    result = CliRunner().invoke(app, ["gateway", "check", str(write())])
    assert result.exit_code == 0
    assert "buses: bus1 on /dev/ttyUSB0" in result.output
    assert "s3cret" not in result.output


def test_a_secret_that_all_may_read_is_noticed(tmp_path, write):
    wiring = read_wiring(write())
    assert readable_by_all(wiring) == []
    (tmp_path / "token").chmod(0o644)
    assert readable_by_all(wiring) == [tmp_path / "token"]


def test_a_running_gateway_keeps_its_folder(write):
    before = read_wiring(write()).settings
    with pytest.raises(Faulty, match="restart the gateway"):
        reread(write("data = 'data'", "data = 'elsewhere'"), before)
    assert reread(write(more="[metrics]\n"), before).settings.metrics is not None
