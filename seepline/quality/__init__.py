"""Quality flags beside a value: they explain it, and never mute it.

scan     from raw readings to engineering readings, with what the scan itself decides
series   what the series of values decides, and which flags a new value makes due again
table    the tests that a site file may ask for; one module each, pure functions
stream   both for readings in order of time
"""

from seepline.quality.flags import Flag, aggregate, joined, judge
from seepline.quality.flat_line import stuck
from seepline.quality.looks import Sample
from seepline.quality.scan import Previous, channels_in_order, evaluate, looked_at_beside, plain
from seepline.quality.series import Flagger, Series, reached, reaches
from seepline.quality.span import gross_range
from seepline.quality.stream import flagged
from seepline.quality.table import TESTS

__all__ = [
    "TESTS",
    "Flag",
    "Flagger",
    "Previous",
    "Sample",
    "Series",
    "aggregate",
    "channels_in_order",
    "evaluate",
    "flagged",
    "gross_range",
    "joined",
    "judge",
    "looked_at_beside",
    "plain",
    "reached",
    "reaches",
    "stuck",
]
