"""Updates: bundles made and signed on the laptop, taken by a logger whose power fails anywhere."""

import hashlib
import io
import random
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldtool import bundle
from seepline.wire import bundle_format, event, registers, rtu, seal

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from firmware import ed25519, rom_image, rom_slots  # noqa: E402
from simulator.device.slot_flash import SlotFlash  # noqa: E402

POWER_ON = "firmware.starter"
RESTART_CODE = 75  # of the desk's board

HEAPS = {"64": "2m", "32": "100k"}
ARCH = {"64": "x64", "32": "x86"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

_MAIN = "def start(arguments):\n    from firmware import body\n\n    arguments[0].run(body.VERSION)\n"
_BODY = "VERSION = {version}\nFILLER = '{filler}'\n"


def _program(folder: Path, version: int, arch: str, filler: int = 1300) -> bundle.Program:
    """Return a program of three modules whose `start` says its version to the world it is given."""
    source = folder / f"source-{version}-{arch}-{filler}"
    (source / "firmware").mkdir(parents=True)
    (source / "firmware/__init__.py").touch()
    (source / "firmware/main.py").write_text(_MAIN)
    words = random.Random(version).randbytes(filler // 2).hex()
    (source / "firmware/body.py").write_text(_BODY.format(version=version, filler=words))
    made = bundle.compile_into(source / "out", bundle.sources_of(source, _sources(source)), arch)
    return bundle.packed(
        version, tuple((path.as_posix(), (source / "out" / path).read_bytes()) for path in made), arch
    )


def _sources(source: Path) -> list[Path]:
    return [path.relative_to(source) for path in sorted(source.glob("firmware/*.py"))]


@pytest.fixture(params=["64", "32"])
def machine(request: pytest.FixtureRequest, tmp_path: Path):
    """One of the two MicroPythons with the bundles for it: a function (scenario, tears) -> last line printed."""
    runner, arch = request.getfixturevalue("runner" + request.param), ARCH[request.param]
    files = tmp_path / "files"
    files.mkdir()
    made = {version: _program(tmp_path, version, arch) for version in (1, 2, 3)}
    for version, program in made.items():
        for name, compiled in program.files:
            (files / f"app_{version}" / name).parent.mkdir(parents=True, exist_ok=True)
            (files / f"app_{version}" / name).write_bytes(compiled)
    (files / "one.bundle").write_bytes(bundle.signed(made[1], KEY))
    (files / "two.bundle").write_bytes(bundle.signed(made[2], KEY))
    (files / "three.bundle").write_bytes(bundle.signed(made[3], KEY))
    (files / "stranger.bundle").write_bytes(bundle.signed(made[3], Ed25519PrivateKey.generate()))
    (files / "large.bundle").write_bytes(bundle.signed(_program(tmp_path, 4, arch, 4000), KEY))
    other = bundle.packed(5, made[3].files, "xtensawin")
    (files / "other_abi.bundle").write_bytes(bundle.signed(other, KEY))
    (files / "release_key").write_bytes(KEY.public_key().public_bytes_raw())

    def run(scenario: str, tears: str) -> str:
        done = subprocess.run(
            runner.command(HEAPS[request.param], "update_life", scenario, tears),
            cwd=tmp_path,
            env=runner.environment(FILES=str(files)),
            capture_output=True,
            text=True,
            timeout=7000,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout.splitlines()[-1]

    return run


def _cuts(line: str) -> tuple[int, int]:
    word, cuts, end = line.split()
    assert word == "cuts"
    return int(cuts), int(end)


def test_wrong_bundles_damaged_slots_and_lost_records(machine) -> None:
    assert machine("checks", "one") == "checks passed"


def test_power_cuts_in_every_operation_of_an_update_with_every_tear(machine) -> None:
    cuts, end = _cuts(machine("update", "all"))
    assert end == 3
    assert cuts > 50


def test_power_cuts_one_after_the_other_end_with_the_update_too(machine) -> None:
    assert _cuts(machine("again", "one")) == (5, 3)


@pytest.mark.soak
@pytest.mark.parametrize(("scenario", "end"), [("first", 2), ("crashing", 2), ("ailing", 2)])
def test_power_cuts_in_every_operation_of_other_lives(machine, scenario: str, end: int) -> None:
    cuts, reached = _cuts(machine(scenario, "all"))
    assert reached == end
    assert cuts > 50


class Sender:
    """Whoever holds the device key, at the master's end of the line."""

    key = bytes(range(1, 33))

    def __init__(self, node) -> None:
        self.node = node
        self.nonce = struct.pack(">4H", *node.words(registers.NONCE_REGISTER, registers.NONCE_WORDS))

    def give(self, code: int, payload: bytes) -> bytes:
        data = seal.sealed(self.key, 116002, self.nonce, code, payload)
        words = [*struct.unpack(f">{len(data) // 2}H", data)]
        answer = self.node.ask(rtu.write_request(registers.COMMAND_REGISTER, words))
        if answer[0] == rtu.WRITE_MULTIPLE:
            self.nonce = seal.next_nonce(self.key, self.nonce)
        return answer

    def stage(self, content: bytes, offset: int) -> bool:
        piece = struct.pack(">BI", seal.STAGE_BUNDLE, offset) + content[offset : offset + seal.STAGE_BYTES]
        return self.give(seal.STAGE, piece)[0] == rtu.WRITE_MULTIPLE

    def commit(self, content: bytes) -> bool:
        payload = struct.pack(">I", len(content)) + hashlib.sha256(content).digest()
        return self.give(seal.COMMIT_UPDATE, payload)[0] == rtu.WRITE_MULTIPLE


@pytest.fixture(scope="module")
def real_program() -> bundle.Program:
    return bundle.program(1, ROOT, "x64", desk=True)


@pytest.fixture
def slotted(runner64, node_on, tmp_path: Path, real_program: bundle.Program) -> Iterator[object]:
    """A logger on a desk with both keys, whose program is version 1 in slot A, started as an ESP32 is."""
    node = node_on(tmp_path, runner64, "2m")
    flash, file = SlotFlash(str(node.flash)), io.BytesIO(bundle.unsigned(real_program))
    head = bundle_format.read_head(file)
    entries = list(bundle_format.read_entries(file, head))
    file.seek(bundle_format.SIGNATURE_BYTES, io.SEEK_CUR)
    rom_image.fill(rom_slots.Halves(flash, flash.memory), 0, head.version, entries, file)
    flash._file.close()
    store = Path(f"{node.flash}.nvs")
    store.mkdir()
    (store / "key").write_bytes(Sender.key)
    (store / "release_key").write_bytes(KEY.public_key().public_bytes_raw())
    yield node
    node.kill()
    node.server.close()


def _up(node, rate: int = 1) -> Sender:
    """Start the program, the one before being dead, and wait for it."""
    node.kill()
    node.start(module=POWER_ON, rate=rate)
    node.wait_ready()
    return Sender(node)


def _stage(node, sender: Sender, content: bytes, end: int) -> None:
    for offset in range(node.identification("staged_bytes"), end, seal.STAGE_BYTES):
        assert sender.stage(content, offset)


def _committed(node, sender: Sender, content: bytes) -> None:
    """Commit what is staged; the program restarts, and again when it has installed it or refused to."""
    assert sender.commit(content)
    assert node.process.wait(60) == RESTART_CODE
    node.launch(module=POWER_ON)
    assert node.process.wait(60) == RESTART_CODE


def test_the_real_program_is_updated_over_the_bus(slotted, real_program: bundle.Program) -> None:
    node, content = slotted, bundle.signed(bundle.packed(2, real_program.files, "x64"), KEY)
    sender, half = _up(node), len(content) // 2 // seal.STAGE_BYTES * seal.STAGE_BYTES
    assert node.identification("bundle_version") == 1
    _stage(node, sender, content, half)
    sender = _up(node)
    staged = node.identification("staged_bytes")
    assert half - 4096 < staged <= half
    _stage(node, sender, content, len(content))
    assert node.identification("staged_bytes") == len(content)
    _committed(node, sender, content)
    _up(node, rate=100)
    assert node.identification("bundle_version") == 2
    while len(node.events(event.UPDATE)) < 3:
        time.sleep(0.2)
    told = [(said.detail, said.values) for _, said in node.events(event.UPDATE)]
    assert told == [(1, (1, 2)), (2, (1, 2)), (3, (1, 2))]


def test_a_program_that_does_not_start_is_left_after_three_tries(slotted, real_program: bundle.Program) -> None:
    node = slotted
    files = tuple((name, data) for name, data in real_program.files if name != "firmware/ring.mpy")
    content = bundle.signed(bundle.packed(2, files, "x64"), KEY)
    sender = _up(node)
    _stage(node, sender, content, len(content))
    _committed(node, sender, content)
    for _ in range(3):
        node.launch(module=POWER_ON)
        assert node.process.wait(60) == RESTART_CODE
    _up(node)
    assert node.identification("bundle_version") == 1
    told = [(said.detail, said.values) for _, said in node.events(event.UPDATE)]
    assert told == [(1, (1, 2)), (2, (1, 2)), (4, (2, 1))]


def test_a_bundle_of_a_stranger_is_refused_and_the_reason_is_in_the_log(
    slotted, real_program: bundle.Program
) -> None:
    node = slotted
    content = bundle.signed(bundle.packed(2, real_program.files, "x64"), Ed25519PrivateKey.generate())
    sender = _up(node)
    _stage(node, sender, content, len(content))
    _committed(node, sender, content)
    sender = _up(node)
    assert node.identification("bundle_version") == 1
    told = [(said.detail, said.values) for _, said in node.events(event.UPDATE)]
    assert told == [(1, (1, 2)), (5, (1, 2, seal.NOT_SIGNED))]
    old = bundle.signed(bundle.packed(1, real_program.files, "x64"), KEY)
    assert sender.stage(old, 0)
    _stage(node, sender, old, len(old))
    assert not sender.commit(old)
    assert node.words(registers.RESULT_REGISTER, 4)[1:] == (seal.COMMIT_UPDATE, seal.REFUSED, seal.NOT_NEWER)


def test_ed25519_agrees_with_a_library_on_messages_of_every_length() -> None:
    for size in range(0, 260, 13):
        key, message = Ed25519PrivateKey.generate(), random.Random(size).randbytes(size)
        public, signature = key.public_key().public_bytes_raw(), key.sign(message)
        assert ed25519.verify(public, message, signature)
        assert not ed25519.verify(public, message + b"\0", signature)
