"""Real receivers on free loopback ports: mail (aiosmtpd), web hooks, Mosquitto, and one that misbehaves."""

import asyncio
import contextlib
import json
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import paho.mqtt.client as paho
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from paho.mqtt.enums import CallbackAPIVersion

from tests.collector.notify.authority import Papers
from tests.debian_servers import LIMIT_S, fetched, listens, program, running
from tests.ports import free_port

USER, PASSWORD = "seepline", "a secret of the mail server"


class Mailbox:
    """What an aiosmtpd server took; `answers` replaces its answer to a command."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 2.0.0 kept"


def _signs_in(server, session, envelope, mechanism, data) -> AuthResult:
    good = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False, message=None if good else "535 5.7.8 wrong, and echoes it")


@contextlib.contextmanager
def mail_server(mailbox: Mailbox, papers: Papers, tls: str) -> Iterator[int]:
    """Run a mail server that demands sign-in; `tls` is 'starttls', 'tls' or 'plain'. Yield its port."""
    settings = {"authenticator": _signs_in, "auth_required": tls != "plain"}
    if tls == "starttls":
        settings |= {"tls_context": papers.server_context(), "require_starttls": True}
    elif tls == "tls":
        settings |= {"ssl_context": papers.server_context(), "auth_require_tls": False}  # it is TLS from the start
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), ready_timeout=LIMIT_S, **settings)
    controller.start()
    try:
        yield controller.port
    finally:
        asyncio.run_coroutine_threadsafe(_parted(controller), controller.loop).result()
        controller.stop()


async def _parted(controller: Controller) -> None:
    """End every connection: one that its loop leaves open is a warning in some later test."""
    controller.server.close()
    for _ in range(3):  # what was accepted has a transport in the next round, what was aborted is closed in it
        await asyncio.sleep(0)
        for one in list(controller.loop._transports.values()):
            one.abort()


@dataclass
class Hook:
    """A web server that keeps what is posted to it, and answers as told."""

    status: int = 200
    answer: bytes = b"kept"
    location: str = ""
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


class _HookHandler(BaseHTTPRequestHandler):
    hook: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.hook.posts.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(self.hook.status)
        if self.hook.location:
            self.send_header("Location", self.hook.location)
        self.send_header("Content-Length", str(len(self.hook.answer)))
        self.end_headers()
        self.wfile.write(self.hook.answer)

    def log_message(self, *about: object) -> None:
        """Say nothing."""


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request, client_address) -> None:
        """A handshake that a client gives up is what some tests are about."""


@contextlib.contextmanager
def hook_server(papers: Papers | None = None) -> Iterator[Hook]:
    """Run a receiver of web hooks, with TLS where there are papers."""
    hook = Hook()
    handler = type("Handler", (_HookHandler,), {"hook": hook})
    server = _QuietServer(("127.0.0.1", 0), handler)
    if papers is not None:
        server.socket = papers.server_context().wrap_socket(server.socket, server_side=True)
    hook.url = f"{'https' if papers else 'http'}://127.0.0.1:{server.server_port}/hook/of-secret-path"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def odd_server(greeting: bytes, closes: bool) -> Iterator[int]:
    """Accept, say something, and then close or say nothing more; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    open_ones: list[socket.socket] = []
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                one, _ = listener.accept()
                with contextlib.suppress(OSError):
                    one.sendall(greeting)
                    if closes:
                        one.shutdown(socket.SHUT_RDWR)
                open_ones.append(one)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        thread.join()
        for one in (listener, *open_ones):
            one.close()


MOSQUITTO_CONF = """
listener {port} 127.0.0.1
allow_anonymous {anonymous}
{security}
"""


@contextlib.contextmanager
def mosquitto(folder: Path, port: int, papers: Papers | None = None) -> Iterator[subprocess.Popen]:
    """Run Mosquitto; with papers it speaks TLS and demands USER and PASSWORD."""
    packages = fetched("mosquitto")
    security = ""
    if papers is not None:
        (folder / "passwords").touch(mode=0o600)
        tool = program(packages, "mosquitto_passwd")
        libraries = ":".join(str(path) for path in packages.glob("usr/lib/*-linux-gnu"))
        command = [tool, "-b", str(folder / "passwords"), USER, PASSWORD]
        subprocess.run(command, check=True, capture_output=True, env={"LD_LIBRARY_PATH": libraries})
        security = f"password_file {folder}/passwords\ncertfile {papers.certificate}\nkeyfile {papers.key}"
    text = MOSQUITTO_CONF.format(port=port, anonymous=str(papers is None).lower(), security=security)
    (folder / "mosquitto.conf").write_text(text + "user root\n")
    command = [program(packages, "mosquitto"), "-c", "mosquitto.conf"]
    with running(command, folder, packages, lambda: listens(port)) as process:
        yield process


@contextlib.contextmanager
def listening(port: int, authority: Papers, topic: str) -> Iterator[list[tuple[str, str, bool]]]:
    """Hear everything on a broker from now on: (topic, payload, retained)."""
    heard: list[tuple[str, str, bool]] = []
    subscribed = threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.tls_set_context(ssl.create_default_context(cafile=authority.ca))
    client.username_pw_set(USER, PASSWORD)
    client.on_message = lambda *about: heard.append((about[2].topic, about[2].payload.decode(), about[2].retain))
    client.on_connect = lambda one, *_: one.subscribe(topic, 1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        assert subscribed.wait(LIMIT_S)
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


def body_of(mail: EmailMessage, kind: str) -> str:
    """Return the text of a mail's part, as a reader sees it."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def json_of(post: tuple[str, dict[str, str], bytes]) -> dict:
    return json.loads(post[2])


@contextlib.contextmanager
def stalling_mail_server(stalls_at: str) -> Iterator[tuple[int, list[str]]]:
    """Speak SMTP without TLS until a command comes, and say nothing more; yield the port and what was heard.

    `stalls_at` is "" for the greeting, "." for the end of the mail, else the command.
    """
    heard: list[str] = []
    open_ones: list[socket.socket] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            answers = {
                "EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN",
                "DATA": "354 go on",
                "AUTH": "235 come in",
            }
            word = ""
            while word != stalls_at:
                self.wfile.write(f"{answers.get(word, '250 well' if word else '220 here')}\r\n".encode())
                lines = iter(self.rfile.readline, b"")  # they end when whoever waited has left
                line = next((one for one in lines if word != "DATA" or one.strip() == b"."), b"")
                if not line:
                    return
                word = line.decode().strip().split(" ")[0].upper()
                heard.append(word)
            self.rfile.read()  # until somebody leaves

    class Server(socketserver.ThreadingTCPServer):
        def process_request(self, request, client_address) -> None:
            open_ones.append(request)
            super().process_request(request, client_address)

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1], heard
        finally:
            server.shutdown()
            thread.join()
            for one in open_ones:  # a client closes only when its loop goes on, and we stand in its way
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
