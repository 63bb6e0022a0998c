"""The pages of the collector, in the order of the menu. A new page is one row."""

from typing import NamedTuple

from collector.web.words import noted


class Entry(NamedTuple):
    """One page: its address below the root, and its name."""

    path: str
    label: str


MENU = (
    Entry("", noted("State of the site")),
    Entry("facilities", noted("Facilities")),
    Entry("alarms", noted("Alarms")),
    Entry("points", noted("Points")),
    Entry("instruments", noted("Instruments and sheets")),
    Entry("hand", noted("Readings by hand and rounds")),
    Entry("told", noted("People and duty")),
    Entry("limits", noted("Sets of limits")),
    Entry("journals", noted("Journals to print")),
    Entry("diary", noted("Works diary")),
    Entry("commissioning", noted("Commissioning")),
    Entry("exercise", noted("Exercise")),
    Entry("recompute", noted("History made again")),
    Entry("after-storm", noted("After the storm")),
    Entry("people", noted("People")),
    Entry("audit", noted("Audit")),
)
