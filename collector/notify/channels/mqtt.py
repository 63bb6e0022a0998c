"""MQTT 5 to one broker: each message under its level, the newest of each point retained, and our own death told.

    <topic>/red, orange, yellow, green      every message, QoS 1
    <topic>/morning                         the morning sheet
    <topic>/state/<point>                   the newest message about a point, retained; /state/site about no point
    <alive>                                 "alive", retained; the broker itself puts "dead" there when we are gone

`<topic>` is the contact's `topic`. The payload is the JSON of docs/telling-people.md.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collector.notify.channels.broker import Broker
from collector.notify.channels.places import trust
from collector.notify.channels.secret_files import secret
from collector.notify.sender import Letter, NotTaken
from collector.outward import is_here
from seepline.site_shape import Fault

_MOST_PORT = 65_535
_log = logging.getLogger("collector.notify")
_MORNING = "morning"  # a morning sheet is no message of a level, and no state
_EXPECTED_TOPIC = "a topic such as seepline/dam, without + # $ and without / at its ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """Keys of a [[channel]] of kind "mqtt". Without `alive` nothing is connected before the first message."""

    host: str
    port: int
    tls: Literal["tls", "plain"]
    username: str = ""
    password_file: str = ""
    ca_file: str = ""
    alive: str = ""
    patience_s: float = 20.0


def faults(settings: MqttSettings) -> Iterable[Fault]:
    """Yield what does not fit in settings."""
    if not 0 < settings.port <= _MOST_PORT:
        yield "port", str(settings.port), "a port from 1 to 65535, such as 8883"
    if settings.tls == "plain" and not is_here(settings.host):
        yield "tls", '"plain"', f'"tls": {settings.host} is not this machine'
    if bool(settings.username) != bool(settings.password_file):
        yield "password_file", repr(settings.password_file), "username and password_file, or neither"
    if settings.alive and not is_topic(settings.alive):
        yield "alive", repr(settings.alive), _EXPECTED_TOPIC
    if settings.patience_s <= 0:
        yield "patience_s", f"{settings.patience_s:g}", "seconds, more than 0"


def is_topic(text: str) -> bool:
    """Tell whether messages can go below a topic.

    >>> is_topic("seepline/dam"), is_topic("seepline/#"), is_topic("$SYS"), is_topic("a//b")
    (True, False, False, False)
    """
    return all(text.split("/")) and text.isprintable() and not set(text) & set("+#$ ") and len(text) < 200


class Mqtt:
    """Sends through one broker, with a connection that stays."""

    def __init__(self, settings: MqttSettings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._broker: Broker | None = None
        self._newest_ms: dict[str, int] = {}
        if settings.alive:
            try:
                self._ready()
            except NotTaken as error:  # each message tries again
                _log.warning("The broker is not told that the collector lives: %s", error.reason)

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        """Publish a letter below a topic; the broker's PUBACK is the receipt. Raises NotTaken."""
        if not is_topic(address):
            raise NotTaken(f"{address!r} is no topic: expected {_EXPECTED_TOPIC}", again=False)
        broker, said = self._ready(), json.loads(letter.body)
        try:
            async with asyncio.timeout(self._settings.patience_s):
                await broker.connected()
                place = said["level"] if "kind" in said else _MORNING
                answer = await broker.publish(f"{address}/{place}", letter.body, retain=False)
                for one in said.get("notices", [said] if "kind" in said else []):
                    await self._keep_state(broker, f"{address}/state/{one['point'] or 'site'}", one)
        except TimeoutError as error:
            silence = f"did not confirm within {self._settings.patience_s:g} s"
            raise NotTaken(f"{broker.place}: {broker.why or silence}", again=True) from error
        return f"confirmed by {broker.place}: {answer}"

    def close(self) -> None:
        """Leave the broker; it says "dead" all the same."""
        if self._broker is not None:
            self._broker.close()

    def _ready(self) -> Broker:
        """Return the connection, begun with the secrets that stand in the files now."""
        settings = self._settings
        password = secret(self._folder, settings.password_file, "password_file") if settings.username else ""
        if self._broker is None:
            if settings.tls == "plain" and not is_here(settings.host):
                raise NotTaken(f"without TLS nothing is sent to {settings.host}", again=True)
            context = None if settings.tls == "plain" else trust(self._folder, settings.ca_file)
            self._broker = Broker(settings.host, settings.port, context, settings.alive)
            self._broker.signs_in_as(settings.username, password)
            self._broker.begin()
        else:
            self._broker.signs_in_as(settings.username, password)
        return self._broker

    async def _keep_state(self, broker: Broker, topic: str, said: dict[str, object]) -> None:
        """Put a message into its point's state, unless a newer one stands there: repeats come out of order.

        What is played, and a test of the channel, is no state.
        """
        if said["exercise"] or said["kind"] == "test":
            return
        at_ms = int(str(said["arrived_ms"]))
        if at_ms >= self._newest_ms.get(topic, at_ms):
            self._newest_ms[topic] = at_ms
            await broker.publish(topic, json.dumps(said, ensure_ascii=False), retain=True)
