import os

import trial

from simulator.device.store import Store

FOLDER = "store-test.nvs"


def emptied():
    try:
        for name in os.listdir(FOLDER):
            os.remove(FOLDER + "/" + name)
        os.rmdir(FOLDER)
    except OSError:
        pass
    return Store(FOLDER)


def test_what_was_put_is_there_for_the_next_program():
    store = emptied()
    assert store.get("key") is None
    for data in (b"\x00\xff\r\n", bytes(4096), b"short"):
        store.put("key", data)
        assert store.get("key") == data == Store(FOLDER).get("key")
    assert store.get("other") is None
    emptied()


def test_nothing_forgets():
    store = emptied()
    store.put("key", b"")
    store.put("key", b"1")
    store.put("key", b"")
    assert store.get("key") is None is Store(FOLDER).get("key")
    emptied()


def test_a_put_that_was_cut_while_it_wrote_leaves_the_old():
    store = emptied()
    store.put("key", b"old")
    with open(FOLDER + "/key.new", "wb") as file:
        file.write(b"ne")
    assert Store(FOLDER).get("key") == b"old"
    store.put("key", b"new")
    assert store.get("key") == b"new"
    emptied()


def test_a_name_that_nvs_would_not_take_is_refused():
    store = emptied()
    store.put("fifteen_letters", b"1")
    assert "1 to 15 characters" in trial.raises(ValueError, store.put, "sixteen_letters_", b"1")
    assert "1 to 15 characters" in trial.raises(ValueError, store.get, "")
    emptied()


trial.run(globals())
