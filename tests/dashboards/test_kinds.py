"""The kinds of event that panels and annotations name are kinds that the collector keeps.

A kind that none of them names is still in the journals of everything (Portfolio, Facility, Instrument).
"""

import re

from collector.events import KINDS
from dashboards import kinds

NAMED = (*kinds.ALARMS, *kinds.PEOPLE, *kinds.LIMITS, *kinds.WORKS, *kinds.SHAKEN, *kinds.MONITORING)


def test_every_named_kind_is_one_of_the_collector_s():
    assert not {named for named in NAMED if not any(re.fullmatch(named, kind) for kind in KINDS)}
