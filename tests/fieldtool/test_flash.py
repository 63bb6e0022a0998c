"""Flashing, as far as it goes without a board: what is copied, in which order, and what it is made of."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from fieldtool import bundle, flash, release_key
from fieldtool.connection import FieldError
from seepline.wire import bundle_format

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = tmp_path_factory.mktemp("board")
    return folder, flash.lay_out(folder, 7)


def test_the_board_gets_a_starter_a_program_and_main_last_of_all(laid_out) -> None:
    folder, files = laid_out
    assert files[-1] == Path("main.py")
    starter = {file.name for file in files if file.parts[0] == "starter"}
    assert {"power_on.mpy", "starter.mpy", "slots.mpy", "rom_slots.mpy", "rom_image.mpy"} <= starter
    content = (folder / flash.BUNDLE).read_bytes()
    assert bundle.head_of(content) == bundle_format.Head(
        bundle_format.ABI["xtensawin"], 7, bundle.head_of(content).files, bundle.head_of(content).manifest_bytes
    )


def test_every_module_of_the_program_is_compiled_for_the_esp32_and_no_other_is(laid_out) -> None:
    folder, _ = laid_out
    content = (folder / flash.BUNDLE).read_bytes()
    file = io.BytesIO(content)
    head = bundle_format.read_head(file)
    entries = list(bundle_format.read_entries(file, head))
    names = {entry.name for entry in entries}
    assert {"firmware/main.mpy", "firmware/app.mpy", "firmware/board.mpy", "seepline/wire/drivers.mpy"} <= names
    assert not [name for name in names if "cli" in name or "seepline/instruments" in name or "starter" in name]
    start = head.manifest_bytes + bundle_format.SIGNATURE_BYTES
    for entry in entries:
        assert content[start : start + 2] == b"M\x06", entry.name  # .mpy version 6
        start += entry.length


def test_the_commands_empty_the_board_copy_fill_and_start_in_this_order(laid_out) -> None:
    folder, files = laid_out
    steps = [command[5:] for command in flash.commands(folder, files, "/dev/ttyUSB0", bytes(range(32)))]
    assert steps[0][0] == "exec"
    assert bytes(range(32)).hex() in steps[0][1]
    fill = next(index for index, step in enumerate(steps) if "rom_image.fill" in step[-1])
    assert [step[-1] for step in steps[fill + 1 :]] == [":main.py", "reset"]
    copied = {step[-1] for step in steps[1:fill] if step[:2] == ["fs", "cp"]}
    assert copied == {f":{file.as_posix()}" for file in files[:-1]}
    made = [step[-1] for step in steps[1:fill] if step[:2] == ["fs", "mkdir"]]
    assert made.index(":starter") < made.index(":starter/firmware")
    for step in steps:
        if step[0] == "exec":
            compile(step[1], "board", "exec")
    compile(flash.MAIN, "main.py", "exec")


def test_a_module_that_does_not_compile_is_named(tmp_path: Path) -> None:
    with pytest.raises(FieldError, match=r"firmware/broken\.py does not compile for xtensawin"):
        bundle.compile_into(tmp_path, {Path("firmware/broken.py"): "def f(:\n"})


def test_a_dry_run_lists_what_would_be_copied_and_says_that_no_key_was_given() -> None:
    script = str(ROOT / "fieldtool" / "flash.py")
    done = subprocess.run([sys.executable, script, "--dry-run"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "starter/firmware/starter.mpy" in done.stdout
    assert "will take no update" in done.stdout


def test_without_a_board_the_answer_is_one_sentence() -> None:
    script = str(ROOT / "fieldtool" / "flash.py")
    command = [sys.executable, script, "--port", "/dev/no-such-port"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "The board does not take the program" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_release_key_is_made_once_encrypted_and_outside_the_repository(tmp_path: Path) -> None:
    path = tmp_path / "release.pem"
    public = release_key.make(path, "correct horse battery")
    assert release_key.load_public(release_key.public_path(path)) == public
    assert b"ENCRYPTED" in path.read_bytes()
    assert path.stat().st_mode & 0o77 == 0
    assert release_key.load(path, "correct horse battery").public_key().public_bytes_raw() == public
    with pytest.raises(FieldError, match="wrong file or wrong passphrase"):
        release_key.load(path, "another passphrase")
    with pytest.raises(FieldError, match="no key is ever overwritten"):
        release_key.make(path, "correct horse battery")
    with pytest.raises(FieldError, match="at least 12 characters"):
        release_key.make(tmp_path / "other.pem", "short")
    with pytest.raises(FieldError, match="lies in a repository"):
        release_key.make(ROOT / "release.pem", "correct horse battery")
    with pytest.raises(FieldError, match=r"ends in \.pub"):
        release_key.load_public(path)


def test_the_passphrase_comes_from_the_named_file_and_never_from_an_argument(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("correct horse battery\n")
    environment = {release_key.VARIABLE: str(tmp_path / "word")}
    assert release_key.passphrase("?", environment) == "correct horse battery"
    with pytest.raises(FieldError, match="cannot be read or is empty"):
        release_key.passphrase("?", {release_key.VARIABLE: str(tmp_path / "none")})


@pytest.mark.parametrize(
    "name", ["../main.mpy", "/main.mpy", "firmware/./a.mpy", "firmware/a.py", "Firmware/a.mpy", "a..mpy/../b.mpy"]
)
def test_a_name_that_leads_out_of_the_slot_or_is_none_gets_into_no_manifest(name: str) -> None:
    with pytest.raises(FieldError, match="is no name of a file in a bundle"):
        bundle.packed(1, ((name, b"M\x06"),))


@pytest.mark.parametrize("version", [0, 1 << 31])
def test_a_version_that_an_event_cannot_carry_is_none(version: int) -> None:
    with pytest.raises(FieldError, match="expected 1 to 2147483647"):
        bundle.packed(version, (("firmware/a.mpy", b"M\x06"),))


def test_a_damaged_bundle_is_told_before_it_is_sent() -> None:
    content = bundle.unsigned(bundle.packed(3, (("firmware/a.mpy", b"M\x06abc"), ("firmware/b.mpy", b"M\x06"))))
    assert bundle.head_of(content).version == 3
    for wrong in (content[:-1], content + b"x", content[:-3] + b"yyy", b"", content[:40]):
        with pytest.raises(FieldError):
            bundle.head_of(wrong)
