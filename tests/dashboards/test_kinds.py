"""The kinds of event that panels and annotations name are those that the collector keeps."""

import re

from collector.events import KINDS
from dashboards import kinds

NAMED = (*kinds.ALARMS, *kinds.PEOPLE, *kinds.LIMITS, *kinds.WORKS, *kinds.MONITORING)
NOT_YET = {"earthquake"}  # strong motion is taken over from other systems; it makes no event yet


def test_every_kind_of_the_collector_has_its_place_beside_the_journal_of_everything():
    assert {kind for kind in KINDS if not any(re.fullmatch(named, kind) for named in NAMED)} == set()


def test_every_named_kind_is_one_of_the_collector_s():
    unknown = {named for named in NAMED if not any(re.fullmatch(named, kind) for kind in KINDS)}
    assert unknown - NOT_YET <= {"set_.*"}
