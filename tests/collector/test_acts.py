"""Acts at the collector: accepted once, chained in the journal, told, the same after a restart and in a replay."""

import json

import pytest
from typer.testing import CliRunner

from collector.acts.table import link
from collector.store_writing import StoreWriter
from seepline.acts.check import checked
from seepline.acts.document import AcceptedAct, accepted_text
from seepline.acts.errors import BadBody
from seepline.cli import app
from seepline.signing_key import make
from tests.acts import Persons
from tests.collector.chain import T0_MS, Chain
from tests.collector.conftest import CLOCK

PERSONS = Persons()


def act(chain: Chain, text: str, at_ms: int = T0_MS) -> bool:
    """A note comes to a chain; tell whether it was new."""
    signed = PERSONS.act("operator", "note", {"text": text, "at_ms": at_ms, "point": "P1"}, at_ms)
    accepted = checked(signed, PERSONS.policy(), chain.site, T0_MS)
    new = chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()
    return new


def test_an_act_is_told_under_its_person_s_name_once(chain):
    assert act(chain, "a wet patch")
    assert not act(chain, "a wet patch")
    (event,) = [one for one in chain.reader.events() if one.kind == "note"]
    assert (event.point, event.text) == ("P1", "The operator at 2016-01-01 08:00:00 UTC: a wet patch")


def test_acts_are_chained(chain):
    for text in ("one", "two", "three"):
        act(chain, text)
    kept, before = chain.journal.acts.after(0, 10), ""
    for one in kept:
        before = link(before, one.text)
        assert one.chain == before
    assert [one.line for one in kept] == sorted(one.line for one in kept)
    assert len(chain.journal.acts.after(kept[0].line, 1)) == 1


def test_a_replay_of_the_journal_tells_the_same(chain, rows):
    act(chain, "before")
    chain.take(rows.piezometer(0))
    act(chain, "after")
    told = chain.reader.events()
    chain.close()
    (chain.folder / "store.sqlite").unlink()
    chain.store = StoreWriter(chain.folder / "store.sqlite")
    chain.open()
    chain.judge()
    assert chain.reader.events() == told


def test_an_act_about_a_point_that_is_gone_is_kept_as_an_event(chain):
    signed = PERSONS.act("operator", "note", {"text": "x", "at_ms": T0_MS, "point": "GONE"}, T0_MS)
    accepted = AcceptedAct(id="1", act=signed, role="operator", name="The operator")
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()
    (event,) = [one for one in chain.reader.events() if one.kind == "act_unfit"]
    assert "note.point: found 'GONE'" in event.text


@pytest.mark.parametrize(
    "said",
    [
        {"at_ms": 10**17},
        {"at_ms": -(10**17)},
        {"at_ms": 2**62},
        {"text": "a\ud800"},
        {"text": "a\0"},
        {"\ud800": 1},
    ],
)
def test_an_act_that_nothing_could_keep_or_show_is_refused_and_stops_no_judge(chain, rows, said):
    signed = PERSONS.act("operator", "note", {"text": "a", "at_ms": T0_MS, **said}, T0_MS)
    with pytest.raises(BadBody):
        checked(signed, PERSONS.policy(), chain.site, T0_MS)
    accepted = AcceptedAct(id="1", act=signed, role="operator", name="The operator")
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.take(rows.piezometer(0))
    assert chain.kinds()[0] == "act_unfit"


@pytest.fixture
def sent(client, tmp_path):
    PERSONS.write_policy(tmp_path)

    def send(person="operator", body=None, **more):
        body = {"text": "a wet patch", "at_ms": T0_MS} if body is None else body
        return client.post("/api/v1/acts", json=PERSONS.sent(person, "note", body, T0_MS, **more))

    return send


def test_the_door_takes_an_act_once_and_refuses_what_does_not_count(client, sent):
    first, second = sent(), sent()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert sent("administrator").status_code == 403
    assert sent(by="observer").json()["message"] == "the signature is not that of operator over this note"
    assert sent(body={}).status_code == 400
    assert client.post("/api/v1/acts", content=b"{").status_code == 400
    _policy, kept = client.get("/api/v1/acts").json()
    assert kept["text"]["role"] == "operator"
    assert client.get("/api/v1/acts?after=x").status_code == 400
    assert client.get("/api/v1/alarms").json() == []


def test_without_a_policy_nobody_may_act(client):
    answer = client.post("/api/v1/acts", json=PERSONS.sent("operator", "note", {}, T0_MS))
    assert (answer.status_code, answer.json()["code"]) == (403, "no policy")


@pytest.fixture
def command(client, tmp_path, monkeypatch):
    """Return what `seepline act note` says: its exit code and its text."""
    monkeypatch.setenv("SEEPLINE_CLOCK", CLOCK)
    PERSONS.keys["operator"] = make(tmp_path / "olga.pem", "a long passphrase")
    PERSONS.write_policy(tmp_path)
    (tmp_path / "pass").write_text("a long passphrase\n")
    about = ["--key", str(tmp_path / "olga.pem"), "--passphrase-file", str(tmp_path / "pass"), "--site", "dam"]

    def run(*words, person="operator", to=str(client.base_url)):
        done = CliRunner().invoke(app, ["act", "note", *words, *about, "--person", person, "--to", to])
        return done.exit_code, done.output

    return run


def test_a_person_acts_by_command(command, tmp_path):
    (tmp_path / "body.json").write_text(json.dumps({"point": "P1", "at_ms": T0_MS}))
    words = (f"@{tmp_path / 'body.json'}", "text=a wet patch")
    assert command(*words)[0] == 0
    code, said = command("text=a", "at_ms=soon")
    assert (code, "note.at_ms: found 'soon'; expected a whole number" in said) == (1, True)
    assert "not that of observer" in command(*words, person="observer")[1]


@pytest.mark.parametrize(
    ("words", "to", "says"),
    [
        (("text",), "http://127.0.0.1:1", "expected NAME=VALUE"),
        (("@nothing.json",), "http://127.0.0.1:1", "expected a JSON object"),
        (("text=a",), "127.0.0.1:1", "expected http"),
        (("text=a",), "http://127.0.0.1:1", "does not answer as a collector"),
        (("text=NaN",), "http://127.0.0.1:1", "cannot be signed"),
    ],
)
def test_a_command_that_cannot_act_says_why(command, words, to, says):
    code, said = command(*words, to=to)
    assert code != 0
    assert says in said
