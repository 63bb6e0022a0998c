"""The only importer of aiosmtplib: a mail to one person over TLS, with the certificate checked.

Without TLS nothing is sent, unless the server is this machine and notify.toml says `tls = "plain"`.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiosmtplib
from aiosmtplib import errors

from collector.clock import wall_s
from collector.notify.channels.mail_message import EXPECTED, address_of, mail
from collector.notify.channels.places import trust
from collector.notify.channels.secret_files import hidden, secret
from collector.notify.sender import Letter, NotTaken
from collector.outward import is_here, tls_sentence
from seepline.site_shape import Fault

_MOST_PORT = 65_535
_FAREWELL_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Keys of a [[channel]] of kind "smtp". Without `username` there is no sign-in at the server."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "plain"]
    sender: str
    sender_name: str = "Seepline"
    username: str = ""
    password_file: str = ""
    ca_file: str = ""
    patience_s: float = 60.0


def faults(settings: SmtpSettings) -> Iterable[Fault]:
    """Yield what does not fit in settings."""
    if not 0 < settings.port <= _MOST_PORT:
        yield "port", str(settings.port), "a port from 1 to 65535, such as 587 for starttls, 465 for tls"
    if settings.tls == "plain" and not is_here(settings.host):
        yield "tls", '"plain"', f'"starttls" or "tls": {settings.host} is not this machine'
    if bool(settings.username) != bool(settings.password_file):
        yield "password_file", repr(settings.password_file), "username and password_file, or neither"
    if settings.patience_s <= 0:
        yield "patience_s", f"{settings.patience_s:g}", "seconds, more than 0"
    try:
        address_of(settings.sender)
    except NotTaken:
        yield "sender", repr(settings.sender), EXPECTED


class _Server(aiosmtplib.SMTP):
    """A server that is parted from at once: TLS of asyncio would wait up to 30 s for its last word."""

    def close(self) -> None:
        """End the connection."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        super().close()


async def _take_leave(server: _Server) -> None:
    """Say QUIT; a server that took the mail has taken it, whatever it does then (RFC 5321 4.1.1.10)."""
    with suppress(errors.SMTPException, OSError, ValueError):
        async with asyncio.timeout(_FAREWELL_S):
            await server.quit()


class Smtp:
    """Sends through one server, with a connection for each mail."""

    def __init__(self, settings: SmtpSettings, folder: Path, now_s: Callable[[], int] = wall_s) -> None:
        self._settings, self._folder, self._now_s = settings, folder, now_s
        self._place = f"{settings.host}:{settings.port}"

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        """Send a letter to a mail address; return what the server said of it. Raises NotTaken."""
        settings = self._settings
        sender = address_of(settings.sender, settings.sender_name)
        message = mail(sender, address_of(address), letter, message_id, self._now_s())
        password = secret(self._folder, settings.password_file, "password_file") if settings.username else ""
        server = self._server(password)
        try:
            async with asyncio.timeout(settings.patience_s):
                await server.connect()
                _, said = await server.send_message(message)
        except (errors.SMTPException, OSError, ValueError) as error:  # TimeoutError is an OSError
            raise self._not_taken(error, password) from error
        else:
            await _take_leave(server)
        finally:
            server.close()
        return f"taken by {self._place}: {hidden(said, (password,), 80)}"

    def _server(self, password: str) -> _Server:
        settings = self._settings
        if settings.tls == "plain" and not is_here(settings.host):
            raise NotTaken(f"without TLS nothing is sent to {self._place}", again=True)
        return _Server(
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=password or None,
            timeout=settings.patience_s,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=None if settings.tls == "plain" else trust(self._folder, settings.ca_file),
        )

    def _not_taken(self, error: BaseException, password: str) -> NotTaken:
        """Return what a failure means: only a refused recipient or mail (5xx, RFC 5321 4.2.1) is for good."""
        if isinstance(error, errors.SMTPRecipientsRefused):
            error = error.recipients[0]
        if isinstance(error, TimeoutError):
            return NotTaken(f"{self._place} did not answer within {self._settings.patience_s:g} s", again=True)
        if isinstance(error, errors.SMTPResponseException):
            said = f"{error.code} {hidden(str(error.message), (password,))}"
            is_final = isinstance(error, errors.SMTPRecipientRefused | errors.SMTPDataError) and error.code >= 500
            return NotTaken(f"{self._place} {_WHAT.get(type(error), 'answers')} {said}", again=not is_final)
        if isinstance(error, errors.SMTPServerDisconnected):
            return NotTaken(f"{self._place} closed the connection; nobody knows whether it was taken", again=True)
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        return NotTaken(f"{self._place}: {hidden(tls_sentence(cause), (password,))}", again=True)


_WHAT = {
    errors.SMTPAuthenticationError: "refuses username and password:",
    errors.SMTPSenderRefused: "refuses the sender:",
    errors.SMTPRecipientRefused: "refuses the recipient:",
    errors.SMTPDataError: "refuses the mail:",
}
