"""Log lines for machines: one JSON object each, with the journal's priority under systemd."""

import json
import logging
import subprocess
import sys

from gateway.logs import JsonLines


def record(message, *arguments, level=logging.WARNING, **more):
    made = logging.LogRecord("gateway.bus_task", level, "x.py", 1, message, arguments, None)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_line_is_one_object_whatever_it_says():
    line = JsonLines().format(record("the port\n%s", '"ttyUSB0"', bus="bus1"))
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("at").endswith("Z")
    assert found == {
        "level": "warning",
        "logger": "gateway.bus_task",
        "message": 'the port\n"ttyUSB0"',
        "bus": "bus1",
    }


def test_the_journal_gets_a_priority_before_it():
    assert JsonLines(prefixed=True).format(record("x", level=logging.ERROR)).startswith('<3>{"at"')


def begun(*arguments, **environment):
    code = "import sys, logging; from gateway import logs; logs.begin(sys.argv[1]); logging.warning('hello')"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_auto_is_json_where_nobody_looks_and_text_on_demand():
    assert json.loads(begun("auto"))["message"] == "hello"
    assert begun("text").endswith("WARNING hello\n")
