"""Runs the tests of one file under MicroPython: every function named test_*; exit code 1 on a failure."""

import gc
import sys


def run(names):
    failed = 0
    tests = sorted([name for name in names if name.startswith("test_")])
    for name in tests:
        gc.collect()
        try:
            names[name]()
        except Exception as error:
            failed += 1
            print("FAILED", name)
            sys.print_exception(error)
    print(sys.implementation.name, len(tests) - failed, "passed", failed, "failed")
    sys.exit(1 if failed or not tests else 0)


def raises(error, function, *arguments):
    try:
        function(*arguments)
    except error as caught:
        return str(caught)
    raise AssertionError("expected " + error.__name__)
