"""The only importer of paho: one connection to a broker, made again by itself, whose answers can be awaited.

paho runs it in a thread of its own; what that thread tells is handed to the event loop.
"""

import asyncio
import contextlib
import ssl
import sys
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from collector.notify.sender import NotTaken
from collector.outward import tls_sentence

_KEEP_ALIVE_S = 30
_LONGEST_PAUSE_S = 30
_LOOK_S = 0.02
_UNHEARD = 0x10  # MQTT 5, 3.4.2.1: nobody subscribes to this topic now
_ALIVE, _DEAD = b"alive", b"dead"


class Broker:
    """One connection. `why` says why there is none."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, alive: str) -> None:
        self.place, self.why, self._alive = f"{host}:{port}", "", alive
        self._failures, self._is_up = 0, False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[int, asyncio.Future[ReasonCode]] = {}
        self._client = client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        if context is not None:
            client.tls_set_context(context)
        if alive:
            client.will_set(alive, _DEAD, qos=1, retain=True)
        client.on_connect, client.on_connect_fail = self._on_connect, self._on_connect_fail
        client.on_disconnect, client.on_publish = self._on_disconnect, self._on_publish
        client.on_message = self._on_message
        client.reconnect_delay_set(1, _LONGEST_PAUSE_S)
        client.connect_async(host, port, _KEEP_ALIVE_S)

    def signs_in_as(self, username: str, password: str) -> None:
        """Use a name and a password from the next connection on."""
        if username:
            self._client.username_pw_set(username, password)

    def begin(self) -> None:
        """Connect, and again whenever the connection is lost."""
        self._client.loop_start()

    def close(self) -> None:
        """Leave, and say "dead" ourselves, for a broker drops the will of who takes leave."""
        self._client.on_message = None
        if self._alive and self._is_up:
            with contextlib.suppress(ValueError, RuntimeError):
                self._client.publish(self._alive, _DEAD, 1, retain=True).wait_for_publish(5)
        self._client.disconnect()
        self._client.loop_stop()

    async def connected(self) -> None:
        """Return once there is a connection; raises NotTaken when the next try fails."""
        before = self._failures
        while not self._is_up:
            if self._failures > before:
                raise NotTaken(f"{self.place}: {self.why}", again=True)
            await asyncio.sleep(_LOOK_S)

    async def publish(self, topic: str, body: str, retain: bool) -> str:
        """Return what the broker answered to a message; raises NotTaken when it refuses it."""
        self._loop = asyncio.get_running_loop()
        answer: asyncio.Future[ReasonCode] = self._loop.create_future()
        sent = self._client.publish(topic, body.encode(), qos=1, retain=retain)
        self._waiting[sent.mid] = answer  # its answer is handed over only while this task waits
        code = await answer
        if code.is_failure:
            raise NotTaken(f"{self.place} refuses {topic}: {code}", again=True)
        return "nobody listens there now" if code.value == _UNHEARD else "taken"

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, code: ReasonCode, _about: Any) -> None:
        if code.is_failure:
            self.why = f"refuses the connection: {code}"
            self._failures += 1
            return
        self.why, self._is_up = "", True
        if self._alive:
            client.subscribe(self._alive, 1)
            client.publish(self._alive, _ALIVE, 1, retain=True)

    def _on_connect_fail(self, _client: paho.Client, _data: Any) -> None:
        error = sys.exc_info()[1]  # paho calls from inside its `except`
        self.why = tls_sentence(error) if error is not None else "cannot be reached"
        self._failures += 1

    def _on_disconnect(self, _client: paho.Client, _data: Any, _flags: Any, code: ReasonCode, _about: Any) -> None:
        was_up, self._is_up = self._is_up, False
        if was_up:
            self.why = f"the connection was lost: {code}"
        elif not self.why:
            self.why = f"closed the connection: {code}"
            self._failures += 1

    def _on_message(self, client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        """Say again that we live: a short run beside us (`seepline notify`) has left its will."""
        if message.topic == self._alive and message.payload != _ALIVE:
            client.publish(self._alive, _ALIVE, 1, retain=True)

    def _on_publish(self, _client: paho.Client, _data: Any, mid: int, code: ReasonCode, _about: Any) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is gone, and nobody waits
                self._loop.call_soon_threadsafe(self._answered, mid, code)

    def _answered(self, mid: int, code: ReasonCode) -> None:
        answer = self._waiting.pop(mid, None)
        if answer is not None and not answer.done():
            answer.set_result(code)
