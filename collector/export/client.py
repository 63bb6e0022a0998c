"""The only importer of influxdb_client: one bucket of an InfluxDB, written and counted, one request in flight.

    ExportError              nothing was taken
    |- AwayError             the server is not there, or asks to wait: try again later
    `- OperatorError         its answer (401, 403, 404) needs a person: try again later, and tell

Lines are our own bytes with whole milliseconds: the library's Point loses one in eight of them. A line sent twice
overwrites itself, so a refused batch (400, 413, 422) is halved until the refused line stands alone. That is right
whether the server stored the rest of a batch (1.x, 3.x) or nothing of it (2.x).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import urllib3.exceptions
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS, WriteApi
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from collector.settings import InfluxSettings

_TIMEOUT_MS = 10_000
_REFUSED = (400, 413, 422)
_OPERATOR = (401, 403, 404)
_MOST_REASON = 300


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
        Where to; the token is read from its file now.
    """

    def __init__(self, settings: InfluxSettings) -> None:
        self._bucket = settings.bucket
        self._client = InfluxDBClient(
            settings.url,
            token=settings.token(),
            org=settings.org,
            timeout=_TIMEOUT_MS,
            enable_gzip=True,
            retries=False,
        )
        self._api: WriteApi = self._client.write_api(write_options=SYNCHRONOUS)

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
            if error.status not in _REFUSED:
                raise _unsent(error) from error
            if len(lines) == 1:
                return [Refusal(lines[0], _reason(error))]
            middle = len(lines) // 2
            return self.write(lines[:middle]) + self.write(lines[middle:])
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise AwayError(f"InfluxDB does not answer: {type(error).__name__}") from error
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
    return AwayError(said, _seconds(error))


def _reason(error: ApiException) -> str:
    """Return what the server said, without what a refused line holds beyond its beginning."""
    return str(getattr(error, "message", "") or error.reason or "")[:_MOST_REASON]


def _seconds(error: ApiException) -> float:
    try:
        return max(0.0, float(getattr(error, "retry_after", None) or 0))
    except ValueError:
        return 0.0
