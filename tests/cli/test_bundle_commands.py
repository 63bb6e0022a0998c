"""From a person's key to a bundle that a gateway accepts, by the commands alone."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.bundle.cache import Cache
from seepline.bundle.policy import read_policy
from seepline.cli import app

DAM = (Path(__file__).parents[1] / "collector" / "dam.toml").read_text()
SET = re.search(r'\[\[threshold_set\]\]\nid = "(.+?)"', DAM)[1]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in a folder that holds SITE.toml and a passphrase."""
    monkeypatch.chdir(tmp_path)
    Path("SITE.toml").write_text(DAM)
    Path("word").write_text("correct horse battery\n")

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == code, done.output
        return done.output

    return run


@pytest.fixture
def keys(run) -> dict[str, str]:
    """Keys of two persons and of the service, and the policy that knows them."""
    public = {}
    for name in ("anna", "eva", "rita"):
        public[name] = run("person-key", f"{name}.pem", "--passphrase-file", "word").split('"')[1]
    public["service"] = run("collector", "service-key", "service.pem", "--passphrase-file", "word").split('"')[1]
    policy = f'site = "dam"\n[service]\npublic_key = "{public["service"]}"\n'
    for name in ("anna", "eva", "rita"):
        policy += f'[[person]]\nid = "{name}"\nname = "{name}"\nrole = "engineer_of_record"\n'
        policy += f'public_key = "{public[name]}"\n'
        policy += "valid_from = 2020-01-01T00:00:00Z\n"
    policy += '[[rule]]\nsets = "*"\napprovals = 2\nroles = ["engineer_of_record"]\n'
    Path("policy.toml").write_text(policy)
    return public


SIGN = ("sign", "SITE.toml", SET, "--passphrase-file", "word", "--yes")
MAKE = ("collector", "bundle", "make", "SITE.toml", "--data", "data", "--key", "service.pem")
MAKE = (*MAKE, "--policy", "policy.toml", "--passphrase-file", "word")


def test_two_persons_sign_and_a_gateway_accepts(run, keys):
    Path("data").mkdir()
    for name in ("anna", "eva"):
        said = run(*SIGN, "--key", f"{name}.pem", "--person", name)
        assert f"approvals/{SET}.{name}.json written" in said
        assert "Limits of set" in said
    assert "bundle 1 of site dam is ready" in run(*MAKE)
    assert "bundle 2 of site dam is ready" in run(*MAKE)
    data = Path("data/bundle").read_bytes()
    Path("gateway").mkdir()
    cache = Cache(Path("gateway"), read_policy(Path("policy.toml")))
    assert cache.accept(data).bundle.number == 2
    shown = json.loads(run("gateway", "bundle", "show", "gateway", "--json", "--policy", "policy.toml"))
    assert (shown["number"], shown["verdict"]) == (2, "every signature is good")
    assert [one["person"] for one in shown["approvals"]] == ["anna", "eva"]
    assert "not checked: give --policy" in run("collector", "bundle", "show", "--data", "data")


def test_a_bundle_that_a_gateway_would_refuse_is_not_made(run, keys):
    Path("data").mkdir()
    run(*SIGN, "--key", "anna.pem", "--person", "anna")
    said = run(*MAKE, code=1)
    assert f"No bundle was made: set {SET}: 1 approved it, the policy asks for 2" in said
    run(*SIGN, "--key", "anna.pem", "--person", "eva")
    assert "the signature of eva is not that of these limits" in run(*MAKE, code=1)
    assert not Path("data/bundle").exists()


def test_a_lost_bundle_needs_a_number_and_a_lower_one_is_refused(run, keys):
    Path("data").mkdir()
    for name in ("anna", "eva"):
        run(*SIGN, "--key", f"{name}.pem", "--person", name)
    run(*MAKE, "--number", "7")
    assert "expected one above 7" in run(*MAKE, "--number", "7", code=1)
    Path("data/bundle").write_bytes(b"?")
    assert "remove it and give --number" in run(*MAKE, code=1)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ("sign", "SITE.toml", "none", "--key", "anna.pem", "--person", "anna"),
            2,
            f"no set of limits none; it has {SET}",
        ),
        ((*SIGN, "--key", "policy.toml", "--person", "anna"), 1, "does not open as a key"),
        (
            (*SIGN[:3], "--key", "anna.pem", "--person", "anna", "--passphrase-file", "no"),
            2,
            "cannot be read or is empty",
        ),
        (("person-key", "anna.pem", "--passphrase-file", "word"), 1, "no key is ever overwritten"),
        ((*MAKE, "--policy", "SITE.toml"), 2, "service.public_key: found nothing"),
        ((*MAKE, "--policy", "none.toml"), 2, "expected a policy file that can be read"),
        (("gateway", "bundle", "show", "."), 2, "no bundle is there yet"),
        (("collector", "bundle", "show", "--data", "."), 2, "no bundle is there yet"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, keys, arguments, code, sentence):
    if arguments[:2] == SIGN[:2] and "--yes" not in arguments:
        arguments = (*arguments, "--yes")
    assert sentence in " ".join(run(*arguments, code=code).split())


def test_an_approval_that_is_none_is_named(run, keys):
    Path("data").mkdir()
    Path("approvals").mkdir()
    Path("approvals/note.json").write_text("[]")
    assert "approvals/note.json is no approval" in run(*MAKE, code=1)


def test_nothing_is_signed_without_a_yes(run, keys, monkeypatch):
    done = CliRunner().invoke(app, [*SIGN[:-1], "--key", "anna.pem", "--person", "anna"], input="n\n")
    assert done.exit_code == 1
    assert "Nothing was signed." in done.output
    assert not Path("approvals").exists()
