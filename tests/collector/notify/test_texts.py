"""The words of every form in both languages: level first, exercise before it, nothing smuggled or promised."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector import events
from collector.notify import words
from collector.notify.compose import compose
from collector.web.words import UNIT_WORDS
from seepline.notices import sms
from seepline.notices.kinds import KINDS
from seepline.quantities import QUANTITIES
from seepline.thresholds import Level
from tests.collector.notify.notices import RED, notice

FORMS = ("mail", "sms", "voice", "data")
NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
PROMISE = re.compile(r"\bsafe\b|безопас|no danger|нет опасности", re.IGNORECASE)


class Tags(HTMLParser):
    """Collects the tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("href", "src")]


def tags(html: str) -> Tags:
    found = Tags()
    found.feed(html)
    return found


def test_a_mail_says_what_the_event_says_in_its_language_and_once_as_it_is_kept():
    kept = "P1 pore_pressure: acknowledged, Eva (operator): am Fuß; level red (above) at 2016-01-01 08:00:00 UTC."
    russian = "P1, поровое давление: подтверждено, Eva (оператор): «am Fuß»; уровень красный (выше), 2016-01-01"
    about = notice(kind="acknowledged", text=kept)
    letter, english = (compose(about, one, "mail").body for one in ("ru", "en"))
    assert (letter.count(russian), letter.count(kept)) == (1, 1)
    assert english.count(kept) == 1
    assert json.loads(compose(about, "ru", "data").body)["said"].startswith(russian)
    assert json.loads(compose(about, "ru", "data").body)["text"] == kept


def test_the_mail_of_a_red_as_it_is_read():
    letter = compose(RED, "en", "mail")
    assert letter.subject == "RED: TOE-P1 pore pressure 61.25 kPa, Test dam"
    assert letter.body.splitlines()[0] == "■ RED"
    for line in (
        "Limit: 60 kPa",
        "Local time: 2025-11-26 17:44:00 UTC+05:00",
        "UTC: 2025-11-26 12:44:00",
        "1. Evacuate the toe",
        "2. Call the engineer of record",
        "Told: Eva Engineer, Olga Operator",
        "Page: https://dam.example/alarms",
    ):
        assert line in letter.body.splitlines()
    assert tags(letter.html).addresses == ["https://dam.example/alarms"]
    assert "■ RED" in letter.html


def test_the_same_in_russian():
    letter = compose(RED, "ru", "mail")
    assert letter.subject == "КРАСНЫЙ: TOE-P1 поровое давление 61,25 кПа, Test dam"
    assert letter.body.splitlines()[0] == "■ КРАСНЫЙ"
    assert "Порог: 60 кПа" in letter.body
    assert 'lang="ru"' in letter.html


def test_a_text_message_of_a_red():
    site = {"site_name": "Тупольское", "actions": ("Вывести людей с низового откоса",)}
    letter = compose(notice(**site), "ru", "sms")
    expected = "КРАСНЫЙ Тупольское TOE-P1 поровое давление 61,25 кПа порог 60 26.11 17:44 Вывести людей"
    assert letter.body.startswith(expected)
    assert [len(part) <= 67 for part in letter.parts] == [True, True]
    english = compose(RED, "en", "sms").body
    assert english.startswith("RED Test dam TOE-P1 pore pressure 61.25 kPa limit 60 26.11 17:44 Evacuate the toe;")
    assert len(sms.parts(english)) == 1


def test_a_cyrillic_name_does_not_halve_an_english_message():
    assert compose(notice(site_name="Тупольское"), "en", "sms").body.startswith("RED dam TOE-P1 ")


def test_a_sentence_to_be_read_aloud():
    said = compose(notice(value=-61.25), "en", "voice").body
    assert said.startswith(
        "Red. Message of the dam Test dam. Point TOE P 1. Pore pressure: minus 61 point 25 kilopascals."
    )
    assert said.count("The limit is 60 kilopascals.") == 2
    assert "Поровое давление: 61 запятая 25 килопаскалей." in compose(RED, "ru", "voice").body


def test_json_is_as_documented():
    said = json.loads(compose(RED, "en", "data").body)
    assert list(said)[:3] == ["exercise", "schema", "version"]
    assert (said["schema"], said["version"], said["level"]) == ("seepline.notice", 1, "red")
    assert (said["time_ms"], said["time"]) == (RED.time_ms, "2025-11-26T12:44:00Z")
    assert said["local_time"] == "2025-11-26T17:44:00+05:00"


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("form", FORMS)
def test_an_exercise_is_marked_first(language, form):
    letter = compose(notice(exercise=True, kind="exercise_event"), language, form)
    first = {"en": ("exercise",), "ru": ("учени",)}[language]
    shown = letter.body.removeprefix('{"').lower()
    assert shown.startswith(first) or (form == "data" and shown.startswith('exercise": true'))
    if letter.subject:
        assert letter.subject.lower().startswith(first)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_kind_has_words_and_none_calls_a_dam_anything_good(kind, language):
    assert kind in words.KIND_WORDS
    for level in Level:
        about = notice(kind=kind, level=level, from_level=None, to_level=None, value=None, limit=None)
        for form in FORMS:
            letter = compose(about, language, form)
            assert letter.body
            assert not PROMISE.search(f"{letter.subject} {letter.body} {letter.html}")


def test_what_is_told_is_a_kind_of_event_with_words():
    assert set(words.KIND_WORDS) >= set(KINDS)
    assert set(words.KIND_WORDS) <= set(KINDS) | set(events.KINDS) | {"test"}


@pytest.mark.parametrize("unit", sorted({one.unit for one in QUANTITIES.values()}))
def test_every_unit_is_written_and_spoken(unit):
    assert unit in UNIT_WORDS
    assert unit in words._SPOKEN_UNITS


def test_a_level_that_ended_says_so_and_green_promises_nothing():
    down = notice(from_level=Level.RED, to_level=Level.GREEN, actions=())
    assert compose(down, "en", "mail").subject.startswith("RED: ended, now green, TOE-P1 ")
    assert compose(down, "ru", "sms").body.startswith("КРАСНЫЙ снят, теперь зелёный Test dam TOE-P1 ")
    green = notice(level=Level.GREEN, kind="assessed")
    assert "Green means that no trigger is exceeded, and nothing more." in compose(green, "en", "mail").body


def test_what_has_no_level_begins_with_what_it_is_about():
    silent = notice(
        kind="silence", level=Level.GREEN, point="", point_name="", logger="pond", value=None, limit=None
    )
    assert compose(silent, "en", "mail").subject == "INSTRUMENT: logger is silent, pond pore pressure, Test dam"
    assert compose(silent, "ru", "sms").body.startswith("ПРИБОР логгер молчит Test dam pond ")


def test_a_rate_is_per_hour():
    rate = notice(direction="rate_up", value=0.5, limit=0.4)
    assert "0.5 kPa/h" in compose(rate, "en", "sms").body
    assert "0 point 5 kilopascals per hour" in compose(rate, "en", "voice").body


@given(NAMES, NAMES, NAMES)
def test_names_reach_no_header_no_tag_and_no_line_of_their_own(site, point, action):
    about = notice(site_name=site, point_name=point, actions=(f"<script>{action}",))
    letter = compose(about, "en", "mail")
    assert set(tags(letter.html).tags) <= {
        "html", "head", "meta", "title", "body", "h1", "h2", "table", "tr", "th", "td", "ol", "li", "p", "a",
    }  # fmt: skip
    assert tags(letter.html).addresses == ["https://dam.example/alarms"]
    assert json.loads(compose(about, "en", "data").body)["site_name"] == site
    text = compose(about, "ru", "sms").body
    assert "\n" not in text
    assert "\r" not in text


@given(st.text("АБВГабвг XYZ", min_size=1, max_size=150), st.text("АБВ-123", min_size=1, max_size=40))
def test_level_place_and_value_stand_in_every_text_message(site, point):
    about = notice(site_name=site, point_name=point)
    for language, level, value in (("en", "RED", "61.25 kPa"), ("ru", "КРАСНЫЙ", "61,25 кПа")):
        text = compose(about, language, "sms").body
        assert text.startswith(level)
        assert value in text
        assert f" {sms.plain(point)} " in text or " TOE-P1 " in text
        assert len(sms.parts(text)) <= 2
