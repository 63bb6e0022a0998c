"""A real InfluxDB 1.6 behind a real nginx that speaks the write API of 2.x, for tests that need a database."""

import base64
import contextlib
import json
import os
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

from tests.debian_servers import V2_OVER_V1, influxdb, nginx
from tests.ports import free_port

TOKEN = "t0ken"


class InfluxDB:
    """A running InfluxDB and the nginx before it; the engine can be killed and started again."""

    def __init__(self, folder: Path, engine_port: int, port: int) -> None:
        self._folder, self.engine, self.url = folder, engine_port, f"http://127.0.0.1:{port}"
        self._open = contextlib.ExitStack()
        self._process: Popen[bytes] | None = None

    def start(self) -> None:
        self._process = self._open.enter_context(influxdb(self._folder, auth=True, port=self.engine))

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.stop()

    def stop(self) -> None:
        self._open.close()

    def busy_s(self) -> float:
        """Return the processor time that the engine has used, whatever else runs on the machine."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, question: str, database: str = "") -> list[dict]:
        """Return the series that answer a question."""
        form = urllib.parse.urlencode({"q": question}).encode()
        with urllib.request.urlopen(self._address("query", database), data=form, timeout=300) as said:
            (result,) = json.load(said)["results"]
        assert "error" not in result, result
        return result.get("series", [])

    def write(self, database: str, *lines: str) -> None:
        """Write lines past nginx."""
        data = "\n".join(lines).encode()
        with urllib.request.urlopen(self._address("write", database), data=data, timeout=30):
            pass

    def _address(self, path: str, database: str) -> str:
        times = {"precision": "ms"} if path == "write" else {"epoch": "ms"}
        about = urllib.parse.urlencode({"db": database, "u": "admin", "p": "pw", **times})
        return f"http://127.0.0.1:{self.engine}/{path}?{about}"


@contextlib.contextmanager
def influxdb_v2(folder: Path) -> Iterator[InfluxDB]:
    """Run both and yield them; the token is TOKEN, a database is made by `CREATE DATABASE`."""
    basic, port = base64.b64encode(b"admin:pw").decode(), free_port()
    (folder / "nginx").mkdir()
    with engine(folder / "engine", port) as found:
        http = V2_OVER_V1.format(port=port, influx=found.engine, token=TOKEN, basic=basic)
        with nginx(folder / "nginx", http, port):
            yield found


@contextlib.contextmanager
def engine(folder: Path, port: int = 0) -> Iterator[InfluxDB]:
    """Run InfluxDB alone and yield it; what stands in its folder already is there."""
    found, new = InfluxDB(folder, free_port(), port), not folder.exists()
    folder.mkdir(exist_ok=True)
    found.start()
    try:
        if new:
            question = "CREATE USER admin WITH PASSWORD 'pw' WITH ALL PRIVILEGES"
            form = urllib.parse.urlencode({"q": question}).encode()
            urllib.request.urlopen(f"http://127.0.0.1:{found.engine}/query", data=form, timeout=30).close()
        yield found
    finally:
        found.stop()
