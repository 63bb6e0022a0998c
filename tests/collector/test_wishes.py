"""The collector's wishes: written down by a person's command, given to the gateway that has the logger."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.wishes import FILE_NAME, WishBook
from seepline.cli import app
from seepline.wish import Wish, WishRefused

DAM = Path(__file__).with_name("dam.toml")
WISH = Wish("alarm-1", "pond", "repeat", 1, 2_000)


def test_a_wish_is_open_until_it_expires_and_asked_once(tmp_path):
    book = WishBook(tmp_path / FILE_NAME)
    assert book.open_for({"pond"}, 0) == []
    assert book.ask(WISH, "engine", 1_000)
    assert not book.ask(WISH, "engine", 1_001)
    assert book.open_for({"pond"}, 1_999) == [WISH._asdict()]
    assert book.open_for({"toe"}, 1_999) == []
    assert book.open_for({"pond"}, 2_000) == []


def test_a_wish_out_of_bounds_is_not_written_down(tmp_path):
    book = WishBook(tmp_path / FILE_NAME)
    with pytest.raises(WishRefused, match="expected 1 to 3"):
        book.ask(WISH._replace(amount=4), "engine", 1_000)
    assert book.open_for({"pond"}, 0) == []


def test_a_person_s_wish_reaches_the_gateway_of_that_logger_alone(client, tmp_path, new_token):
    words = ["collector", "ask", str(DAM), "b", "--data", str(tmp_path)]
    assert client.get("/api/v1/gateways/gw1/wishes").json() == {"wishes": []}
    assert CliRunner().invoke(app, [*words, "--fast-minutes", "10"]).exit_code == 0
    (found,) = client.get("/api/v1/gateways/gw1/wishes").json()["wishes"]
    assert (found["logger"], found["kind"], found["amount"]) == ("b", "fast", 10)
    other = {"Authorization": f"Token {new_token('gw2')}"}
    assert client.get("/api/v1/gateways/gw2/wishes", headers=other).json() == {"wishes": []}
    assert client.get("/api/v1/gateways/gw1/wishes", headers=other).status_code == 403
    assert client.get("/api/v1/gateways/gw1/wishes", headers={"Authorization": ""}).status_code == 401


@pytest.mark.parametrize(
    ("more", "says"), [((), "one of them"), (("--repeat", "1", "--fast-minutes", "1"), "one of them")]
)
def test_a_person_asks_for_one_thing(more, says, tmp_path):
    done = CliRunner().invoke(app, ["collector", "ask", str(DAM), "b", "--data", str(tmp_path), *more])
    assert done.exit_code == 2
    assert says in done.output


def test_an_unknown_logger_is_refused(tmp_path):
    done = CliRunner().invoke(app, ["collector", "ask", str(DAM), "x", "--data", str(tmp_path), "--repeat", "1"])
    assert done.exit_code == 2
    assert "expected one of" in done.output
