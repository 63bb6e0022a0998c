"""Somebody is always on duty, whatever summer time does."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as some

from seepline.notices.contacts import Contact, Contacts, General, Rota, Turn
from seepline.notices.rota import Swap, gaps, on_duty, overlaps, spans, utc_ms

ZONES = ("Asia/Dushanbe", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca")
DAY_MS = 86_400_000
PEOPLE = tuple(Contact(person=one, name=one.title(), language="en") for one in ("anna", "boris", "vera"))


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def plan(zone: str, *turns: Turn) -> Contacts:
    return Contacts(
        general=General(digest_s=1),
        contacts=PEOPLE,
        channels=(),
        rotas=(Rota(id="duty", timezone=zone),),
        turns=turns,
    )


def turn(**more) -> Turn:
    known = {"rota": "duty", "persons": ("anna", "boris"), "first": "2026-01-05", "days": 7}
    return Turn(**known | {"begins": "08:00", "ends": "08:00"} | more)


clocks = some.builds("{:02d}:{:02d}".format, some.integers(0, 23), some.sampled_from((0, 30)))


@settings(max_examples=60, deadline=None)
@given(some.sampled_from(ZONES), clocks, some.integers(1, 9), some.integers(0, 700), some.integers(0, DAY_MS - 1))
def test_whole_day_turns_leave_no_gap_and_no_overlap(zone, clock, days, day, within_ms):
    contacts = plan(zone, turn(begins=clock, ends=clock, days=days))
    at_ms = ms("2026-02-01") + day * DAY_MS + within_ms
    found = on_duty(contacts, (), "duty", at_ms)
    assert len(found.persons) == 1
    assert not found.gap
    (rota,) = contacts.rotas
    assert gaps(contacts, rota, at_ms, at_ms + 10 * DAY_MS) == []
    assert overlaps(contacts, rota, at_ms, at_ms + 10 * DAY_MS) == []


@settings(max_examples=50, deadline=None)
@given(some.sampled_from(ZONES), clocks, clocks, clocks, some.integers(0, 700), some.integers(0, DAY_MS - 1))
def test_gaps_are_where_nobody_is_planned_and_then_everybody_is_called(zone, begins, ends, second, day, within_ms):
    contacts = plan(zone, turn(begins=begins, ends=ends), turn(persons=("vera",), begins=ends, ends=second))
    from_ms = ms("2026-02-01") + day * DAY_MS
    at_ms = from_ms + within_ms
    (rota,) = contacts.rotas
    in_gap = any(begin <= at_ms < end for begin, end in gaps(contacts, rota, from_ms, from_ms + DAY_MS))
    found = on_duty(contacts, (), "duty", at_ms)
    assert found.gap == in_gap
    assert set(found.persons) == {"anna", "boris", "vera"} if in_gap else found.persons


def test_night_shifts_meet_day_shifts_over_the_night_that_lacks_an_hour():
    zone = "Europe/Berlin"
    contacts = plan(zone, turn(ends="20:00"), turn(persons=("vera",), begins="20:00"))
    (rota,) = contacts.rotas
    assert gaps(contacts, rota, ms("2026-03-27"), ms("2026-03-31")) == []
    night = spans([contacts.turns[1]], ZoneInfo(zone), ms("2026-03-29"), ms("2026-03-29") + 1)
    assert [(span.end_ms - span.begin_ms) // 3_600_000 for span in night] == [11]


def test_a_clock_time_that_comes_twice_is_its_first_and_one_that_is_left_out_comes_later():
    berlin = ZoneInfo("Europe/Berlin")
    assert utc_ms(date(2026, 10, 25), "02:30", berlin) == ms("2026-10-25T00:30")
    assert utc_ms(date(2026, 3, 29), "02:30", berlin) == ms("2026-03-29T01:30")


def test_a_swap_holds_for_its_time_and_the_later_of_two_counts():
    contacts, at_ms = plan("Asia/Dushanbe", turn()), ms("2026-01-06")
    swap = Swap(rota="duty", person="vera", instead_of="anna", from_ms=at_ms, until_ms=at_ms + DAY_MS, at_ms=1)
    again = replace(swap, person="boris", at_ms=2, instead_of="")
    assert on_duty(contacts, (swap,), "duty", at_ms - 1).persons == ("anna",)
    assert on_duty(contacts, (swap,), "duty", at_ms).persons == ("vera",)
    assert on_duty(contacts, (swap,), "duty", at_ms + DAY_MS).persons == ("anna",)
    assert on_duty(contacts, (again, swap), "duty", at_ms).persons == ("boris",)
    assert on_duty(contacts, (replace(swap, instead_of="boris"),), "duty", at_ms).persons == ("anna",)


def test_a_swap_with_somebody_who_has_no_contact_calls_everybody():
    contacts, at_ms = plan("Asia/Dushanbe", turn()), ms("2026-01-06")
    swap = Swap(rota="duty", person="ghost", instead_of="", from_ms=at_ms, until_ms=at_ms + DAY_MS)
    found = on_duty(contacts, (swap,), "duty", at_ms)
    assert found.gap
    assert found.persons == ("anna", "boris")
