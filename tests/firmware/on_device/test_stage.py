import os

import trial

from firmware.stage import Stage

PATH = "stage-test.bundle"
MOST = 10000
CONTENT = bytes(range(256)) * 30


def emptied():
    try:
        os.remove(PATH)
    except OSError:
        pass
    return Stage(PATH, MOST)


def piece(offset, size=208):
    return CONTENT[offset : offset + size]


def test_pieces_in_order_are_what_is_in_the_file():
    stage = emptied()
    while stage.size < len(CONTENT):
        assert stage.put(stage.size, piece(stage.size))
    stage.close()
    with open(PATH, "rb") as file:
        assert file.read() == CONTENT
    assert stage.size == len(CONTENT)
    stage.drop()
    assert (stage.size, Stage(PATH, MOST).size) == (0, 0)


def test_a_piece_that_came_already_is_taken_again_only_when_it_is_the_same():
    stage = emptied()
    for offset in (0, 208, 416):
        assert stage.put(offset, piece(offset))
    for offset in (0, 208, 416):
        assert stage.put(offset, piece(offset)), offset
    assert not stage.put(208, bytes(208))
    assert not stage.put(416, piece(416) + b"more")
    assert stage.size == 624
    assert stage.put(624, piece(624))
    stage.close()
    with open(PATH, "rb") as file:
        assert file.read() == CONTENT[:832]
    stage.drop()


def test_a_gap_or_too_much_is_refused():
    stage = emptied()
    assert not stage.put(208, piece(208))
    assert stage.put(0, piece(0))
    assert not stage.put(209, piece(209))
    assert not stage.put(416, piece(416))
    assert not stage.put(208, bytes(MOST))
    assert stage.size == 208
    stage.drop()


def test_another_first_piece_begins_anew():
    stage = emptied()
    for offset in (0, 208, 416):
        assert stage.put(offset, piece(offset))
    assert stage.put(0, b"another bundle")
    assert stage.size == 14
    assert stage.put(14, b" goes on")
    stage.close()
    with open(PATH, "rb") as file:
        assert file.read() == b"another bundle goes on"
    stage.drop()


def test_after_a_restart_it_goes_on_where_the_file_ends():
    stage = emptied()
    while stage.size < 5000:
        assert stage.put(stage.size, piece(stage.size))
    stage.close()
    again = Stage(PATH, MOST)
    assert again.size == stage.size
    assert again.put(0, piece(0))
    while again.size < len(CONTENT):
        assert again.put(again.size, piece(again.size))
    again.close()
    with open(PATH, "rb") as file:
        assert file.read() == CONTENT
    again.drop()


trial.run(globals())
