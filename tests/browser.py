"""A real Chromium that a test drives: its DevTools protocol over two pipes, no library."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=en-US",
    "--remote-debugging-pipe",
)
_LAUNCH = "import os, sys; os.dup2({read}, 3); os.dup2({write}, 4); os.execv(sys.argv[1], sys.argv[1:])"
_LIMIT_S = 120.0


class _Pipe:
    """The two pipes to one browser."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = os.fdopen(to, "wb", buffering=0), os.fdopen(back, "rb")
        self._number, self._rest = 0, b""

    def close(self) -> None:
        self._to.close()
        self._back.close()

    def ask(self, method: str, session: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Ask the browser; what it says by itself meanwhile is passed over."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._line())
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                found: dict[str, Any] = answer["result"]
                return found

    def _line(self) -> bytes:
        while b"\0" not in self._rest:
            data = self._back.read1(65536)
            assert data, "the browser has ended"
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        return line


class Tab:
    """One page of the browser."""

    def __init__(self, pipe: _Pipe, **about: Any) -> None:
        self._pipe, self._session = pipe, ""
        target = self.ask("Target.createTarget", url="about:blank", **about)["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def beside(self) -> "Tab":
        """Return a page of another person: a profile of its own, with no key, cookie or file of this one."""
        found = self._pipe.ask("Target.createBrowserContext", "", {})
        return Tab(self._pipe, browserContextId=found["browserContextId"])

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser about this page."""
        return self._pipe.ask(method, self._session, parameters)

    def js(self, expression: str) -> Any:
        """Return the value of an expression in the page; a promise is awaited."""
        found = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, (expression, found["exceptionDetails"])
        return found["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until an expression is true; one that fails while the page loads counts as false."""
        end_s = time.monotonic() + _LIMIT_S
        valued = f"(found => found instanceof Node ? true : found)({expression})"
        while time.monotonic() < end_s:
            found = self.ask("Runtime.evaluate", expression=valued, awaitPromise=True, returnByValue=True)
            if "exceptionDetails" not in found and found["result"].get("value"):
                return found["result"]["value"]
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}; the page: {self.js('document.body.innerText')}")

    def open(self, address: str) -> None:
        """Go to a page; what is asked next is asked of it, and not of the one before."""
        self.js("window.before = true")
        self.ask("Page.navigate", url=address)
        self.until("window.before === undefined && document.readyState === 'complete'")

    def click(self, selector: str) -> None:
        """Click on something, once it is there."""
        self.until(f"document.querySelector({selector!r})")
        self.js(f"document.querySelector({selector!r}).click()")

    def choose_file(self, selector: str, path: Path) -> None:
        """Put a file into an <input type=file>."""
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", nodeId=node, files=[str(path)])


def _high(number: int) -> int:
    """Return a copy of a descriptor above those that the browser expects."""
    copy = fcntl.fcntl(number, fcntl.F_DUPFD, 20)
    os.close(number)
    return copy


@contextmanager
def chromium(profile: Path) -> Iterator[Tab]:
    """Run a browser with a profile of its own, and give a page of it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: apt install chromium"
    theirs, ours = os.pipe(), os.pipe()
    read, write = _high(theirs[0]), _high(ours[1])
    code = _LAUNCH.format(read=read, write=write)
    arguments = [sys.executable, "-c", code, program, *_OPTIONS, f"--user-data-dir={profile}"]
    log = (profile.parent / "chromium.log").open("wb")
    with log:
        process = subprocess.Popen(arguments, pass_fds=(read, write), stdout=log, stderr=log)
    os.close(read)
    os.close(write)
    pipe = _Pipe(theirs[1], ours[0])
    try:
        yield Tab(pipe)
    finally:
        pipe.close()  # without it the browser ends itself, and all its children
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
