"""One Modbus TCP device, through pymodbus: requests and answers as bytes, each answer checked against its request.

pymodbus 3.16.1 carries the frames; it takes an answer without a transaction number, one of another function or
count, and decodes odd byte counts silently. So its own messages are replaced by plain bytes here, and an answer
counts only with the transaction, device, function, byte count and length that its request must have.

After a time-out or a wrong answer the connection is given up: what is late then belongs to nobody. pymodbus's own
reconnection (up to 300 s apart) is off: we connect again for the next request, after a refused connection with
pauses of at most LONGEST_BACK_OFF_S.
"""

import asyncio
import logging
from collections import Counter

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException as PymodbusError
from pymodbus.pdu import ModbusPDU

from gateway.bus.exchange import FRAME_BYTES, Request
from gateway.bus.master import ModbusException, NoAnswer
from gateway.clock import now_s

TIMEOUT_S = 3.0
FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 30.0
_FUNCTIONS = (1, 2, 3, 4, 5, 6, 17, 43)


class _Plain(ModbusPDU):
    """A message as bytes behind its function code; one class per function, as pymodbus wants it."""

    data = b""

    def encode(self) -> bytes:
        """Return the bytes."""
        return self.data

    def decode(self, data: bytes) -> None:
        """Keep the bytes."""
        self.data = bytes(data)


_PLAIN = {code: type(f"Function{code}", (_Plain,), {"function_code": code}) for code in _FUNCTIONS}


class TcpDevice:
    """A device, or a converter with several devices behind it, at one host and port; one request at a time.

    `counters` counts what happened, by name. Close it when done.
    """

    def __init__(self, host: str, port: int, timeout_s: float = TIMEOUT_S) -> None:
        self.name = f"{host}:{port}"
        self.counters: Counter[str] = Counter()
        self._where = (host, port)
        self._timeout_s = timeout_s
        self._client: AsyncModbusTcpClient | None = None
        self._failures = 0
        self._retry_at_s = 0.0
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what goes wrong is said by our errors

    @property
    def is_open(self) -> bool:
        """Whether there is a connection at the moment."""
        return self._client is not None

    async def transact(
        self, address: int, request: Request, turn_round_s: float | None = None, pause_s: float = 0.0
    ) -> bytes:
        """Send one request and return the PDU of its answer, as gateway.bus.master.Master does.

        `turn_round_s` is added to the time that the network is given, `pause_s` stands before the request.

        Raises
        ------
        NoAnswer
            When there is no connection, no answer in time, or one that does not belong to the request.
        ModbusException
            When the device refused.
        """
        await asyncio.sleep(pause_s)
        client = self._client or await self._connected()
        client.ctx.comm_params.timeout_connect = self._timeout_s + (turn_round_s or 0.0)
        try:
            return await self._exchange(client, address, request)
        except ModbusException:
            raise
        except BaseException:
            self.close()  # also when cancelled in the middle: a late answer must find nobody
            raise

    def distrust(self, why: str) -> None:
        """Count why an answer was asked for again: transactions have numbers, nothing is to be waited for."""
        self.counters[why] += 1

    def close(self) -> None:
        """Give up the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def _connected(self) -> AsyncModbusTcpClient:
        wait_s = self._retry_at_s - now_s()
        if wait_s > 0:
            raise NoAnswer(f"{self.name} did not answer before: tried again in {wait_s:.0f} s")
        host, port = self._where
        client = AsyncModbusTcpClient(host, port=port, timeout=self._timeout_s, retries=0, reconnect_delay=0)
        for message in _PLAIN.values():
            client.register(message)
        if not await client.connect():
            client.close()
            self.counters["not_connected"] += 1
            self._back_off()
            raise NoAnswer(f"{self.name} cannot be reached: check address, cable and firewall")
        self.counters["connected"] += 1
        self._client, self._failures = client, 0
        return client

    async def _exchange(self, client: AsyncModbusTcpClient, address: int, request: Request) -> bytes:
        message = _PLAIN[request.pdu[0]](dev_id=address)
        message.data = request.pdu[1:]
        try:
            answer: ModbusPDU = await client.execute(False, message)
        except PymodbusError as error:
            self.counters["timeout"] += 1
            raise NoAnswer(f"{self.name} gave no answer for device {address} ({_first_line(error)})") from error
        if (answer.dev_id, answer.transaction_id) != (address, message.transaction_id):
            raise self._foreign(address, "another device or transaction")
        if answer.isError() and answer.function_code == request.pdu[0] | 0x80:
            self.counters[f"exception_{answer.exception_code}"] += 1
            raise ModbusException(address, request.pdu[0], answer.exception_code)
        pdu: bytes = bytes((answer.function_code,)) + answer.encode()
        if not pdu.startswith(request.answer_head) or len(pdu) != request.answer_bytes - FRAME_BYTES:
            raise self._foreign(address, "another function, count or length")
        self.counters["ok"] += 1
        return pdu

    def _foreign(self, address: int, what: str) -> NoAnswer:
        self.counters["foreign"] += 1
        return NoAnswer(f"{self.name} answered for {what} than device {address} was asked")

    def _back_off(self) -> None:
        pause_s = min(LONGEST_BACK_OFF_S, FIRST_BACK_OFF_S * 2 ** min(self._failures, 16))
        self._failures += 1
        self._retry_at_s = now_s() + pause_s


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
