"""The only importer of influxdb_client: one bucket of an InfluxDB, written and counted, one request in flight.

    ExportError              nothing was taken
    |- AwayError             the server is not there, or asks to wait: try again later
    `- OperatorError         its answer (401, 403, 404, a full disk) needs a person: try again later, and tell

Lines are our own bytes with whole milliseconds: the library's Point loses one in eight of them. A line sent twice
overwrites itself, so a refused batch (400, 413, 422) is halved until the refused line stands alone. That is right
whether the server stored the rest of a batch (1.x, 3.x) or nothing of it (2.x).

Two answers of InfluxDB 1.6, as seen: lines that are older than the bucket keeps are refused (a partial write, of
which all others were stored; 2.x is of the same source): nothing is wrong with them, and halving would put a year
of them into quarantine one by one. After a full disk it answers 500 until it is started anew, whatever was freed.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import urllib3.exceptions
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS, WriteApi
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from collector.settings import InfluxSettings, SettingsError

_TIMEOUT_MS = 10_000
_REFUSED = (400, 413, 422)
_OPERATOR = (401, 403, 404)
_UNAUTHORIZED = 401
_TOO_OLD, _DISK_FULL = "retention policy", "no space left"
_MOST_REASON = 300
_log = logging.getLogger("collector.export")


class ExportError(Exception):
    """Nothing was taken."""


class AwayError(ExportError):
    """The server is not there, or asks to wait; `retry_after_s` is what it asks for, 0 without a wish."""

    def __init__(self, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OperatorError(ExportError):
    """Token, rights, organisation or bucket are wrong."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that the database will never take, and what it said."""

    line: bytes
    reason: str


class InfluxBucket:
    """One bucket.

    Parameters
    ----------
    settings
        Where to; the token is read from its file now, and again when the server knows it no more.
    """

    def __init__(self, settings: InfluxSettings) -> None:
        self._bucket, self._settings = settings.bucket, settings
        self._keeps_all = True
        self._open(settings.token())

    def _open(self, token: str) -> None:
        self._token, asked = token, self._settings
        self._client = InfluxDBClient(
            asked.url, token=token, org=asked.org, timeout=_TIMEOUT_MS, enable_gzip=True, retries=False
        )
        self._api: WriteApi = self._client.write_api(write_options=SYNCHRONOUS)

    def _has_a_new_token(self) -> bool:
        """Take another token than before from its file, where there is one."""
        try:
            token = self._settings.token()
        except SettingsError:  # it is being replaced
            return False
        if token == self._token:
            return False
        self.close()
        self._open(token)
        return True

    def close(self) -> None:
        """Close the connections."""
        self._api.close()  # type: ignore[no-untyped-call]
        self._client.close()  # type: ignore[no-untyped-call]

    def write(self, lines: Sequence[bytes]) -> list[Refusal]:
        """Write lines with millisecond timestamps; return those that are refused for good.

        Raises
        ------
        ExportError
            When they have to be sent again later.
        """
        try:
            self._api.write(self._bucket, record=b"\n".join(lines), write_precision=WritePrecision.MS)  # type: ignore[arg-type]
        except ApiException as error:
            if error.status == _UNAUTHORIZED and self._has_a_new_token():
                return self.write(lines)
            if error.status not in _REFUSED:
                raise _unsent(error) from error
            if _TOO_OLD in _reason(error):
                return self._too_old(_reason(error))
            if len(lines) == 1:
                return [Refusal(lines[0], _reason(error))]
            middle = len(lines) // 2
            return self.write(lines[:middle]) + self.write(lines[middle:])
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise AwayError(f"InfluxDB does not answer: {type(error).__name__}") from error
        return []

    def _too_old(self, reason: str) -> list[Refusal]:
        """Say once that this bucket does not keep everything; return that nothing is refused."""
        if self._keeps_all:
            _log.warning("InfluxDB leaves out what is older than its bucket keeps (%s); the store has it.", reason)
        self._keeps_all = False
        return []

    def ask(self, question: str) -> Iterator[tuple[Mapping[str, str], list[list[Any]]]]:
        """Yield (tags, rows) of every series of an InfluxQL answer, times in milliseconds.

        InfluxQL is what 1.x, 2.x (through the bucket's own mapping) and 3.x all speak.

        Raises
        ------
        ExportError
            When the database cannot be asked.
        """
        database, _, policy = self._bucket.partition("/")
        about = {"db": database, "epoch": "ms", "q": question} | ({"rp": policy} if policy else {})
        for series in _series(self._answer(about)):
            yield series.get("tags", {}), series["values"]

    def _answer(self, about: Mapping[str, str]) -> bytes:
        try:
            answer = self._client.api_client.call_api(
                "/query", "GET", query_params=list(about.items()),
                _preload_content=False, _return_http_data_only=True,
            )  # type: ignore[no-untyped-call]  # fmt: skip
            return bytes(answer.data)
        except ApiException as error:
            raise _unsent(error) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise AwayError(f"InfluxDB does not answer: {type(error).__name__}") from error


def _series(answer: bytes) -> list[dict[str, Any]]:
    try:
        (result,) = json.loads(answer)["results"]
        if "error" in result:
            raise OperatorError(f"InfluxDB cannot answer: {result['error']}")
        return list(result.get("series", ()))
    except (ValueError, KeyError, TypeError) as error:
        raise OperatorError(
            f"This is no answer to InfluxQL ({error}); on 2.x the bucket must be mapped."
        ) from error


def _unsent(error: ApiException) -> ExportError:
    said = f"InfluxDB answers {error.status} {_reason(error)}"
    if error.status in _OPERATOR:
        return OperatorError(said)
    if _DISK_FULL in said:
        return OperatorError(f"{said}; free its disk, then start InfluxDB anew")
    return AwayError(said, _seconds(error))


def _reason(error: ApiException) -> str:
    """Return what the server said, without what a refused line holds beyond its beginning."""
    return str(getattr(error, "message", "") or error.reason or "")[:_MOST_REASON]


def _seconds(error: ApiException) -> float:
    try:
        return max(0.0, float(getattr(error, "retry_after", None) or 0))
    except ValueError:
        return 0.0
