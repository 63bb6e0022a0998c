"""The pages of the collector in groups, as the menu lists them. A new page is one row."""

from typing import NamedTuple

from collector.web.words import noted


class Entry(NamedTuple):
    """One page: its address below the root, and its name."""

    path: str
    label: str


class Group(NamedTuple):
    """Pages of one kind of work."""

    label: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        noted("What is now"),
        (
            Entry("", noted("State of the site")),
            Entry("facilities", noted("Facilities")),
            Entry("alarms", noted("Alarms")),
            Entry("points", noted("Points")),
        ),
    ),
    Group(
        noted("On the dam"),
        (
            Entry("hand", noted("Readings by hand and rounds")),
            Entry("diary", noted("Works diary")),
            Entry("instruments", noted("Instruments and sheets")),
            Entry("commissioning", noted("Commissioning")),
            Entry("after-storm", noted("After the storm")),
        ),
    ),
    Group(
        noted("Decisions and proof"),
        (
            Entry("limits", noted("Sets of limits")),
            Entry("exercise", noted("Exercise")),
            Entry("recompute", noted("History made again")),
            Entry("journals", noted("Journals to print")),
            Entry("audit", noted("Audit")),
        ),
    ),
    Group(noted("People"), (Entry("told", noted("Duty and messages")), Entry("people", noted("People")))),
)

MENU = tuple(entry for group in GROUPS for entry in group.entries)
FIRST = ("", "alarms", "points", "limits", "told")  # always in sight; all of them behind one press


def here_of(path: str) -> Entry | None:
    """Return the entry of the menu that an address belongs to: alarms/EVENT to alarms.

    >>> here_of("alarms/0a1b").path, here_of("signin")
    ('alarms', None)
    """
    head = path.strip("/").partition("/")[0]
    return next((one for one in MENU if one.path == head), None)
