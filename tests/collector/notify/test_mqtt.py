"""MQTT through Mosquitto with TLS and sign-in: messages by level, states that stay, the collector's own death."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator

import pytest

from collector.notify.channels import mqtt
from collector.notify.channels.mqtt import Mqtt, MqttSettings
from collector.notify.compose import compose
from collector.notify.sender import Letter, NotTaken
from collector.notify.together import together
from seepline.thresholds import Level
from tests.collector.notify.notices import RED, notice
from tests.collector.notify.servers import PASSWORD, USER, listening, mosquitto, odd_server
from tests.ports import free_port

# paho forgets to close the socket of a handshake that failed; the next collection does
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")

TOPIC, ID = "seepline/dam", "0f" * 16
DATA = compose(RED, "ru", "data")
LIMIT_S = 60


@pytest.fixture(scope="module")
def broker(tmp_path_factory, authority):
    port = free_port()
    with mosquitto(tmp_path_factory.mktemp("mosquitto"), port, authority):
        yield port


@contextlib.contextmanager
def channel(port, folder, authority, **changes) -> Iterator[Mqtt]:
    given = {
        "host": "localhost",
        "port": port,
        "tls": "tls",
        "username": USER,
        "password_file": "good",
        "ca_file": str(authority.ca),
    }
    sender = Mqtt(MqttSettings(**given | changes), folder)
    try:
        yield sender
    finally:
        sender.close()


async def until(holds) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not holds():  # noqa: ASYNC110 - another thread makes it true
            await asyncio.sleep(0.02)


async def test_a_message_goes_under_its_level_and_its_point_keeps_the_newest(broker, secrets, authority):
    orange = notice(level=Level.ORANGE, point="TOE-P2", arrived_ms=RED.arrived_ms + 1000)
    late_repeat = notice(level=Level.YELLOW, point="TOE-P2", arrived_ms=RED.arrived_ms - 1000)
    with listening(broker, authority, "seepline/#") as heard, channel(broker, secrets, authority) as sender:
        receipt = await sender.send(TOPIC, DATA, ID)
        for one in (orange, late_repeat):
            await sender.send(TOPIC, compose(one, "ru", "data"), ID)
        await until(lambda: len([one for one in heard if "/state/" not in one[0]]) == 3)
    assert receipt == f"confirmed by localhost:{broker}: taken"
    assert {topic for topic, _, _ in heard} == {
        f"{TOPIC}/red", f"{TOPIC}/orange", f"{TOPIC}/yellow", f"{TOPIC}/state/TOE-P1", f"{TOPIC}/state/TOE-P2",
    }  # fmt: skip
    with listening(broker, authority, "seepline/#") as kept:
        await until(lambda: len(kept) == 2)
    levels = {topic.rpartition("/")[2]: json.loads(said)["level"] for topic, said, retained in kept if retained}
    assert levels == {"TOE-P1": "red", "TOE-P2": "orange"}


async def test_collected_notices_go_as_one_and_each_keeps_its_state(broker, secrets, authority):
    some = [notice(level=Level.YELLOW, point=f"P{number}", point_name=f"P{number}") for number in range(3)]
    letter = together(some, "en", "data", compose)
    with channel(broker, secrets, authority) as sender:
        await sender.send("collected/dam", letter, ID)
    with listening(broker, authority, "collected/#") as kept:
        await until(lambda: len(kept) == 3)
    assert {topic for topic, _, _ in kept} == {f"collected/dam/state/P{number}" for number in range(3)}


async def test_what_is_played_is_no_state(broker, secrets, authority):
    played = compose(notice(exercise=True, kind="exercise_event"), "en", "data")
    tried = compose(notice(kind="test"), "en", "data")
    with listening(broker, authority, "played/#") as heard, channel(broker, secrets, authority) as sender:
        await sender.send("played/dam", played, ID)
        await sender.send("played/dam", tried, ID)
        await sender.send("played/dam", DATA, ID)
        await until(lambda: len(heard) == 4)
    assert [topic for topic, _, _ in heard] == ["played/dam/red"] * 3 + ["played/dam/state/TOE-P1"]
    assert json.loads(heard[0][1])["exercise"] is True


async def test_a_morning_sheet_rings_no_siren_and_is_no_state(broker, secrets, authority):
    sheet = Letter("", json.dumps({"schema": "seepline.morning", "level": "red"}))
    with listening(broker, authority, "morning/#") as heard, channel(broker, secrets, authority) as sender:
        await sender.send("morning/dam", sheet, ID)
        await sender.send("morning/dam", DATA, ID)
        await until(lambda: len(heard) == 3)
    assert [topic for topic, _, _ in heard] == [
        "morning/dam/morning", "morning/dam/red", "morning/dam/state/TOE-P1",
    ]  # fmt: skip


async def test_the_broker_says_when_nobody_listens(broker, secrets, authority):
    with channel(broker, secrets, authority) as sender:
        assert (await sender.send("lonely/dam", DATA, ID)).endswith("nobody listens there now")


CHILD = """
import sys, time
from pathlib import Path
from collector.notify.channels.mqtt import Mqtt, MqttSettings
port, folder, ca = sys.argv[1:]
Mqtt(MqttSettings(host="localhost", port=int(port), tls="tls", username="seepline", password_file="good",
                  ca_file=ca, alive="seepline/collector"), Path(folder))
time.sleep(600)
"""


async def test_the_broker_tells_the_collector_s_own_death(broker, secrets, authority):
    with listening(broker, authority, "seepline/collector") as heard:
        command = (sys.executable, "-c", CHILD, str(broker), str(secrets), str(authority.ca))
        child = await asyncio.create_subprocess_exec(*command)
        try:
            await until(lambda: ("seepline/collector", "alive") in [one[:2] for one in heard])
        finally:
            child.kill()
            await child.wait()
        await until(lambda: heard[-1][1] == "dead")


async def test_who_lives_says_so_again_when_another_leaves_its_will(broker, secrets, authority):
    with listening(broker, authority, "alive/2") as heard:
        with channel(broker, secrets, authority, alive="alive/2"):
            await until(lambda: heard and heard[-1][1] == "alive")
            with channel(broker, secrets, authority, alive="alive/2"):
                await until(lambda: len(heard) > 1)
            await until(lambda: "dead" in [one[1] for one in heard] and heard[-1][1] == "alive")
        await until(lambda: heard[-1][1] == "dead")


def test_a_secret_that_lacks_at_the_start_is_said_in_the_log(secrets, authority, caplog):
    with channel(1, secrets, authority, password_file="none", alive="alive/3"):
        assert "not told that the collector lives: password_file: " in caplog.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password_file": "wrong"}, "refuses the connection: Not authorized"),
        ({"password_file": "open"}, "can be read by others"),
        ({"password_file": "none"}, "cannot be read"),
        ({"ca_file": ""}, "its certificate is not trusted"),
        ({"ca_file": "none.pem"}, "is no certificate of an authority"),
        ({"host": "broker.example", "tls": "plain"}, "without TLS nothing is sent to broker.example"),
    ],
)
async def test_what_a_person_can_mend_is_tried_again(changes, said, broker, secrets, authority):
    with channel(broker, secrets, authority, **changes) as sender, pytest.raises(NotTaken) as caught:
        await sender.send(TOPIC, DATA, ID)
    assert said in caught.value.reason
    assert caught.value.again is True


async def test_a_secret_that_is_mended_is_used_at_the_next_message(broker, secrets, authority):
    with channel(broker, secrets, authority, password_file="wrong", patience_s=40.0) as sender:
        with pytest.raises(NotTaken):
            await sender.send("mended/dam", DATA, ID)
        (secrets / "wrong").write_text(PASSWORD)
        async with asyncio.timeout(LIMIT_S):
            while True:
                with contextlib.suppress(NotTaken):
                    assert await sender.send("mended/dam", DATA, ID)
                    break


@pytest.mark.parametrize(("greeting", "closes"), [(b"", False), (b"", True), (b"what?\r\n", True)])
async def test_a_broker_that_hangs_or_closes(greeting, closes, secrets, authority):
    changes = {"host": "127.0.0.1", "tls": "plain", "username": "", "password_file": "", "patience_s": 1.0}
    with odd_server(greeting, closes) as port, channel(port, secrets, authority, **changes) as sender:
        with pytest.raises(NotTaken) as caught:
            await sender.send(TOPIC, DATA, ID)
        assert caught.value.again is True
        assert caught.value.reason.startswith(f"127.0.0.1:{port}: ")


async def test_nobody_listens(secrets, authority):
    with channel(free_port(), secrets, authority) as sender:
        with pytest.raises(NotTaken, match="nobody listens there") as caught:
            await sender.send(TOPIC, DATA, ID)
        assert caught.value.again is True


@pytest.mark.parametrize("address", ["", "seepline/#", "$SYS", "/x", "x/", "a b", "a\x00b"])
async def test_what_is_no_topic_is_refused_for_good(address, broker, secrets, authority):
    with channel(broker, secrets, authority) as sender, pytest.raises(NotTaken, match="is no topic") as caught:
        await sender.send(address, DATA, ID)
    assert caught.value.again is False


def test_faults_of_settings():
    bad = MqttSettings(host="broker.example", port=70_000, tls="plain", username="x", alive="#", patience_s=0.0)
    assert [key for key, _, _ in mqtt.faults(bad)] == ["port", "tls", "password_file", "alive", "patience_s"]
