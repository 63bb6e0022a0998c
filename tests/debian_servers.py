"""Real servers from Debian, fetched once into var/, started on free loopback ports and ended by their pid."""

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
FETCH = ROOT / "tests" / "get_debian.sh"
CACHE = ROOT / "var" / "debian"
LIMIT_S = 200


def fetched(*packages: str) -> Path:
    """Return the folder that holds the packages, unpacked."""
    folder = CACHE / "-".join(packages)
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([FETCH, folder, *packages], capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, f"{' '.join(packages)}: {done.stderr.strip()}"
    return folder


def program(folder: Path, name: str) -> str:
    """Return a program of fetched packages; one that was installed all along was not fetched."""
    here = next((str(path) for path in folder.glob(f"usr/*bin/{name}")), None)
    found = here or shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found is not None, f"{folder} has no {name}"
    return found


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(
    command: list[str], folder: Path, packages: Path, ready: Callable[[], bool]
) -> Iterator[subprocess.Popen]:
    """Run a server until the end of the block; its output is in FOLDER/log."""
    libraries = ":".join(str(path) for path in packages.glob("usr/lib/*-linux-gnu"))
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={**os.environ, "LD_LIBRARY_PATH": libraries}
        )
    try:
        deadline_s = time.monotonic() + LIMIT_S
        while not ready():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline_s, f"{command[0]} does not begin"
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        process.wait(LIMIT_S)


INFLUX_CONF = """
reporting-enabled = false
bind-address = "127.0.0.1:{backup}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  wal-fsync-delay = "0s"
  query-log-enabled = false
[monitor]
  store-enabled = false
[subscriber]
  enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  auth-enabled = {auth}
  log-enabled = false
[continuous_queries]
  enabled = false
[logging]
  level = "warn"
  suppress-logo = true
"""


@contextlib.contextmanager
def influxdb(folder: Path, port: int, auth: bool = False) -> Iterator[subprocess.Popen]:
    """Run InfluxDB 1.6 on a port and yield its process."""
    packages = fetched("influxdb")
    text = INFLUX_CONF.format(folder=folder, port=port, backup=free_port(), auth=str(auth).lower())
    (folder / "influx.conf").write_text(text)
    command = [program(packages, "influxd"), "-config", str(folder / "influx.conf")]
    with running(command, folder, packages, lambda: answers(f"http://127.0.0.1:{port}/ping")) as process:
        yield process


NGINX_CONF = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log error;
events {{ worker_connections 64; }}
http {{
  access_log off; client_max_body_size 25m; client_body_buffer_size 8m;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {http}
}}
"""


@contextlib.contextmanager
def nginx(folder: Path, http: str, port: int) -> Iterator[None]:
    """Run nginx with the inside of an `http` block that listens on `port`."""
    packages = fetched("nginx-light")
    (folder / "nginx.conf").write_text(NGINX_CONF.format(folder=folder, http=http))
    command = [program(packages, "nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "error.log"]
    with running(command, folder, packages, lambda: listens(port)):
        yield


# InfluxDB 1.6 has no /api/v2/write: nginx maps bucket, precision and token, and the words of a refusal.
V2_OVER_V1 = """
  map $arg_precision $v1_precision {{ "" "n"; ns "n"; us "u"; ms "ms"; s "s"; default ""; }}
  map $http_authorization $v1_auth {{ default ""; "Token {token}" "Basic {basic}"; }}
  map $upstream_status $v2_code {{ default "internal error"; 400 "invalid"; 404 "not found"; }}
  server {{
    listen 127.0.0.1:{port};
    proxy_http_version 1.1; proxy_set_header Authorization $v1_auth; proxy_set_header Accept-Encoding "";
    sub_filter_types application/json; sub_filter_once on;
    location = /api/v2/write {{
      default_type application/json;
      sub_filter '{{"error":' '{{"code":"$v2_code","message":';
      if ($v1_auth = "") {{ return 401 '{{"code":"unauthorized","message":"unauthorized access"}}'; }}
      if ($v1_precision = "") {{ return 400 '{{"code":"invalid","message":"invalid precision"}}'; }}
      if ($arg_org = "") {{ return 400 '{{"code":"invalid","message":"Please provide either orgID or org"}}'; }}
      rewrite ^ /write?db=$arg_bucket&precision=$v1_precision? break;
      proxy_pass http://127.0.0.1:{influx}; error_page 502 504 = @down;
    }}
    location @down {{ add_header Retry-After 1 always; return 503 '{{"code":"unavailable","message":"down"}}'; }}
    location = /query {{
      if ($v1_auth = "") {{ return 401 '{{"code":"unauthorized","message":"unauthorized access"}}'; }}
      proxy_pass http://127.0.0.1:{influx};
    }}
    location / {{ return 404 '{{"code":"not found","message":"path not found"}}'; }}
  }}
"""
