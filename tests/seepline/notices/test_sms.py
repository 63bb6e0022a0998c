"""Text messages: 70 or 160 alone, 67 or 153 of several, and what must stand always stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.notices import gammu, sms
from seepline.notices.sms import Piece

CYRILLIC = st.text("АБВГДЕЁЖЗабвгдеёжз 0123456789.,", max_size=400)
GSM = st.text("ABCXYZabcxyz 0123456789.,{}[]€", max_size=400)
ANY = st.one_of(CYRILLIC, GSM, st.text(st.characters(exclude_categories=("Cs",)), max_size=400))
WORDS = st.text("АБВabc ", min_size=1, max_size=60).map(sms.plain).filter(bool)
PIECES = st.lists(st.builds(Piece, WORDS, st.integers(0, 5), st.booleans()), min_size=1, max_size=8)


def octets(part: str, gsm: bool) -> int:
    """Return what a part takes, counted another way than the module does."""
    if not gsm:
        return len(part.encode("utf-16-be"))
    septets = len(part) + sum(letter in "\f^{}\\[~]|€" for letter in part)
    return (septets * 7 + 7) // 8


@given(ANY)
def test_every_part_fits_and_nothing_is_lost(text):
    found, gsm = sms.parts(text), sms.is_gsm(text)
    assert "".join(found) == text
    room = 140 if len(found) == 1 else 134
    assert all(octets(part, gsm) <= room for part in found)


@given(ANY)
def test_no_part_more_than_needed(text):
    found, gsm = sms.parts(text), sms.is_gsm(text)
    places = octets(text, False) // 2 if not gsm else len(text) + sum(one in "\f^{}\\[~]|€" for one in text)
    if places <= (160 if gsm else 70):
        assert len(found) == 1
    else:  # at most one place of a part is left for a letter of two
        assert len(found) <= -(-places // (152 if gsm else 66))


@given(PIECES, st.integers(1, 3))
def test_what_must_stand_stands_in_its_order(pieces, most):
    text = sms.fitted(pieces, most)
    at = 0
    for piece in pieces:
        if piece.rank == 0:
            at = text.index(piece.text, at) + len(piece.text)
    alone = " ".join(piece.text for piece in pieces if piece.rank == 0)
    assert len(sms.parts(text)) <= max(most, len(sms.parts(alone)))


@given(PIECES, st.integers(1, 3))
def test_the_highest_rank_goes_first(pieces, most):
    text = sms.fitted(pieces, most)
    left = {piece.rank for piece in pieces if f" {piece.text} " in f" {text} "}
    gone = [piece.rank for piece in pieces if piece.rank and f" {piece.text[:8]}" not in f" {text}"]
    assert all(rank >= min(gone, default=9) or rank in left for rank in left)
    if sms.parts(" ".join(piece.text for piece in pieces)) == (text,):
        assert gone == []


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("Ж" * 70, [70]),
        ("Ж" * 71, [67, 4]),
        ("Ж" * 134, [67, 67]),
        ("Ж" * 135, [67, 67, 1]),
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 152 + "€" * 10, [152, 10]),  # an escape and its letter stay together
        ("Ж" * 66 + "😀" * 3, [66, 3]),  # so does a pair of UCS-2
        ("a" * 69 + "Ж", [70]),
    ],
)
def test_parts_by_the_standard(text, lengths):
    assert [len(part) for part in sms.parts(text)] == lengths


def test_an_action_is_shortened_behind_a_word_before_it_goes():
    pieces = [
        Piece("КРАСНЫЙ"),
        Piece("TOE-P1"),
        Piece("Вывести людей с низового откоса и вызвать инженера", 2, True),
    ]
    text = sms.fitted([*pieces, Piece("61,2 кПа")])
    assert text == "КРАСНЫЙ TOE-P1 Вывести людей с низового откоса и вызвать... 61,2 кПа"
    assert len(text) <= 70


def test_signs_of_print_do_not_halve_a_message():
    assert sms.is_gsm(sms.plain("−3.2 ° at 5 °C – “red” ≥ 60 m³"))


def test_gammu_is_told_the_alphabet():
    assert "-unicode" in gammu.command("rc", "+1", "КРАСНЫЙ")
    assert "-unicode" not in gammu.command("rc", "+1", "RED {A} €")
    assert gammu.last_line(b"\n") == "gammu said nothing"
