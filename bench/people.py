"""People on the pages while gateways post, one real collector: is anything lost, who waits how long?

    python bench/people.py                                        # 200 people, 1,000 gateways, 90 s: two minutes
    python bench/people.py --people 20 --gateways 100 --seconds 10

Each gateway posts one record of its logger every `--scan-s` and again until it has its 204; each person opens one
of PAGES every `--think-s`; everybody has a new connection each time, as on a bad network. Times are of the whole
answer. In the end every record that got its 204 is asked for. Server and clients share the machine.
"""

import argparse
import asyncio
import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from collector import tokens

ROOT = Path(__file__).parents[1]
DAM = ROOT / "tests" / "collector" / "dam.toml"
PAGES = ("/", "/", "/alarms", "/points", "/points/P1", "/limits", "/told", "/api/v1/state", "/static/page.css")
_GATEWAY = """
[[gateway]]
id = "g{n}"
[[bus]]
id = "g{n}"
gateway = "g{n}"
baud = 115200
parity = "none"
[[logger]]
id = "g{n}"
serial = {serial}
bus = "g{n}"
address = 1
scan_s = 900
silence_s = 14400
[[channel]]
id = "f"
logger = "g{n}"
block = 0
slot = 0
kind = "vw_frequency"
unit = "Hz"
"""


@dataclass
class Tally:
    """What happened: seconds by question, answers by status, records that got their 204."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    kept: int = 0
    sizes: dict[str, int] = field(default_factory=dict)


async def ask(port: int, what: str, head: str = "", body: bytes = b"") -> tuple[int, bytes]:
    """Ask once over a connection of its own; return status and body, 0 when there was no answer."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0, b""
    try:
        heads = f"Host: 127.0.0.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{head}"
        writer.write(f"{what} HTTP/1.1\r\n{heads}\r\n".encode() + body)
        answer = await reader.read()
        status, _, rest = answer.partition(b"\r\n")
        return int(status.split()[1]) if status else 0, rest.partition(b"\r\n\r\n")[2]
    except OSError:
        return 0, b""
    finally:
        writer.close()


async def timed(tally: Tally, name: str, port: int, what: str, **more: object) -> int:
    begin_s = time.perf_counter()
    status, body = await ask(port, what, **more)
    tally.seconds[name].append(time.perf_counter() - begin_s)
    tally.answers[name, status] += 1
    tally.sizes[name] = max(tally.sizes.get(name, 0), len(body))
    return status


async def gateway(tally: Tally, port: int, own: tuple[int, str], args: argparse.Namespace, end_s: float) -> None:
    number, token = own
    dice = random.Random(number)
    await asyncio.sleep(dice.random() * args.scan_s)
    sequence = 0
    while time.monotonic() < end_s:
        sequence += 1
        tail = f"ring=1i,boot=1i,seq={sequence}i,tq=2i {time.time_ns() // 1_000_000}"
        line = f"raw,site=dam,logger=g{number},block=0 f={2800 + dice.random():.3f},{tail}\n"
        head = f"Authorization: Token {token}\r\n"
        write = {"head": head, "body": line.encode()}
        while await timed(tally, "post", port, "POST /api/v2/write?precision=ms", **write) != 204:  # noqa: ASYNC110
            await asyncio.sleep(1 + dice.random())
        tally.kept += 1
        await asyncio.sleep(args.scan_s * (0.9 + 0.2 * dice.random()))


async def person(tally: Tally, port: int, number: int, args: argparse.Namespace, end_s: float) -> None:
    dice = random.Random(-number - 1)
    await asyncio.sleep(dice.random() * args.think_s)
    while time.monotonic() < end_s:
        path = dice.choice(PAGES)
        await timed(tally, path, port, f"GET {path}", head=f"Accept-Language: {dice.choice(['en', 'ru'])}\r\n")
        await asyncio.sleep(args.think_s * (0.5 + dice.random()))


async def measure(port: int, secrets: list[str], args: argparse.Namespace) -> tuple[Tally, int]:
    tally, end_s = Tally(), time.monotonic() + args.seconds
    gateways = [gateway(tally, port, own, args, end_s) for own in enumerate(secrets)]
    people = [person(tally, port, number, args, end_s) for number in range(args.people)]
    await asyncio.gather(*gateways, *people)
    held = 0
    for number in range(len(secrets)):
        _, body = await ask(port, f"GET /api/v1/identities?logger=g{number}")
        held += len(set(body.split(b"\n")) - {b""})
    return tally, held


def prepared(folder: Path, gateways: int) -> list[str]:
    """Write the site and the tokens of its gateways; return the tokens."""
    text = "".join(_GATEWAY.format(n=number, serial=100 + number) for number in range(gateways))
    (folder / "site.toml").write_text(DAM.read_text() + text)
    secrets = [f"{number:043d}" for number in range(gateways)]
    rows = (
        f'[[token]]\ngateway = "g{n}"\nsha256 = "{hashlib.sha256(one.encode()).hexdigest()}"\n'
        for n, one in enumerate(secrets)
    )
    (folder / tokens.FILE_NAME).write_text("".join(rows))
    (folder / tokens.FILE_NAME).chmod(0o600)
    return secrets


def started(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "from seepline.cli import app; app()"
    what = ("collector", "run", "site.toml", "--data", ".", "--listen", f"127.0.0.1:{port}")
    with (folder / "log").open("wb") as log:
        about = {"cwd": folder, "stdout": log, "stderr": log, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
        process = subprocess.Popen([sys.executable, "-c", code, *what], **about)
    while process.poll() is None:
        if asyncio.run(ask(port, "GET /ping"))[0] == 204:
            return process, port
        time.sleep(0.1)
    raise SystemExit((folder / "log").read_text())


def told(tally: Tally, held: int) -> None:
    print("| asked | times | bytes | median s | 95 % s | longest s | other answers |")
    print("|---|---|---|---|---|---|---|")
    for name, some in sorted(tally.seconds.items()):
        seconds = sorted(some)
        middle, high = (seconds[int(len(seconds) * share)] for share in (0.5, 0.95))
        odd = {status: n for (one, status), n in tally.answers.items() if one == name and status not in (200, 204)}
        row = (name, len(seconds), tally.sizes[name], f"{middle:.3f}", f"{high:.3f}", f"{seconds[-1]:.3f}")
        print("| " + " | ".join(map(str, (*row, odd or ""))) + " |")
    print(f"\nrecords acknowledged {tally.kept}, on disk {held}: {tally.kept - held} lost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in {"people": 200, "gateways": 1000, "seconds": 90, "scan-s": 30, "think-s": 20}.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        secrets = prepared(Path(name), args.gateways)
        process, port = started(Path(name))
        try:
            tally, held = asyncio.run(measure(port, secrets, args))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        told(tally, held)
    sys.exit(tally.kept != held)


if __name__ == "__main__":
    main()
