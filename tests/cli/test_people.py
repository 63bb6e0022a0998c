"""`seepline collector people`, and commands that read with a token: one sentence for everything that is wrong."""

import json
import stat

import pytest
from typer.testing import CliRunner

from collector.people.book import FILE_NAME, Book
from collector.people.log import newest
from collector.people.readers import purpose_of
from collector.people.seal import KeyFile
from collector.people.sealing import seal_all
from seepline.cli import app
from tests.acts import Persons


@pytest.fixture
def data(tmp_path):
    Persons().write_policy(tmp_path)
    return tmp_path


def people(*words, data):
    return CliRunner().invoke(app, ["collector", "people", *words, "--data", str(data)])


def test_an_account_lives_from_its_invitation_to_its_removal(data):
    made = people("add", "operator", "--address", "https://dam.example/", data=data)
    assert made.exit_code == 0
    link = made.stdout.splitlines()[0]
    assert link.startswith("https://dam.example/invite#")
    secret = link.partition("#")[2]
    assert secret not in (data / FILE_NAME).read_bytes().decode("latin-1")
    assert stat.S_IMODE((data / FILE_NAME).stat().st_mode) == 0o600
    (row,) = json.loads(people("list", "--json", data=data).stdout)
    assert (row["person"], row["state"], row["has_totp"]) == ("operator", "invited", False)
    assert people("lock", "operator", data=data).stdout == "operator: locked.\n"
    assert "locked" in people("list", data=data).stdout
    assert people("unlock", "operator", data=data).exit_code == 0
    again = people("reset", "operator", data=data)
    assert secret not in again.stdout
    assert people("remove", "operator", data=data).exit_code == 0
    assert json.loads(people("list", "--json", data=data).stdout) == []
    kinds = [one.kind for one in newest(Book(data / FILE_NAME), 10, "operator")]
    assert kinds == ["removed", "invited", "unlocked", "locked", "invited"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "stranger"), "stranger is nobody in"),
        (("reset", "operator"), "operator has no account"),
        (("lock", "operator"), "operator has no account"),
        (("remove", "operator"), "operator has no account"),
        (("revoke", "7"), "There is no token 7"),
        (("token", "write", "--for", "x", "--days", "1"), "'write' is no purpose: expected read"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(data, words, said):
    answer = people(*words, data=data)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(said)
    assert "Traceback" not in answer.output


def test_who_has_an_account_is_not_invited_anew_by_mistake(data):
    people("add", "operator", data=data)
    assert "reset" in people("add", "operator", data=data).stderr


def test_a_directory_without_a_policy_makes_no_accounts(tmp_path):
    assert "policy.toml" in people("add", "operator", data=tmp_path).stderr
    assert not (tmp_path / FILE_NAME).exists()
    assert "is no directory" in people("list", data=tmp_path / "none").stderr


def test_the_key_of_authenticators_is_shown_by_its_name_and_what_it_opens(data):
    missing = people("key", data=data)
    assert (missing.exit_code, "people.key, the key file of the authenticators, is missing" in missing.stderr) == (
        1,
        True,
    )
    made = people("key", "--new", data=data)
    assert made.stdout.endswith("It opens the authenticators of: nobody yet.\n")
    assert (data / "people.key").read_text().strip() not in made.output
    again = people("key", "--new", data=data)
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    book = Book(data / FILE_NAME)
    people("add", "operator", data=data)
    with book.open() as db:
        db.execute("UPDATE account SET totp = ?", ("JBSWY3DPEHPK3PXP",))
    assert "Others lie open in the database until the collector starts again." in people("key", data=data).stdout
    seal_all(book, KeyFile(data / "people.key"))
    assert people("key", data=data).stdout.endswith("It opens the authenticators of: operator.\n")
    (data / "people.key").rename(data / "kept")  # as a restored back-up has them apart
    assert people("key", "--file", str(data / "kept"), data=data).exit_code == 0
    other = people("key", "--new", data=data)
    assert (other.exit_code, "put that key file back, or reset these persons" in other.stderr) == (1, True)


def test_a_token_is_shown_once_and_listed_without_itself(data):
    secret = people("token", "audit", "--for", "the ministry", "--days", "30", data=data).stdout.strip()
    (row,) = json.loads(people("tokens", "--json", data=data).stdout)
    assert (row["purpose"], row["holder"], row["used_ms"], row["revoked"]) == ("audit", "the ministry", None, 0)
    assert secret not in json.dumps(row)
    assert "the ministry" in people("tokens", data=data).stdout
    book = Book(data / FILE_NAME)
    assert purpose_of(book, f"Bearer {secret}", row["made_ms"]) == "audit"
    assert people("revoke", str(row["id"]), data=data).exit_code == 0
    assert purpose_of(book, f"Bearer {secret}", row["made_ms"]) == ""


def test_a_token_file_that_is_none_is_one_sentence(tmp_path):
    words = ["sets", "list", "--to", "http://127.0.0.1:1", "--token-file", str(tmp_path / "none")]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("--token-file")
