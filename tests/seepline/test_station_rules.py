"""Third-party stations in SITE.toml: each rule broken in one place, told with its place, all at once."""

from pathlib import Path

import pytest

from gateway.instruments.profile_file import ProfileError
from gateway.instruments.station import demands_on, profile_rules, profiles_of
from gateway.loggers.utilisation import loads
from seepline.site_file import SiteError, parse_site

SITE = """
[site]
id = "dam"
name = "Dam"
timezone = "UTC"
datum = "local"
grey_above_share = 0.5
demo = true

[[gateway]]
id = "gw1"

[[bus]]
id = "bus1"
gateway = "gw1"
baud = 9600
parity = "even"

[[logger]]
id = "a"
serial = 1
bus = "bus1"
address = 1
scan_s = 900
silence_s = 3600

[[station]]
id = "k1"
profile = "keller-30-40"
bus = "bus1"
address = 5
scan_s = 900
silence_s = 3600

[[station]]
id = "cr6"
profile = "campbell-table"
tcp = "192.0.2.7:502"
gateway = "gw1"
address = 1
scan_s = 60
silence_s = 600
settings = { word_order = "low_first" }

[[channel]]
id = "pressure"
logger = "k1"
field = "p1"
unit = "kPa"

[[channel]]
id = "level"
logger = "cr6"
field = "value3"
unit = "m"
"""
HERE = Path()


def problems_of(text: str) -> dict[str, str]:
    with pytest.raises(SiteError) as caught:
        parse_site(text, more_rules=profile_rules(HERE))
    return {one.path: f"{one.found} | {one.expected}" for one in caught.value.problems}


def test_a_site_with_stations_has_no_problem():
    site = parse_site(SITE, more_rules=profile_rules(HERE))
    assert [station.id for station in site.stations] == ["k1", "cr6"]
    assert set(site.source_by_id) == {"a", "k1", "cr6"}
    assert site.channel_by_name["cr6/level"].field == "value3"
    assert profiles_of(site, HERE).keys() == {"k1", "cr6"}


K1, CR6, LEVEL = 'id = "k1"', 'id = "cr6"', 'id = "level"'
BROKEN = {
    "a bus and an address": (
        ('bus = "bus1"\naddress = 5', 'bus = "bus1"\ntcp = "h:502"\naddress = 5'),
        "station[k1].tcp",
        "'h:502' beside bus 'bus1' | one of both",
    ),
    "neither": (('bus = "bus1"\naddress = 5', "address = 5"), "station[k1].bus", "a bus, or tcp and gateway"),
    "an unknown bus": (('bus = "bus1"\naddress = 5', 'bus = "bus2"\naddress = 5'), "station[k1].bus", "bus1?"),
    "no gateway": (('gateway = "gw1"\naddress', "address"), "station[cr6].gateway", "the id of a [[gateway]]"),
    "a gateway beside a bus": (
        ('bus = "bus1"\naddress = 5', 'bus = "bus1"\ngateway = "gw1"\naddress = 5'),
        "station[k1].gateway",
        "that of the bus",
    ),
    "no host and port": (('"192.0.2.7:502"', '"192.0.2.7"'), "station[cr6].tcp", "a host and a port"),
    "a logger's address": (("address = 5", "address = 1"), "station[k1].address", "logger[a] has on bus bus1 too"),
    "a logger's id": ((K1, 'id = "a"'), "station[a].id", "an id that no logger has"),
    "silence below scan": (("silence_s = 600", "silence_s = 60"), "station[cr6].silence_s", "more than scan_s"),
    "no field": (('field = "value3"\n', ""), "channel[cr6/level].field", "a field of the station's profile"),
    "a slot": (('field = "value3"', 'field = "value3"\nslot = 1'), "channel[cr6/level].slot", "only a logger's"),
    "a field of a logger": (('logger = "cr6"', 'logger = "a"'), "channel[a/level].field", "only a channel of"),
    "no place in the record": (('logger = "cr6"', 'logger = "a"'), "channel[a/level].block", "nothing | a block"),
    "no kind": (('logger = "cr6"', 'logger = "a"'), "channel[a/level].kind", "nothing | one of current"),
    "a stranger": (
        ('logger = "cr6"', 'logger = "cr5"'),
        "channel[cr5/level].logger",
        "[[logger]], [[station]] or",
    ),
    "an unknown profile": (
        ('"keller-30-40"', '"keller-3040"'),
        "station[k1].profile",
        "did you mean keller-30-40?",
    ),
    "a profile that is not there": (
        ('"keller-30-40"', '"mine.toml"'),
        "station[k1].profile.mine.toml",
        "can be read",
    ),
    "an unknown field": (('"p1"', '"p9"'), "channel[k1/pressure].field", "(profile keller-30-40)"),
    "another unit": (('"kPa"', '"bar"'), "channel[k1/pressure].unit", "'bar' | 'kPa', the unit of field p1"),
    "a baud it does not know": (("baud = 9600", "baud = 19200"), "station[k1].bus", "a bus at 9600, 115200"),
    "no setting": (('{ word_order = "low_first" }', "{}"), "station[cr6].settings.word_order", "nothing | "),
    "a wrong setting": (('"low_first"', '"last"'), "station[cr6].profile.device.word_order", "'last' | one of"),
}


@pytest.mark.parametrize(("change", "place", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_each_rule(change, place, words):
    assert change[0] in SITE
    assert words in problems_of(SITE.replace(*change))[place]


def test_everything_at_once():
    text = (
        SITE.replace('"p1"', '"p9"').replace("silence_s = 600", "silence_s = 60").replace('"low_first"', '"last"')
    )
    assert {"channel[k1/pressure].field", "station[cr6].silence_s", "station[cr6].profile.device.word_order"} <= (
        problems_of(text).keys()
    )


def test_two_stations_may_share_an_address_at_different_places_only():
    second = '\n[[station]]\nid = "cr7"\nprofile = "campbell-table"\ntcp = "192.0.2.7:502"\ngateway = "gw1"\n'
    second += 'address = 1\nscan_s = 60\nsilence_s = 600\nsettings = { word_order = "low_first" }\n'
    assert "192.0.2.7:502 too" in problems_of(SITE + second)["station[cr7].address"]
    parse_site(SITE + second.replace("192.0.2.7", "192.0.2.8"), more_rules=profile_rules(HERE))


def test_a_field_belongs_to_one_channel():
    twice = '\n[[channel]]\nid = "again"\nlogger = "cr6"\nfield = "value3"\nunit = "m"\n'
    assert "as in channel[cr6/level]" in problems_of(SITE + twice)["channel[cr6/again].field"]


def test_a_gateway_is_told_what_check_tells():
    site = parse_site(SITE.replace('"p1"', '"p9"'))
    with pytest.raises(ProfileError, match=r"channel\[k1/pressure\].field: found 'p9'"):
        profiles_of(site, HERE)


def test_the_poll_plan_is_given_every_request_with_its_scan():
    site = parse_site(SITE)
    profiles = profiles_of(site, HERE)
    ((_, requests, scan_s, _),) = demands_on(site, profiles, site.buses[0])
    assert scan_s == 900
    assert [request.wire_bytes for request in requests] == [17]
    alone, together = loads(site)[0], loads(site, demands=lambda site, bus: demands_on(site, profiles, bus))[0]
    assert (alone.instruments, together.instruments) == (0, 1)
    assert together.requests == alone.requests + 1
    assert together.utilisation > alone.utilisation
