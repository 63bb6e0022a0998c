"""notify.toml: every fault at once, each with its place, what stands there and what should."""

from dataclasses import dataclass

import pytest

from seepline.notices.channel import ChannelKind
from seepline.notices.contacts_file import parse_contacts
from seepline.notices.told_to import sheet_by
from seepline.toml_file import Faulty

GOOD = """
[notify]
digest_s = 3600
[[contact]]
person = "olga"
name = "Olga"
language = "ru"
mail = "olga@mine.example"
[[tell]]
level = "instrument"
who = ["olga"]
[[tell]]
level = "service"
who = ["olga"]
[[channel]]
id = "mail"
kind = "mail"
level = "yellow"
host = "mail.mine.example"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    host: str


KINDS = {
    "mail": ChannelKind(
        settings=MailSettings,
        address="mail",
        form="mail",
        faults=lambda one: [("host", repr(one.host), "a name")] if "@" in one.host else [],
    ),
    "sms": ChannelKind(settings=MailSettings, address="phone", form="sms"),
    "voice": ChannelKind(settings=MailSettings, address="voice", form="voice"),
}


def faults(text: str) -> list[str]:
    with pytest.raises(Faulty) as caught:
        parse_contacts(text, KINDS)
    return [str(one) for one in caught.value.problems]


def test_a_good_file_is_read():
    found = parse_contacts(GOOD, KINDS)
    assert found.contact("olga").mail == "olga@mine.example"
    assert found.channels[0].settings == MailSettings(host="mail.mine.example")
    assert found.load is None
    assert "mail.mine" not in repr(found.channels[0])  # settings may name files of secrets


def test_all_faults_come_at_once():
    bad = GOOD.replace("3600", "0").replace('"ru"', '"tg"').replace('kind = "mail"', 'kind = "smtp"')
    bad = bad.replace('level = "service"', 'level = "servise"') + 'colour = "red"\n[[sms]]\nid = "x"\n'
    assert [one.partition(":")[0] for one in faults(bad)] == [
        "sms",
        "notify.digest_s",
        "contact[1].language",
        "tell[2].level",
        "channel[1].kind",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[group]]\nid = "olga"\nmembers = ["olga"]\n', "a name that no other contact, group or rota has"),
        ('[[group]]\nid = "operator"\nmembers = ["olga"]\n', "a name that is no role"),
        ('[[group]]\nid = "g"\nmembers = ["olg"]\n', "did you mean 'olga'"),
        ('[[tell]]\nlevel = "red"\nwho = ["nobody"]\n', "a contact, a group, a rota or a role"),
        ('[[tell]]\nlevel = "red"\nwho = []\n', "at least one name"),
        ('[[escalation]]\nstep = 2\nwho = ["olga"]\n', "steps are counted from 1"),
        ('[[rota]]\nid = "duty"\ntimezone = "Asia/Dushanbe"\n', 'a [[turn]] with rota = "duty"'),
        (
            '[[contact]]\nperson = "p"\nname = "P"\nlanguage = "en"\nphone = "+1"\n',
            "no address that a [[channel]] uses",
        ),
        ('[watchdog]\nevery_s = 60\nmethod = "GET"\n', "address or address_file, one of them"),
        ('[watchdog]\nevery_s = 60\nmethod = "GET"\naddress = "ping"\n', "http:// or https://"),
        ("[load]\nper_hour = 6\n", "load.per_10_min: found nothing"),
    ],
)
def test_what_does_not_fit_together_is_told(more, said):
    assert any(said in one for one in faults(GOOD + more)), faults(GOOD + more)


def test_a_morning_sheet_goes_by_channels_that_reach_its_reader():
    text = GOOD.replace("digest_s", 'morning_at = "07:00"\ndigest_s')
    text += '[[channel]]\nid = "call"\nkind = "voice"\nlevel = "red"\nhost = "x"\n'
    text += '[[channel]]\nid = "modem"\nkind = "sms"\nlevel = "red"\nhost = "x"\n'
    wanted = 'language = "ru"\nvoice = "+1"\nmorning_sheet = true\nmorning_by = '
    good = parse_contacts(text.replace('language = "ru"', f'{wanted}["mail"]'), KINDS)
    assert sheet_by(good, good.contacts[0]) == ["mail"]
    old = parse_contacts(text.replace('language = "ru"', 'language = "ru"\nmorning_sheet = true'), KINDS)
    assert sheet_by(old, old.contacts[0]) == ["mail"]
    place = "contact[1].morning_by"
    assert faults(text.replace('language = "ru"', f'{wanted}["call", "modem", "mial"]')) == [
        f"{place}[1]: found 'call'; expected a channel of another kind: nobody is called for a morning sheet",
        f"{place}[2]: found 'modem'; expected a channel that reaches this contact: phone is not stated",
        f"{place}[3]: found 'mial'; expected the id of a [[channel]]; did you mean mail?",
    ]
    assert faults(text.replace('language = "ru"', 'language = "ru"\nmorning_by = ["mail"]')) == [
        f"{place}: found no morning_sheet; expected morning_sheet = true beside it"
    ]


def test_a_morning_sheet_needs_its_time():
    wanted = GOOD.replace('language = "ru"', 'language = "ru"\nmorning_sheet = true')
    assert faults(wanted) == [
        "notify.morning_at: found nothing; expected the local time of the morning sheet, such as '07:00'"
    ]


def test_nobody_for_the_collector_s_own_troubles_is_a_fault():
    assert "nobody at service" in faults(GOOD.replace('level = "service"', 'level = "yellow"'))[0]


def test_a_channel_s_own_faults_have_their_place():
    assert faults(GOOD.replace("mail.mine.example", "a@b", 2).replace("olga@a@b", "olga@x"))[0].startswith(
        "channel[1].host"
    )
