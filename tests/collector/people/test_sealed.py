"""Authenticators' secrets lie sealed: the database alone makes no codes; a lost key locks nobody out silently."""

import asyncio
import base64
import logging
import sqlite3
import stat
from contextlib import closing

import pytest

from collector.people import authenticator, totp
from collector.people.accounts import invite
from collector.people.book import FILE_NAME, Book
from collector.people.log import newest
from collector.people.seal import FILE_NAME as KEY_NAME
from collector.people.seal import KeyFile, Seal, SealError, key_file
from collector.people.sealing import seal_all, trouble
from tests.collector.people.conftest import PASSWORD, REAL_MS

NO_CODES = "Codes of authenticators cannot be checked"
SECRET = totp.new_key()


def code_of(secret: str, at_ms: int = REAL_MS) -> str:
    return totp.hotp(base64.b32decode(secret), at_ms // 30_000)


@pytest.fixture
def book(tmp_path) -> Book:
    """Two accounts, one of them with an authenticator as it lay before there was a key."""
    found = Book(tmp_path / FILE_NAME)
    for person in ("anna", "eva"):
        invite(found, person, REAL_MS)
    with found.open() as db:
        db.execute("UPDATE account SET totp = ? WHERE person = 'anna'", (SECRET,))
        db.execute("UPDATE account SET totp_offered = ? WHERE person = 'eva'", (SECRET[::-1],))
    return found


@pytest.fixture
def key(tmp_path) -> KeyFile:
    return KeyFile(tmp_path / KEY_NAME)


def everything(book: Book) -> str:
    """Return the bytes of the database and of what SQLite lays beside it."""
    files = sorted(book.path.parent.glob(f"{book.path.name}*"))
    return "".join(file.read_bytes().decode("latin-1") for file in files)


def test_a_start_seals_what_lay_open_and_codes_go_on(book, key):
    assert SECRET in everything(book)
    seal_all(book, key)
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    for secret in (SECRET, SECRET[::-1]):
        assert secret not in everything(book)
    assert key.path.read_text().strip() not in everything(book)
    assert authenticator.used(book, key, "anna", code_of(SECRET), REAL_MS)
    assert not authenticator.used(book, key, "anna", code_of(SECRET), REAL_MS)
    assert authenticator.offered(book, key, "eva") == SECRET[::-1]
    before = everything(book)
    seal_all(book, key)
    assert everything(book) == before
    assert sorted(path.name for path in key.path.parent.iterdir()) == [KEY_NAME, FILE_NAME]


def test_who_has_no_authenticator_needs_no_key(tmp_path, key):
    seal_all(Book(tmp_path / FILE_NAME), key)
    book = Book(tmp_path / FILE_NAME)
    invite(book, "anna", REAL_MS)
    seal_all(book, key)
    assert not key.is_there()
    assert not authenticator.used(book, key, "anna", "123456", REAL_MS)
    assert len(authenticator.offered(book, key, "anna")) == 32
    assert key.is_there()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), "is missing: put it back"),
        (lambda path: path.chmod(0o644), "has mode 0644: others can read it; chmod 600"),
        (lambda path: path.write_text("x" * 64), "is no key file of authenticators: expected 64 hex digits"),
        (lambda path: path.write_bytes(b"\xff" * 64), "cannot be read"),
        (lambda path: path.write_text("ab" * 32), "the authenticators of anna are sealed with"),
    ],
)
def test_a_key_file_that_does_not_serve_is_one_sentence_and_nothing_is_overwritten(book, key, spoil, said, caplog):
    seal_all(book, key)
    kept, before = everything(book), key.path.read_text()
    spoil(key.path)
    with caplog.at_level(logging.ERROR):
        seal_all(book, key)
    assert said in trouble(book, key)
    assert said in caplog.text
    with pytest.raises(SealError):
        authenticator.used(book, key, "anna", code_of(SECRET), REAL_MS)
    assert everything(book) == kept
    key.path.write_text(before)
    key.path.chmod(0o600)
    assert trouble(book, key) == ""
    assert authenticator.used(book, key, "anna", code_of(SECRET), REAL_MS)


def test_with_a_new_key_who_is_reset_goes_on_and_the_others_are_named(book, key):
    seal_all(book, key)
    key.path.unlink()
    key.make()
    assert "the authenticators of anna are sealed with" in trouble(book, key)
    assert authenticator.offered(book, key, "eva") != SECRET[::-1]  # which no longer opens
    invite(book, "anna", REAL_MS)
    assert trouble(book, key) == ""
    secret = authenticator.offered(book, key, "anna")
    assert authenticator.confirmed(book, key, "anna", code_of(secret), REAL_MS)


def test_a_sealed_secret_opens_for_its_person_only_and_only_whole():
    seal = Seal(bytes(range(32)))
    kept = seal.closed(SECRET, "anna")
    assert seal.opened(kept, "anna") == SECRET
    assert kept != seal.closed(SECRET, "anna")
    spoilt = (kept[:-8], kept[:-4] + "AAA=", f"{kept}!", kept.rpartition(":")[0] + ":")
    for changed, person in ((kept, "eva"), *((one, "anna") for one in spoilt)):
        with pytest.raises(SealError, match=f"was changed or damaged: reset {person}"):
            seal.opened(changed, person)
    assert "1f" not in repr(seal)


def test_a_key_that_is_there_is_never_replaced(key):
    first = key.make()
    assert key.make() == first


def test_the_service_s_credential_comes_before_the_data_directory(tmp_path):
    given = tmp_path / "credentials"
    assert key_file(tmp_path, str(given)) == KeyFile(tmp_path / KEY_NAME)
    given.mkdir()
    (given / KEY_NAME).write_text("ab" * 32)
    (given / KEY_NAME).chmod(0o440)  # systemd lets its service in by a list, which shows as a group's bit
    assert key_file(tmp_path, str(given)).read() == Seal(bytes.fromhex("ab" * 32))
    assert key_file(tmp_path, "") == KeyFile(tmp_path / KEY_NAME)


def test_sign_in_without_the_key_is_refused_alike_and_says_why_to_everybody(house):
    async def story() -> None:
        async with house.browser() as browser, house.browser() as other:
            await house.join("operator", browser)
            await house.join("observer", other)
            with closing(sqlite3.connect(house.data / FILE_NAME)) as db:
                (kept,) = db.execute("SELECT totp FROM account WHERE person = 'operator'").fetchone()
            assert kept.startswith("1:")
            assert house.codes["operator"] not in everything(house.book)
            aside = (house.data / KEY_NAME).rename(house.data / "aside")
            for form in ("/signin", "/signin?lang=ru"):
                assert 'class="notice"' in (await other.get(form)).text
            assert NO_CODES in (await other.get("/?lang=en")).text  # who is signed in reads it as well
            async with house.browser() as stranger:
                refused = await house.sign_in("operator", stranger)
                wrong = await stranger.post("/signin", data={"person": "nobody", "password": PASSWORD, "code": ""})
                assert (refused.status_code, refused.text) == (wrong.status_code, wrong.text)
                assert NO_CODES in refused.text
                assert (await house.sign_in("observer", stranger)).status_code == 303  # who needs no code comes in
            assert newest(house.book, 1, "operator")[0].said == "key of the authenticators"
            aside.rename(house.data / KEY_NAME)
            async with house.browser() as stranger:
                assert NO_CODES not in (await stranger.get("/signin")).text
                assert (await house.sign_in("operator", stranger)).status_code == 303

    asyncio.run(story())


def test_who_has_to_set_up_an_authenticator_reads_that_none_can_be_offered(house):
    async def story() -> None:
        async with house.browser() as browser, house.browser() as other:
            await house.join("operator", browser)
            aside = (house.data / KEY_NAME).rename(house.data / "aside")
            secret = invite(house.book, "authority", house.real_ms)
            await other.post("/invite", data={"invitation": secret, "password": PASSWORD})
            page = await other.get("/totp")
            assert (page.status_code, NO_CODES in page.text, "Secret" in page.text) == (200, True, False)
            aside.rename(house.data / KEY_NAME)
            assert "Secret" in (await other.get("/totp")).text

    asyncio.run(story())
