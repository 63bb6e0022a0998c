"""The collector's data directory: damaged, full, not to be used, or used by another collector."""

import subprocess
import sys

from tests.collector.conftest import DAM, ROOT
from tests.collector.test_ingest import WRITE, line


def test_a_damaged_store_is_set_aside_and_made_again_from_the_journal(client, collector_process):
    sent = "\n".join(line(seq) for seq in (1, 2, 3))
    assert client.post(WRITE, content=sent).status_code == 204
    collector_process.kill()
    store = collector_process.data / "store.sqlite"
    store.with_name("store.sqlite-wal").unlink(missing_ok=True)
    damaged = b"\xff" * 8192
    store.write_bytes(damaged)
    collector_process.start()
    asked = "/api/v1/points/BARO/series?quantity=barometric_pressure"
    while len(client.get(asked).json()) < 3:
        assert collector_process.processes[-1].poll() is None
    kinds = [event["kind"] for event in client.get("/api/v1/state").json()["events"]]
    assert kinds == ["store_damaged"]
    aside = collector_process.data.glob("store.sqlite.damaged-*[0-9]")
    assert [one.read_bytes() for one in aside] == [damaged]


def test_a_data_directory_that_cannot_be_used_is_one_sentence_and_exit_code_1(tmp_path):
    (tmp_path / "file").write_text("")
    command = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))\n"
    command += "from seepline.cli import app; app()"

    def said(data, limit):
        arguments = ["collector", "run", str(DAM), "--data", str(data), "--listen", "127.0.0.1:0"]
        ended = subprocess.run(
            [sys.executable, "-c", command.replace("(LIMIT", f"({limit}"), *arguments],
            capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
        return ended.stderr

    words = said(tmp_path / "file", "1000000")
    assert "cannot hold the collector's data (File exists): choose another --data." in words
    assert "free disk space or correct its owner." in said(tmp_path / "full", "2000")


def test_a_port_or_a_directory_in_use_is_one_sentence_and_exit_code_1(client, collector_process, tmp_path):
    def second(data, port):
        command = [sys.executable, "-m", "seepline.cli", "collector", "run", str(DAM), "--data", str(data)]
        ended = subprocess.run(
            [*command, "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, check=False, cwd=ROOT
        )
        return ended.returncode, ended.stderr

    code, said = second(tmp_path / "other", collector_process.port)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(f"Cannot listen on 127.0.0.1:{collector_process.port} (Address already in use)")
    code, said = second(collector_process.data, 0)
    assert (code, said) == (
        1,
        f"Another collector uses {collector_process.data}: end it or choose another --data.\n",
    )
