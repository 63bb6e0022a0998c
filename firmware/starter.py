"""Chooses the slot that the logger's program runs from. No update replaces this: it is in /starter for good.

A slot is entered when it is whole, by its SHA-256; else the other one is, at once and for good. A slot on trial
gets three starts to prove itself. A program that is whole and crashes is started again: the world may be at fault.
Nothing here trusts what is in the slots, and nothing of it stays in memory.

On a desk: `micropython -m firmware.starter BOARD_MODULE ARGS...`, as firmware.main, of a program in slots.
"""

import sys

from firmware import slots
from firmware.rom_slots import Halves

PACKAGES = ("firmware", "seepline")  # here and in the slots under the same names


def enter(store, places) -> None:
    """Make the next import of `firmware` one out of the chosen slot. Raises OSError when no slot has a program."""
    path = places.enter(chosen(store, places).active)
    for name in list(sys.modules):
        if name.split(".")[0] in PACKAGES:
            del sys.modules[name]
    sys.path.insert(0, path)


def chosen(store, places) -> slots.Slots:
    """Return the record for this start, which is kept before anything of the slot is touched."""
    record = slots.load(store)
    due = slots.counted(slots.found(places) if record == slots.UNKNOWN else record)
    if not places.version(due.active):
        print("Slot %s is damaged." % "AB"[due.active])
        due = slots.fallen(due)
    if due != record:
        slots.keep(store, due)
    return due


def start(arguments: list[str]) -> None:
    """Power up a board of a desk: run the program of its chosen slot."""
    __import__(arguments[0])
    store, flash, memory = sys.modules[arguments[0]].open_slots(arguments[1:])
    enter(store, Halves(flash, memory))
    __import__("firmware.main")
    sys.modules["firmware.main"].start(arguments)


if __name__ == "__main__":
    start(sys.argv[1:])
