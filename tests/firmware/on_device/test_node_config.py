"""Two copies of the configuration: which one is used, whatever was cut, damaged or turned out bad."""

import json

import trial

from firmware.config import settings
from firmware.node_config import MOST_BYTES, Configuration, parse_copy, room_for, write_head
from seepline.wire.crc import crc32

CONFIG = {
    "logger_id": 116002,
    "address": 2,
    "baud": 115200,
    "scan_s": 900,
    "blocks": [{"block": 0, "payload": "vw", "slots": ["vw", "vw"]}],
}


class CutError(Exception):
    pass


class Store:
    """A store in memory that loses power inside its put number `cut_at`, leaving `torn` bytes of the new content.

    torn -1: the old content, as the real ones do. More than that no store does; the copies hold even then.
    """

    def __init__(self):
        self.blobs = {}
        self.puts = 0
        self.cut_at = -1
        self.torn = -1

    def get(self, name):
        return self.blobs.get(name)

    def put(self, name, data):
        self.puts += 1
        cut = self.puts == self.cut_at
        if not cut or self.torn >= 0:
            self.blobs[name] = bytes(data)[: self.torn] if cut else bytes(data)
            if not self.blobs[name]:
                del self.blobs[name]
        if cut:
            raise CutError


def given():
    return CONFIG


def variant(scan_s):
    """Return the JSON of a configuration that is told by its scan interval."""
    config = dict(CONFIG)
    config["scan_s"] = scan_s
    return json.dumps(config).encode()


def started(store):
    return Configuration(store, given, settings)


def copy_of(generation, data):
    staged = room_for(data)
    write_head(generation, staged)
    return bytes(staged)


def scan_s(store):
    return started(store).config()["scan_s"]


def stored(*intervals):
    """Return a store with these configurations committed one after the other, a start between each."""
    store = Store()
    for interval in intervals:
        started(store).commit(room_for(variant(interval)))
    return store


def test_without_a_copy_the_given_one_is_used():
    fresh = started(Store())
    assert (fresh.generation, fresh.crc, fresh.config()) == (0, 0, CONFIG)
    assert fresh.on_trial() is False is fresh.previous()


def test_the_newest_is_used_and_the_one_in_use_is_never_written_over():
    store = Store()
    for generation in range(1, 8):
        used = started(store)
        before = dict(store.blobs)
        assert used.commit(room_for(variant(10 * generation))) == generation
        assert used.commit(room_for(variant(1000 + generation))) == generation + 1  # again
        kept = [name for name in before if store.blobs[name] == before[name]]
        assert len(kept) >= min(1, generation - 1)
        assert scan_s(store) == 1000 + generation
        store.blobs = {}
        for interval in range(generation):
            started(store).commit(room_for(variant(10 * (interval + 1))))
    assert started(store).generation == 7
    assert started(store).crc == crc32(variant(70))


def test_a_copy_is_taken_back_as_it_was_put_and_nothing_else_is():
    data = variant(60)
    whole = copy_of(5, data)
    generation, found = parse_copy(whole)
    assert (generation, bytes(found)) == (5, data)
    assert parse_copy(None) is None is parse_copy(b"") is parse_copy(b"\0" * 12) is parse_copy(copy_of(0, data))
    for size in range(len(whole)):
        assert parse_copy(whole[:size]) is None, size
    assert parse_copy(whole + b"}") is None
    for index in range(len(whole)):
        damaged = bytearray(whole)
        damaged[index] ^= 1 << (index & 7)
        assert parse_copy(bytes(damaged)) is None, index


def test_power_cut_at_every_put_leaves_the_old_or_the_new():
    for torn in (-1, 0, 1, 11, 12, 13, 40, len(variant(70)) + 11, len(variant(70)) + 12):
        for before in ((), (20,), (20, 30), (20, 30, 40)):
            store = stored(*before)
            old = scan_s(store)
            store.cut_at, store.torn = store.puts + 1, torn
            try:
                started(store).commit(room_for(variant(70)))
                raise AssertionError("the power was not cut")
            except CutError:
                pass
            assert scan_s(store) in (old, 70), (torn, before)
            assert started(store).commit(room_for(variant(80))) > 0
            assert scan_s(store) == 80


def test_power_cut_in_every_put_of_a_life_leaves_a_valid_configuration():
    """Commit, announce, prove, fail, fall back: after any cut a start finds one of the configurations."""
    cuts = 0
    for cut_at in range(1, 10):
        for torn in (-1, 0, 12, 50):
            store = stored(20)
            store.puts, store.cut_at, store.torn = 0, cut_at, torn
            try:
                life(store)
            except CutError:
                cuts += 1
            assert scan_s(store) in (20, 30, 40, 900), (cut_at, torn)
    assert cuts == 4 * 7


def life(store):
    started(store).healthy()
    for interval in (30, 40):
        started(store).commit(room_for(variant(interval)))
        started(store).announce(lambda code, detail, values: None)
    assert started(store).previous()
    started(store).healthy()


def test_a_damaged_copy_falls_back_to_the_other_and_both_to_the_given():
    for byte in (0, 3, 4, 8, 11, 12, 30):
        store = stored(20, 30)
        newest = max(store.blobs, key=lambda name: parse_copy(store.blobs[name])[0])
        damage(store, newest, byte)
        assert scan_s(store) == 20, byte
        for name in list(store.blobs):
            damage(store, name, byte + 1)
        assert scan_s(store) == 900, byte
        assert started(store).generation == 0


def damage(store, name, byte):
    data = bytearray(store.blobs[name])
    data[byte] ^= 0x40
    store.blobs[name] = bytes(data)


def test_a_whole_copy_that_this_program_cannot_run_with_is_passed_over():
    for bad in (b"{}", b"[", b"nothing", variant(1), b"\xff\xfe"):
        store = stored(20)
        started(store).commit(room_for(bad))
        used = started(store)
        assert used.config()["scan_s"] == 20, bad
        assert used.commit(room_for(variant(40))) == 3
        assert scan_s(store) == 40


def test_a_configuration_on_trial_is_given_up_for_the_one_before():
    store = stored(20)
    assert started(store).on_trial()
    started(store).healthy()
    assert not started(store).on_trial()
    started(store).commit(room_for(variant(30)))
    assert started(store).on_trial()
    assert started(store).previous()
    used = started(store)
    assert (used.generation, used.config()["scan_s"], used.crc) == (3, 20, crc32(variant(20)))
    assert used.previous() is False  # the other is the same: it is not the configuration
    used.healthy()
    assert started(store).previous() is False


def test_the_first_configuration_on_trial_is_given_up_for_the_given_one():
    store = stored(20)
    assert started(store).previous()
    assert (started(store).generation, scan_s(store)) == (0, 900)


def moved(**changes):
    config = dict(CONFIG)
    config.update(changes)
    return json.dumps(config).encode()


def test_a_new_address_on_which_nobody_speaks_is_given_up_after_an_hour():
    for changes in ({"address": 3}, {"baud": 9600}, {"parity": "even"}):
        store = stored(20)
        started(store).healthy()
        started(store).commit(room_for(moved(**changes)))
        used = started(store)
        used.healthy()  # it scans well, and that proves nothing about its line
        assert used.on_trial()
        assert not used.is_lost(False, 3599)
        assert used.is_lost(False, 3600)
        assert started(store).config()["scan_s"] == 20
        assert not started(store).is_lost(False, 7200)


def test_a_new_address_is_proved_by_a_request():
    store = stored(20)
    started(store).healthy()
    started(store).commit(room_for(moved(address=3)))
    used = started(store)
    assert not used.is_lost(True, 5)
    assert not used.on_trial()
    assert not used.is_lost(False, 7200)
    assert not started(store).is_lost(False, 7200)
    assert started(store).config()["address"] == 3


def test_what_leaves_the_line_alone_or_is_the_first_needs_no_request():
    for store in (stored(20), stored(20, 30)):
        used = started(store)
        assert not used.is_lost(False, 7200)
        used.healthy()
        assert not used.on_trial()


def test_a_configuration_is_proved_with_one_write_and_told_of_once():
    store = stored(20)
    for _ in range(3):
        started(store).healthy()
    assert store.puts == 2
    said = []
    for _ in range(3):
        started(store).announce(lambda code, detail, values: said.append((code, detail, values[0] & 0xFFFFFFFF)))
    assert said == [(8, 1, crc32(variant(20)))]
    started(store).commit(room_for(variant(30)))
    started(store).announce(lambda code, detail, values: said.append(detail))
    assert said[1:] == [2]
    said = []
    started(Store()).announce(said.append)
    assert not said


def test_the_longest_configuration_fits_a_blob_of_the_store():
    assert len(copy_of(1, bytes(MOST_BYTES))) <= 4096


trial.run(globals())
