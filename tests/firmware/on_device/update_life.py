"""A logger's life around an update, over NOR flashes that lose power: run by test_update.py.

    micropython -m update_life SCENARIO TEARS

The folder FILES holds one.bundle, two.bundle, three.bundle (versions 1, 2, 3), their programs once more in app_1,
app_2, app_3, and release_key. What is staged is on a real littlefs, the slots are halves of a flash of their own.
Blocks are of 512 bytes instead of 4096, so that both fit a logger's heap.

Operations are counted: a program or erase of a flash (power fails inside: `tear`), a put of the store (before or
after). After each cut the logger is powered up again, must start a whole program, the old or the new, at every
start, and what the sender does next must end with the new one in good health.
"""

import gc
import os
import sys

import vfs

from firmware import install, pending, rom_image, slots, starter, update
from firmware.rom_slots import MOUNTED, Halves
from seepline.wire import bundle_format, event, seal

FILES = os.getenv("FILES")
ROOT = "/flash"
STAGED = ROOT + "/staged.bundle"
PIECE = 208
BLOCK = 512
DISK_BLOCKS, SLOT_BLOCKS = 24, 14
EIO = -5
MOST_STARTS = 40
_HOST = dict(sys.modules)


class PowerCut(BaseException):  # no Exception: nothing of the logger may catch it
    pass


class Restart(BaseException):
    pass


class CrashError(Exception):
    pass


class Power:
    """Both flashes and the store hang on it. `left`: operations until it fails, -1: it does not."""

    def __init__(self):
        self.left = -1
        self.tear = 0
        self.off = False

    def fails(self):
        """Count an operation and tell whether power fails in it."""
        self.left -= 1
        self.off = self.left == -1
        return self.off

    def touched(self, size):
        """Of a torn operation: nothing, the first half, all of it unheard, every third byte, the second half."""
        return ((0, 0, 1), (0, size // 2, 1), (0, size, 1), (0, size, 3), (size // 2, size, 1))[self.tear]


class Nor:
    """NOR flash. After the cut every operation is an error that changes nothing, so that littlefs, which is C,
    comes back out of it; whatever the program then makes of the error leaves no trace, for the store is dead too.

    Nothing is allocated in reading and writing: the collector itself may close a file.
    """

    def __init__(self, cells, power):
        self.cells = cells
        self.power = power

    def readblocks(self, block, buffer, offset=0):
        start, cells = BLOCK * block + offset, self.cells
        for index in range(len(buffer)):
            buffer[index] = cells[start + index]

    def writeblocks(self, block, data, offset=0):
        if self.power.off:
            return EIO
        start, cells, size = BLOCK * block + offset, self.cells, len(data)
        first, end, step = self.power.touched(size) if self.power.fails() else (0, size, 1)
        for index in range(first, end, step):
            cells[start + index] &= data[index]
        return EIO if self.power.off else 0

    def ioctl(self, operation, block):
        if operation == 4:
            return len(self.cells) // BLOCK
        if operation == 5:
            return BLOCK
        if operation == 6 and not self.power.off:
            start, cells = BLOCK * block, self.cells
            first, end, step = self.power.touched(BLOCK) if self.power.fails() else (0, BLOCK, 1)
            for index in range(first, end, step):
                cells[start + index] = 0xFF
        return EIO if self.power.off else 0


class Partition(Nor):
    """The flash of the slots; its errors are exceptions, as esp32.Partition's are."""

    def writeblocks(self, block, data, offset=0):
        if super().writeblocks(block, data, offset):
            raise OSError(-EIO)

    def ioctl(self, operation, block):
        result = super().ioctl(operation, block)
        if result < 0:
            raise OSError(-EIO)
        return result


class Places(Halves):
    """The slots; each file in the image that is mounted is compared, and code is run from a copy of it.

    (Code in place stays in use as long as this process lives, and the next update would erase it.)
    """

    def enter(self, slot):
        version = self.version(slot)
        super().enter(slot)
        folder = "%s/app_%d" % (FILES, version)
        try:
            for name in os.listdir(folder + "/firmware"):
                with open("%s/firmware/%s" % (MOUNTED, name), "rb") as own:
                    with open("%s/firmware/%s" % (folder, name), "rb") as true:
                        assert own.read() == true.read(), (version, name)
        finally:
            vfs.umount(MOUNTED)
        return folder


DISK = bytearray(DISK_BLOCKS * BLOCK)
SLOTS = bytearray(SLOT_BLOCKS * BLOCK)


class Store:
    """The store of the board: an item is the old or the new."""

    def __init__(self, power, items):
        self.power, self.items = power, items

    def get(self, name):
        return self.items.get(name)

    def put(self, name, data):
        if self.power.off:
            raise PowerCut
        cut = self.power.fails()
        if not cut or self.power.tear % 2:
            self.items[name] = data
            if not data:
                del self.items[name]
        if cut:
            raise PowerCut


def content(name):
    with open(FILES + "/" + name, "rb") as file:
        return file.read()


class World:
    """One logger and whoever sends it `bundle`; `bad`: versions that crash, `ill`: that never prove good."""

    def __init__(self, items, bundle):
        self.power = Power()
        self.disk, self.places = Nor(DISK, self.power), Places(Partition(SLOTS, self.power), SLOTS)
        self.store = Store(self.power, items)
        self.bundle = bundle
        self.bad = self.ill = ()
        self.ran = []
        self.said = []
        self.done = False
        self.update = None

    def say(self, code, detail, values):
        assert code == event.UPDATE
        if self.power.off:
            raise PowerCut
        self.said.append((detail,) + tuple(values))

    def start(self):
        """Power up; True when the sender has nothing more to do, False when the logger restarts."""
        vfs.mount(vfs.VfsLfs2(self.disk, readsize=32, progsize=32, lookahead=32), ROOT)
        try:
            starter.enter(self.store, self.places)
            __import__("firmware.main")
            sys.modules["firmware.main"].start([self])
        except (Restart, CrashError):
            return False
        else:
            return self.done
        finally:
            self.power_off()
            if self.power.off:
                raise PowerCut

    def power_off(self):
        sys.modules.update(_HOST)
        sys.path[:] = [path for path in sys.path if not path.startswith(FILES)]
        if self.update:
            self.update._stage.close()
        self.update = None
        vfs.umount(ROOT)
        gc.collect()

    def run(self, version):
        """What the program of a slot does: firmware/main.py and the parts of an app that matter here."""
        sys.modules.update(_HOST)
        self.ran.append(version)
        if version in self.bad:
            raise CrashError
        if pending.parse_pending(self.store):
            install.finish(self.store, self.places, STAGED)
            raise Restart
        self.update = update.Update(self.store, STAGED, self.say)
        assert self.update.version == version
        self.update.tell()
        if version in self.ill:
            raise Restart
        self.update.mark_healthy()
        self.serve(version)

    def serve(self, version):
        """Send the bundle, unless it is installed or was turned back; a piece is repeated now and then."""
        target = bundle_version(self.bundle)
        self.done = version == target or (4, target, version) in self.said
        if self.done:
            return
        up = self.update
        assert up.put(0, self.bundle[:PIECE])
        while up.size < len(self.bundle):
            offset = up.size
            assert up.put(offset, self.bundle[offset : offset + PIECE]), offset
            assert up.put(offset, self.bundle[offset : offset + PIECE]), offset
        assert up.commit(len(self.bundle), install.hashlib.sha256(self.bundle).digest()) == 0
        raise Restart


def bundle_version(bundle):
    return bundle[8] << 24 | bundle[9] << 16 | bundle[10] << 8 | bundle[11]


def live(world, allowed):
    """Let the logger live until its sender is done; every start runs one of the versions allowed."""
    for _ in range(MOST_STARTS):
        count = len(world.ran)
        done = world.start()
        assert len(world.ran) == count + 1, "a start ran no program"
        assert world.ran[-1] in allowed, world.ran
        if done:
            return world.ran[-1]
    raise AssertionError("not done after %d starts: %r %r" % (MOST_STARTS, world.ran, world.said))


def kept(name):
    with open(name, "wb") as file:
        file.write(DISK)
        file.write(SLOTS)


def taken_up(name):
    with open(name, "rb") as file:
        file.readinto(DISK)
        file.readinto(SLOTS)


def first_flash():
    """Return a logger as first flash leaves it: version 1 in slot A, nothing in the record."""
    for cells in (DISK, SLOTS):
        for place in range(0, len(cells), BLOCK):
            cells[place : place + BLOCK] = b"\xff" * BLOCK
    world = World({install.RELEASE_KEY: content("release_key")}, content("two.bundle"))
    vfs.VfsLfs2.mkfs(world.disk, readsize=32, progsize=32, lookahead=32)
    with open(FILES + "/one.bundle", "rb") as bundle:
        head = bundle_format.read_head(bundle)
        entries = list(bundle_format.read_entries(bundle, head))
        bundle.seek(head.manifest_bytes + bundle_format.SIGNATURE_BYTES)
        rom_image.fill(world.places, 0, head.version, entries, bundle)
    return world


def updated():
    """Return a logger that runs version 2 out of slot B, with 1 still in A."""
    world = first_flash()
    assert live(world, (1, 2)) == 2
    assert world.said[-1] == (update.HEALTHY, 1, 2), world.said
    return World(world.store.items, content("three.bundle"))


def cut_everywhere(begin, tears, versions, change=None):
    """Cut the power in every operation of an update, once with each tear (None: one tear after the other)."""
    old, new = versions
    world = begin()
    kept("update.tmp")
    before, cuts = dict(world.store.items), 0
    while True:
        for tear in (cuts % 5,) if tears is None else tears:
            taken_up("update.tmp")
            world = World(dict(before), world.bundle)
            if change:
                change(world)
            world.power.left, world.power.tear = cuts, tear
            try:
                end = live(world, (old, new))
            except PowerCut:
                survived(world, old, new, change)
            else:
                return cuts, end
        cuts += 1


def survived(world, old, new, change):
    """Power up after a cut and see the update come to its end."""
    after = World(world.store.items, world.bundle)
    after.said = world.said
    if change:
        change(after)
    end = live(after, (old, new))
    assert end == (old if after.bad or after.ill else new), (end, after.said)
    record = slots.load(after.store)
    assert record.tries == 0, record
    assert update.REFUSED not in [said[0] for said in after.said], after.said
    assert after.places.version(record.active) == end


def crashing(world):
    world.bad = (3,)


def ailing(world):
    world.ill = (3,)


def cuts_one_after_the_other(rounds):
    """Cut the power again and again, in the middle of coming back too."""
    updates = 0
    for seed in range(rounds):
        world, cuts = updated(), 0
        while True:
            world.power.left, world.power.tear = 3 + (seed * 37 + cuts * 53) % 90 + cuts, (seed + cuts) % 5
            try:
                assert live(world, (2, 3)) == 3
                updates += 1
                break
            except PowerCut:
                cuts += 1
                world = World(world.store.items, world.bundle)
    return updates


def turned(bundle, place):
    """Return a bundle with one bit turned."""
    return bundle[:place] + bytes([bundle[place] ^ 1]) + bundle[place + 1 :]


def check_refusals():
    """A bundle that is wrong in any way leaves everything as it was, and the reason is told."""
    for name, file, change, reasons in (
        ("turned bit in a file", "three", lambda good: turned(good, len(good) - 40), (seal.NO_BUNDLE,)),
        ("turned bit in the head", "three", lambda good: turned(good, 12), (seal.NO_BUNDLE,)),
        ("turned bit in a name", "three", lambda good: turned(good, 60), (seal.NO_BUNDLE, seal.NOT_SIGNED)),
        ("turned bit in a checksum", "three", lambda good: turned(good, 40), (seal.NOT_SIGNED,)),
        ("turned bit in the version", "three", lambda good: turned(good, 8), (seal.NOT_SIGNED,)),
        ("cut short", "three", lambda good: good[:-1], (seal.NO_BUNDLE,)),
        ("longer", "three", lambda good: good + b"x", (seal.NO_BUNDLE,)),
        ("another key", "stranger", bytes, (seal.NOT_SIGNED,)),
        ("no signature", "three", without_signature, (seal.NOT_SIGNED,)),
        ("the same version", "two", bytes, (seal.NOT_NEWER,)),
        ("an older version", "one", bytes, (seal.NOT_NEWER,)),
        ("another processor", "other_abi", bytes, (seal.WRONG_ABI,)),
        ("garbage", "three", lambda good: bytes(range(256)) * 4, (seal.NO_BUNDLE,)),
        ("too large", "large", bytes, (seal.NO_ROOM,)),
    ):
        gc.collect()
        refused(name, change(content(file + ".bundle")), reasons)


def without_signature(bundle):
    place = signature_at(bundle)
    return bundle[:place] + bytes(64) + bundle[place + 64 :]


def signature_at(bundle):
    return bundle[14] << 8 | bundle[15]


def refused(name, wrong, reasons, change=None):
    world = updated()
    if change:
        change(world)
    before = slots.load(world.store)
    world.bundle = wrong
    result = []

    def serve(version):
        up = world.update
        if result:
            world.done = True
            return
        for offset in range(0, len(wrong), PIECE):
            if not up.put(offset, wrong[offset : offset + PIECE]):
                result.append("not staged")
                world.done = True
                return
        result.append(up.commit(len(wrong), install.hashlib.sha256(wrong).digest()))
        raise Restart

    world.serve = serve
    assert live(world, (2,)) == 2
    last = world.said[-1]
    told = last[3] if result[0] == 0 else result[0]
    assert told in reasons, (name, result, world.said)
    assert last[:2] == (update.REFUSED, 2), (name, world.said)
    after = slots.load(world.store)
    assert after == before, (name, after)
    assert (world.places.version(0), world.places.version(1)) == (1, 2), name
    print("refused:", name, told)


def check_without_key():
    def forget(world):
        del world.store.items[install.RELEASE_KEY]

    refused("no release key", content("three.bundle"), (seal.NO_RELEASE_KEY,), forget)


def check_damage():
    """A bit of the running slot goes wrong, anywhere: the other slot runs, at that very start."""
    for place in (0, 5, 9, 20, 47, BLOCK, BLOCK + 1, BLOCK + 9, BLOCK + 700, BLOCK + 1500):
        world = updated()
        world.bundle = content("two.bundle")
        SLOTS[SLOT_BLOCKS // 2 * BLOCK + place] ^= 1
        world.serve = lambda version, world=world: setattr(world, "done", True)
        assert world.start()
        assert (world.ran, world.said[0]) == ([1], (update.FELL_BACK, 2, 1)), (place, world.ran, world.said)
        assert slots.load(world.store).versions == (1, 0)


def check_record():
    """Garbage in the store's record, or none: the newer whole slot runs, on trial when there is another."""
    for garbage in (None, b"", b"SLT1", bytes(28), b"\xff" * 28, b"SLT1" + bytes(24), bytes(200)):
        world = updated()
        world.bundle = content("two.bundle")
        if garbage is None:
            del world.store.items[slots.ITEM]
        else:
            world.store.items[slots.ITEM] = garbage
        assert live(world, (2,)) == 2
        record = slots.load(world.store)
        assert (record.active, record.versions, record.tries) == (1, (1, 2), 0), record


def check_garbage_in_slots():
    """Whatever is in the slots, the starter comes to its end, and runs the other one when there is one."""
    half = SLOT_BLOCKS // 2 * BLOCK
    for begin in (0, BLOCK):
        world = updated()
        world.bundle = content("two.bundle")
        world.serve = lambda version, world=world: setattr(world, "done", True)
        for place in range(half + begin, 2 * half, 100):
            SLOTS[place : min(2 * half, place + 100)] = os.urandom(min(100, 2 * half - place))
        assert world.start()
        assert world.ran == [1], world.ran
        SLOTS[:half] = SLOTS[half:]
        for record in (slots.load(world.store), None):
            if not record:
                del world.store.items[slots.ITEM]
            assert "no whole program" in trial_raises(OSError, world.start)
        assert world.ran == [1]


def trial_raises(error, function):
    try:
        function()
    except error as caught:
        return str(caught)
    raise AssertionError("expected " + error.__name__)


def check_full_disk():
    """A bundle that the file system does not hold is refused piece by piece, and the logger goes on."""
    world, result, size = updated(), [], DISK_BLOCKS * BLOCK
    world.bundle = bytes(12)

    def serve(version):
        up = world.update
        while up.size < size and up.put(up.size, bytes(PIECE)):
            pass
        result.append(up.size)
        for _ in range(20):  # what was not synced is gone, and fits again, and is too much again
            up.put(up.size, bytes(PIECE))
            result.append(up.size)
        assert up.put(0, b"another one")
        assert up.size == 11
        world.done = True

    world.serve = serve
    assert live(world, (2,)) == 2
    assert 4 * BLOCK < result[0] <= max(result) < size, result


CHECKS = (
    check_refusals,
    check_without_key,
    check_damage,
    check_record,
    check_garbage_in_slots,
    check_full_disk,
)


def start(arguments):
    scenario, tears = arguments[0], None if arguments[1] == "one" else range(5)
    if scenario == "update":
        print("cuts", *cut_everywhere(updated, tears, (2, 3)))
    elif scenario == "first":
        print("cuts", *cut_everywhere(first_flash, tears, (1, 2)))
    elif scenario == "crashing":
        print("cuts", *cut_everywhere(updated, tears, (2, 3), crashing))
    elif scenario == "ailing":
        print("cuts", *cut_everywhere(updated, tears, (2, 3), ailing))
    elif scenario == "again":
        print("cuts", cuts_one_after_the_other(5 if tears is None else 50), 3)
    else:
        for check in CHECKS:
            check()
        print("checks passed")


if __name__ == "__main__":
    start(sys.argv[1:])
