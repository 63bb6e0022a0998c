"""SDI-12 master: any sensor with an SDI-12 address, read by aM!, aMC!, aC! or aCC!, every answer checked.

Source: as `sdi12_protocol.py`, which holds the protocol; here are the order of things, the retries and the
driver.

The line object: `async wake(break_ms, mark_ms)`; `async send(data)` returns when the line is released again;
`async read(first_ms, gap_ms) -> bytes` waits at most first_ms for a first byte, then returns all until gap_ms
pass without one (b"" = nothing came); `ms()`, a clock that does not jump. One `Recorder` owns a line; sensors
share it.
"""

import asyncio

from firmware.drivers import sdi12_protocol as protocol
from firmware.drivers.driver import (
    MALFORMED,
    NO_ANSWER,
    REFUSED,
    SENTINEL,
    Driver,
    NoReadingError,
    channel,
    missing_of,
)
from firmware.drivers.scale import SCALE

_LAST_DATA_COMMAND = 9


class Recorder:
    """The data recorder of one line: breaks when they are needed, retries, and takes no foreign answer."""

    def __init__(self, line, pause) -> None:
        self._line = line
        self._pause = pause
        self._address = ""
        self._until_ms = 0
        self.lock = asyncio.Lock()

    async def ask(self, address: str, body: str, with_crc: bool = False) -> str:
        """Send one command until a right answer comes, and return its content.

        Raises
        ------
        NoReadingError
            The last try's reason, when no break and no retry helped.
        """
        fault = NoReadingError(NO_ANSWER)
        data = protocol.command(address, body)
        for number in range(protocol.BREAKS * protocol.TRIES_PER_BREAK):
            if number:
                await self._pause(protocol.RETRY_MS)
            try:
                return protocol.content(await self._try(address, data, number), address, with_crc)
            except NoReadingError as error:
                fault = error
        raise fault

    async def _try(self, address: str, data: bytes, number: int) -> bytes:
        quiet_ms = self._line.ms() - self._until_ms
        outer = number and number % protocol.TRIES_PER_BREAK == 0
        if outer or protocol.break_needed(address, self._address, quiet_ms):
            await self._line.wake(protocol.BREAK_MS, protocol.MARK_MS)
        await self._line.send(data)
        answer = await self._line.read(protocol.FIRST_MS, protocol.GAP_MS)
        self._address, self._until_ms = address, self._line.ms()
        if not answer:
            raise NoReadingError(NO_ANSWER)
        return answer

    async def service_request(self, address: str, seconds: int) -> bool:
        """Wait until the sensor says it is ready, at most the time it asked for; True when it said so."""
        until_ms = self._line.ms() + 1000 * seconds + protocol.SERVICE_SLACK_MS
        answer = b"?"
        while answer not in (b"", address.encode() + b"\r\n"):  # noise on the line is no service request
            answer = await self._line.read(max(0, until_ms - self._line.ms()), protocol.GAP_MS)
        self._until_ms = self._line.ms()
        return answer != b""

    async def collect(self, address: str, count: int, with_crc: bool) -> list:
        """Return `count` numbers as text, from aD0!, aD1! and so on."""
        found: list = []
        for number in range(_LAST_DATA_COMMAND + 1):
            got = protocol.values(await self.ask(address, "D%d" % number, with_crc))
            if not got:
                raise NoReadingError(REFUSED)  # the sensor gave the measurement up
            found += got
            if len(found) >= count:
                break
        if len(found) != count:
            raise NoReadingError(MALFORMED)
        return found

    async def identify(self, address: str) -> str:
        """Return the answer to aI!: version, maker, model, sensor version, serial number."""
        async with self.lock:
            return await self.ask(address, "I")

    async def find(self) -> str:
        """Return the address of the only sensor on the line (?!)."""
        async with self.lock:
            await self._line.wake(protocol.BREAK_MS, protocol.MARK_MS)
            answer = await self._try("?", protocol.command("?", ""), 0)
            protocol.content(answer, "?")
            return answer[:1].decode()

    async def change_address(self, old: str, new: str) -> None:
        """Give a sensor another address; it answers with the new one."""
        protocol.command(new, "")
        async with self.lock:
            await self._line.wake(protocol.BREAK_MS, protocol.MARK_MS)
            protocol.content(await self._try(old, protocol.command(old, "A" + new), 0), new)


class Sdi12Sensor(Driver):
    """One measurement command of one address.

    `fields` gives the kind of each value in the sensor's order, None for one that is not wanted: the channels
    are the others. The sensor must send its values in the unit of the kind. `body` is M, MC, C, CC, M1 and so
    on.
    """

    WARM_UP_MS = 0  # the sensor's own sheet: give it as warm_up_ms
    SUPPLY_UA = 0  # likewise

    def __init__(self, recorder: Recorder, pause, address: str, fields: tuple, body: str = "CC", **cost) -> None:
        if body[0] not in "MC" or not all([kind is None or kind in SCALE for kind in fields]):
            raise ValueError("expected M, MC, C or CC and channel kinds, not '%s' %s" % (body, fields))
        self._recorder = recorder
        self._pause = pause
        self._address = address
        self._fields = fields
        self._body = body
        self._with_crc = body[1:2] == "C"
        self.CHANNELS = tuple([kind for kind in fields if kind])
        self.WARM_UP_MS = cost.get("warm_up_ms", 0)
        self.MEASURE_MS = cost.get("measure_ms", 0)
        self.SUPPLY_UA = cost.get("supply_ua", 0)

    async def read(self) -> list:
        numbers = await (self._alone() if self._body[0] == "M" else self._beside_others())
        wanted = [(kind, number) for kind, number in zip(self._fields, numbers) if kind]
        return [self._channel(kind, number) for kind, number in wanted]

    def _channel(self, kind: str, number: str):
        """Return one value; a maker's sentinel takes its own channel away, not its neighbours."""
        try:
            return channel(protocol.scaled(number, SCALE[kind]))
        except NoReadingError as error:
            self.fault = error.code
            if error.code != SENTINEL:
                raise
            return missing_of(SENTINEL)

    async def _start(self) -> tuple:
        seconds, count = protocol.timing(await self._recorder.ask(self._address, self._body))
        if not count:
            raise NoReadingError(REFUSED)
        if count != len(self._fields):
            raise NoReadingError(MALFORMED, count)
        return seconds, count

    async def _alone(self) -> list:
        """aM!: nobody else may be spoken to until the values are here."""
        async with self._recorder.lock:
            seconds, count = await self._start()
            if seconds:
                await self._recorder.service_request(self._address, seconds)
            return await self._recorder.collect(self._address, count, self._with_crc)

    async def _beside_others(self) -> list:
        """aC!: the line is free for others while the sensor measures."""
        async with self._recorder.lock:
            seconds, count = await self._start()
        await self._pause(1000 * seconds)
        async with self._recorder.lock:
            return await self._recorder.collect(self._address, count, self._with_crc)
