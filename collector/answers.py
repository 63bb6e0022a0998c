"""What the doors for gateways share: who asks, and an answer that ends a request."""

import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse

from collector.tokens import TokenFileError

RETRY_AFTER_S = 5
_log = logging.getLogger("collector.ingest")


class AnswerError(Exception):
    """The request ends with this answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = JSONResponse({"code": code, "message": message}, status)


def unavailable(message: str) -> AnswerError:
    """Return the answer that asks to come again later."""
    answer = AnswerError(503, "unavailable", message)
    answer.response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def gateway_asking(gateway_of: Callable[[str], str | None], request: Request) -> str:
    """Return the gateway whose token came with a request. Raises AnswerError."""
    try:
        gateway = gateway_of(request.headers.get("Authorization", ""))
    except TokenFileError as error:
        _log.error("%s", error)  # its path is for who runs this machine, not for who asks
        raise unavailable("the collector cannot read its own token file") from error
    if gateway is None:
        raise AnswerError(401, "unauthorized", "unauthorized access")
    return gateway


def gateway_itself(gateway_of: Callable[[str], str | None], request: Request) -> str:
    """Return the gateway in the path when its own token came with the request. Raises AnswerError."""
    gateway = gateway_asking(gateway_of, request)
    if gateway != request.path_params["gateway"]:
        raise AnswerError(403, "forbidden", f"this token is that of gateway {gateway}")
    return gateway
