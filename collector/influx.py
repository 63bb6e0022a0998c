"""The only importer of influxdb_client: mirrors the store to InfluxDB, behind a cursor that moves on success only.

The store is read, never InfluxDB; a line sent twice overwrites itself. A refused batch is halved until the line
that is refused stands alone: that one is logged and passed, for the store keeps it anyway.
"""

import logging
from collections.abc import Sequence

import urllib3.exceptions
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS, WriteApi
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from collector.settings import InfluxSettings

_TIMEOUT_MS = 10_000
_REFUSED = (400, 413, 422)
_log = logging.getLogger("collector.influx")


class InfluxUnavailableError(Exception):
    """Nothing was taken: the server is not there, or its answer needs an operator (401, 403, 404)."""


class InfluxWriter:
    """Writes lines to one bucket, one request in flight.

    Parameters
    ----------
    settings
        Where to; the token is read from its file now.
    """

    def __init__(self, settings: InfluxSettings) -> None:
        self._settings = settings
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

    def write(self, lines: Sequence[bytes]) -> int:
        """Write lines with millisecond timestamps; return how many of them were refused for good.

        Raises
        ------
        InfluxUnavailableError
            When they have to be sent again later.
        """
        try:
            self._api.write(self._settings.bucket, record=b"\n".join(lines), write_precision=WritePrecision.MS)  # type: ignore[arg-type]
        except ApiException as error:
            if error.status not in _REFUSED:
                raise InfluxUnavailableError(f"InfluxDB answers {error.status} {error.reason}") from error
            return self._halve(lines, error)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise InfluxUnavailableError(f"InfluxDB does not answer: {type(error).__name__}") from error
        return 0

    def _halve(self, lines: Sequence[bytes], error: ApiException) -> int:
        if len(lines) == 1:
            _log.error("InfluxDB refuses %r: %s %s", lines[0], error.status, error.reason)
            return 1
        middle = len(lines) // 2
        return self.write(lines[:middle]) + self.write(lines[middle:])
