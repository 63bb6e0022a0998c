"""The only importer of grafana_api: a Grafana server, as far as dashboards need it. Nothing here deletes.

    ServerError              Grafana did not do what was asked
    |- UnreachableError      nobody answers at that address
    `- RefusedError          it answers no: says what, and what to do

The library is unmaintained since 2020; of it only verbs and two calls are used that Grafana 11 to 13 still answer.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace

_TIMEOUT_S = 20.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_ADVICE = {
    HTTPStatus.UNAUTHORIZED: "the token is wrong or has expired",
    HTTPStatus.FORBIDDEN: "the token's service account needs the role Editor",
    HTTPStatus.PRECONDITION_FAILED: "somebody saved it meanwhile; look at it and push again",
}


class ServerError(Exception):
    """Grafana did not do what was asked."""


class UnreachableError(ServerError):
    """Nobody answers."""


class RefusedError(ServerError):
    """Grafana answers no."""


class Found(NamedTuple):
    """A dashboard as the server has it, and whether files on the server are its source."""

    dashboard: dict[str, Any]
    provisioned: bool


class GrafanaServer:
    """One organisation of a Grafana server.

    Parameters
    ----------
    url
        Of its front page. A token goes over http to this machine only.
    token
        Of a service account.

    Raises
    ------
    ServerError
        When the address cannot be used.
    """

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ServerError(f"{url}: expected an address like https://grafana.example.org")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ServerError(f"{url}: a token over http can be read by anyone on the way; expected https")
        path = parts.path.strip("/")
        self.url = url
        self._face = GrafanaFace(
            auth=token,
            host=parts.hostname,
            port=parts.port,
            protocol=parts.scheme,
            url_path_prefix=f"{path}/" if path else "",
            timeout=_TIMEOUT_S,
        )

    def close(self) -> None:
        """Close the connections."""
        self._face.api.s.close()

    def version(self) -> str:
        """Return the version that Grafana says it is."""
        return str(self._asked("GET /api/health", lambda: self._face.api.GET("/health"))["version"])

    def dashboard(self, uid: str) -> Found | None:
        """Return a dashboard, None when there is none."""
        found = self._found(f"dashboard {uid}", lambda: self._face.dashboard.get_dashboard(uid))
        return None if found is None else Found(found["dashboard"], bool(found["meta"].get("provisioned")))

    def has_folder(self, uid: str) -> bool:
        """Tell whether there is a folder."""
        return self._found(f"folder {uid}", lambda: self._face.folder.get_folder(uid)) is not None

    def make_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        self._asked(f"folder {uid}", lambda: self._face.folder.create_folder(title, uid))

    def keep(self, dashboard: Mapping[str, Any], folder_uid: str, message: str) -> None:
        """Keep a dashboard as a new version, only over the version that it says it was made from."""
        body = {"dashboard": dict(dashboard), "folderUid": folder_uid, "message": message, "overwrite": False}
        self._asked(f"dashboard {dashboard['uid']}", lambda: self._face.dashboard.update_dashboard(body))

    def _found(self, what: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        try:
            return self._asked(what, ask)
        except RefusedError as error:
            if getattr(error.__cause__, "status_code", 0) == HTTPStatus.NOT_FOUND:
                return None
            raise

    def _asked(self, what: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return ask()
        except GrafanaException as error:
            advice = _ADVICE.get(error.status_code, "")
            raise RefusedError(f"{what}: Grafana answers {error}{advice and f'; {advice}'}.") from error
        except (requests.RequestException, ValueError) as error:
            raise UnreachableError(f"{self.url}: no Grafana answers here ({type(error).__name__}).") from error
